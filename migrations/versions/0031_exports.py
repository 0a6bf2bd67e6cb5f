"""Every export of outcomes, and the names in them.

Revision 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_exports_school_id_schools")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_exports_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index("ix_exports_school", "exports", ["school_id", "made_at"])
    op.create_table(
        "exported_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("student_number", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=511), nullable=False),
        sa.Column("latin_name", sa.String(length=511), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_exported_people_learner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exported_people")),
    )
    op.create_index(op.f("ix_exported_people_learner_id"), "exported_people", ["learner_id"])


def downgrade() -> None:
    op.drop_table("exported_people")
    op.drop_table("exports")
