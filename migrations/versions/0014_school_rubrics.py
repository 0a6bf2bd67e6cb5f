"""Schools' own rubrics in versions, a draft of each, and the version an assessment is rated with.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _forbid_updates(table: str) -> None:
    """Ratings rest on a version; the database itself refuses that it changes."""
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
        "rubric_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_rubric_versions_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_rubric_versions_created_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_versions")),
        sa.UniqueConstraint(
            "school_id",
            "standard_id",
            "number",
            name=op.f("uq_rubric_versions_school_id_standard_id_number"),
        ),
    )
    _forbid_updates("rubric_versions")
    op.create_table(
        "rubric_drafts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_rubric_drafts_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_rubric_drafts_changed_by_people")
        ),
        sa.PrimaryKeyConstraint("school_id", "standard_id", name=op.f("pk_rubric_drafts")),
    )
    op.create_table(
        "assessment_rubrics",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_assessment_rubrics_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"],
            ["rubric_versions.id"],
            name=op.f("fk_assessment_rubrics_rubric_id_rubric_versions"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_assessment_rubrics")),
    )


def downgrade() -> None:
    op.drop_table("assessment_rubrics")
    op.drop_table("rubric_drafts")
    op.drop_table("rubric_versions")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION rubric_versions_append_only() CASCADE")
