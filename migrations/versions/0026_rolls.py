"""Lists of students by term, programme and class, and views that a registrar saved.

Revision 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("in_force")


def upgrade() -> None:
    _create_rolls()
    _create_entries()
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_views_person_id_name")),
    )


def _create_rolls() -> None:
    op.create_table(
        "rolls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("brought_by", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'kept', 'undone')", name=op.f("ck_rolls_state")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_rolls_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["brought_by"], ["people.id"], name=op.f("fk_rolls_brought_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_rolls_undone_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rolls")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rolls_school_id"), "rolls", ["school_id"])


def _create_entries() -> None:
    op.create_table(
        "roll_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("student_number", sa.String(length=64), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("class_name", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("pinyin", sa.String(length=100), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roll_id"], ["rolls.id"], name=op.f("fk_roll_entries_roll_id_rolls")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_roll_entries_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entries")),
    )
    op.create_index(op.f("ix_roll_entries_roll_id"), "roll_entries", ["roll_id"])
    key = ["school_id", "student_number", "term"]
    op.create_index("ix_roll_entries_key", "roll_entries", key)
    op.create_index(
        "uq_roll_entries_in_force",
        "roll_entries",
        key,
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def downgrade() -> None:
    op.drop_table("saved_views")
    op.drop_table("roll_entries")
    op.drop_table("rolls")
