"""Erasures of persons, and the one change that records allow: emptying a text while its learner is
being erased.

Revision 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OF_LEARNER = (
    "EXISTS (SELECT 1 FROM erasures WHERE person_id = OLD.learner_id AND finished_at IS NULL)"
)
OF_SUBMISSION = (
    "EXISTS (SELECT 1 FROM erasures JOIN submissions ON learner_id = person_id "
    "WHERE submissions.id = OLD.submission_id AND finished_at IS NULL)"
)
OF_REVIEW = (
    "EXISTS (SELECT 1 FROM erasures JOIN reviews ON learner_id = person_id "
    "WHERE reviews.id = OLD.review_id AND finished_at IS NULL)"
)
TEXTS = {
    "ratings": ("comment", OF_LEARNER, "append_only"),
    "decisions": ("reason", OF_LEARNER, "append_only"),
    "reviews": ("reason", OF_LEARNER, "no_update"),
    "review_answers": ("comment", OF_REVIEW, "no_update"),
    "second_resolutions": ("reason", OF_SUBMISSION, "no_update"),
}
"""Of each record: its text, whether its learner is being erased, and its trigger on SQLite."""


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_erasures_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_erasures_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_erasures_asked_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasures_person_id")),
    )
    op.create_table(
        "retention_proposals",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_active", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_retention_proposals_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_retention_proposals_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["kept_by"], ["people.id"], name=op.f("fk_retention_proposals_kept_by_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_retention_proposals")),
    )
    op.create_index(op.f("ix_retention_proposals_school_id"), "retention_proposals", ["school_id"])
    for table, (text, under_way, trigger) in TEXTS.items():
        _let_be_emptied(table, text, under_way, trigger)


def _let_be_emptied(table: str, text: str, under_way: str, trigger: str) -> None:
    """Everything else of a row still cannot change, nor can its text while nobody is erased."""
    if op.get_bind().dialect.name == "sqlite":
        columns = sa.inspect(op.get_bind()).get_columns(table)
        others = ", ".join(f'"{each["name"]}"' for each in columns if each["name"] != text)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"DROP TRIGGER {table}_{trigger}")
        op.execute(
            f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE OF {others} ON {table} {refuse}"
        )
        op.execute(
            f"CREATE TRIGGER {table}_text_stays BEFORE UPDATE OF {text} ON {table} "
            f"WHEN NOT (NEW.{text} = '' AND {under_way}) {refuse}"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF TG_OP = 'UPDATE' THEN IF NEW.{text} = '' "
        f"AND to_jsonb(NEW) - '{text}' = to_jsonb(OLD) - '{text}' AND {under_way} "
        f"THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{table} is append-only'; END $$"
    )


def downgrade() -> None:
    for table, (_, _, trigger) in TEXTS.items():
        _let_nothing_change(table, trigger)
    op.drop_table("retention_proposals")
    op.drop_table("erasures")


def _let_nothing_change(table: str, trigger: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_text_stays")
        op.execute(f"DROP TRIGGER {table}_{trigger}")
        op.execute(
            f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
