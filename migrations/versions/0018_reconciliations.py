"""Comparisons of gradebooks with the ledger, and their reports.

Revision 0018, after 0017. A report is a record: what it says cannot be changed, only that something
was repaired afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEPT = (
    "reconciliation_id",
    "line_item_id",
    "person_id",
    "kind",
    "ours",
    "ours_maximum",
    "theirs",
    "theirs_maximum",
    "detail",
)


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=100), nullable=False),
        sa.Column("agreeing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_reconciliations_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_reconciliations_asked_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index(op.f("ix_reconciliations_course_id"), "reconciliations", ["course_id"])
    op.create_index(op.f("ix_reconciliations_due_at"), "reconciliations", ["due_at"])
    op.create_table(
        "reconciliation_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ours", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("ours_maximum", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("theirs", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("theirs_maximum", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_reconciliation_findings_reconciliation_id_reconciliations"),
        ),
        sa.ForeignKeyConstraint(
            ["line_item_id"],
            ["line_items.id"],
            name=op.f("fk_reconciliation_findings_line_item_id_line_items"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_reconciliation_findings_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_findings")),
    )
    op.create_index(
        op.f("ix_reconciliation_findings_reconciliation_id"),
        "reconciliation_findings",
        ["reconciliation_id"],
    )
    _keep_reports()


def _keep_reports() -> None:
    """Refuse to change what a report found."""
    columns = ", ".join(KEPT)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER reconciliation_findings_kept BEFORE UPDATE OF {columns} "
            "ON reconciliation_findings BEGIN "
            "SELECT RAISE(ABORT, 'a report is not changed'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION reconciliation_findings_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a report is not changed'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER reconciliation_findings_kept BEFORE UPDATE OF {columns} "
        "ON reconciliation_findings FOR EACH ROW "
        "EXECUTE FUNCTION reconciliation_findings_kept()"
    )


def downgrade() -> None:
    op.drop_table("reconciliation_findings")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION reconciliation_findings_kept()")
    op.drop_table("reconciliations")
