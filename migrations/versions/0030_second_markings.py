"""Second marking of a random share, and anonymous rating.

Revision 0030, after 0029. Assessments from before have neither; they get a seed with the next
change of their conditions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

RECORDS = ("second_comparisons", "second_resolutions")


def upgrade() -> None:
    _add_conditions()
    _create_markings()
    _create_comparisons()
    _create_resolutions()
    for table in RECORDS:
        _forbid_changes(table)


def _add_conditions() -> None:
    for column in (
        sa.Column("second_percent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("seed", sa.String(length=40), server_default="", nullable=False),
    ):
        op.add_column("assessments", column)


def _create_markings() -> None:
    op.create_table(
        "second_markings",
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _to("second_markings", "submission_id", "submissions"),
        _to("second_markings", "rater_id", "people"),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_second_markings")),
    )
    op.create_table(
        "second_ratings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("performance_level", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["second_markings.submission_id"],
            name=op.f("fk_second_ratings_submission_id_second_markings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_ratings")),
        sa.UniqueConstraint(
            "submission_id",
            "code",
            "place",
            name=op.f("uq_second_ratings_submission_id_code_place"),
        ),
    )
    op.create_table(
        "second_marking_readers",
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _to("second_marking_readers", "submission_id", "submissions"),
        _to("second_marking_readers", "person_id", "people"),
        sa.PrimaryKeyConstraint(
            "submission_id", "person_id", name=op.f("pk_second_marking_readers")
        ),
    )


def _create_comparisons() -> None:
    table = "second_comparisons"
    op.create_table(
        table,
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("rating_id", sa.String(length=40), nullable=False),
        sa.Column("first_rater_id", sa.Integer(), nullable=False),
        sa.Column("first_level", sa.Integer(), nullable=False),
        sa.Column("second_rater_id", sa.Integer(), nullable=False),
        sa.Column("second_level", sa.Integer(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        _to(table, "submission_id", "submissions"),
        _to(table, "rating_id", "ratings"),
        _to(table, "first_rater_id", "people"),
        _to(table, "second_rater_id", "people"),
        sa.PrimaryKeyConstraint("submission_id", "code", name=op.f("pk_second_comparisons")),
    )
    op.create_index("ix_second_comparisons_standard", table, ["standard_id", "level"])


def _create_resolutions() -> None:
    table = "second_resolutions"
    op.create_table(
        table,
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("rating_id", sa.String(length=40), nullable=False),
        sa.Column("resolved_by", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id", "code"],
            ["second_comparisons.submission_id", "second_comparisons.code"],
            name="fk_second_resolutions_comparison",
        ),
        _to(table, "rating_id", "ratings"),
        _to(table, "resolved_by", "people"),
        sa.PrimaryKeyConstraint("submission_id", "code", name=op.f("pk_second_resolutions")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _forbid_changes(table: str) -> None:
    """What both raters gave, and how it was settled, stands; the database refuses changes."""
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
    for table in reversed(RECORDS):
        op.drop_table(table)
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION {table}_append_only()")
    for table in ("second_marking_readers", "second_ratings", "second_markings"):
        op.drop_table(table)
    for column in ("seed", "anonymous", "second_percent"):
        op.drop_column("assessments", column)
