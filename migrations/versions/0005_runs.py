"""Fresh runs of assessments in copied courses.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_runs_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_runs_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["assessments.id"], name=op.f("fk_runs_source_id_assessments")
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_runs")),
        sa.UniqueConstraint("course_id", "source_id", name=op.f("uq_runs_course_id_source_id")),
    )


def downgrade() -> None:
    op.drop_table("runs")
