"""What schools decide about evidence for older versions, and what decisions on levels knew of it.

Revision 0022, after 0021. Decisions on levels from before rest on no carried evidence.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carry_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("old_standard_id", sa.String(length=100), nullable=False),
        sa.Column("old_level", sa.String(length=40), nullable=False),
        sa.Column("old_code", sa.String(length=20), nullable=False),
        sa.Column("new_level", sa.String(length=40), nullable=True),
        sa.Column("new_code", sa.String(length=20), nullable=True),
        sa.Column("carry", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_carry_decisions_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_carry_decisions_decided_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_decisions")),
        sa.UniqueConstraint(
            "school_id",
            "standard_id",
            "number",
            name=op.f("uq_carry_decisions_school_id_standard_id_number"),
        ),
    )
    _forbid_changes("carry_decisions")
    op.add_column("decisions", sa.Column("carried", sa.Integer(), nullable=True))


def _forbid_changes(table: str) -> None:
    """Decisions on levels name these by number; the database itself refuses that one changes."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def downgrade() -> None:
    op.drop_column("decisions", "carried")
    op.drop_table("carry_decisions")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION carry_decisions_append_only()")
