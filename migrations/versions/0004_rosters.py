"""Class lists: where they are read and when, and who left a course.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_rosters_course_id_courses")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_rosters")),
    )
    op.create_index(op.f("ix_rosters_due_at"), "rosters", ["due_at"])
    op.add_column("memberships", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("memberships", "left_at")
    op.drop_index(op.f("ix_rosters_due_at"), table_name="rosters")
    op.drop_table("rosters")
