"""Rules that schools set, standings to compute anew, and when mastery lapses.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _forbid_updates(table: str) -> None:
    """Decisions name a rule by its version; the database itself refuses that it changes."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_rules_school_id_schools")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_rules_set_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint(
            "school_id",
            "standard_id",
            "version",
            name=op.f("uq_rules_school_id_standard_id_version"),
        ),
    )
    _forbid_updates("rules")
    op.create_table(
        "recomputations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_recomputations_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_recomputations_asked_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputations")),
    )
    op.create_index("ix_recomputations_due", "recomputations", ["due_at"])
    op.add_column("masteries", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_masteries_until"), "masteries", ["until"])
    op.add_column("decisions", sa.Column("waived", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("decisions", "waived")
    op.drop_index(op.f("ix_masteries_until"), table_name="masteries")
    op.drop_column("masteries", "until")
    op.drop_index("ix_recomputations_due", table_name="recomputations")
    op.drop_table("recomputations")
    op.drop_table("rules")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION rules_append_only() CASCADE")
