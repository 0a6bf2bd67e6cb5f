"""Peer rating: plans, examples that students rated, the works they took, what they said.

Revision 0039, after 0038. Nothing of it counts anywhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_plans()
    _create_calibrations()
    _create_tasks()
    _create_ratings()


def _create_plans() -> None:
    op.create_table(
        "peer_plans",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("example", sa.JSON(), nullable=True),
        sa.CheckConstraint("works >= 0", name=op.f("ck_peer_plans_works_positive")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_peer_plans_assessment_id_assessments"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_peer_plans")),
    )


def _create_calibrations() -> None:
    op.create_table(
        "peer_calibrations",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_peer_calibrations_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_peer_calibrations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "person_id", name=op.f("pk_peer_calibrations")),
    )


def _create_tasks() -> None:
    op.create_table(
        "peer_tasks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_peer_tasks_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["people.id"], name=op.f("fk_peer_tasks_rater_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_peer_tasks_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_tasks")),
        sa.UniqueConstraint(
            "rater_id", "submission_id", name=op.f("uq_peer_tasks_rater_id_submission_id")
        ),
    )
    op.create_index(op.f("ix_peer_tasks_assessment_id"), "peer_tasks", ["assessment_id"])
    op.create_index(op.f("ix_peer_tasks_submission_id"), "peer_tasks", ["submission_id"])


def _create_ratings() -> None:
    op.create_table(
        "peer_ratings",
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("performance_level", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("hidden_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["peer_tasks.id"], name=op.f("fk_peer_ratings_task_id_peer_tasks")
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["people.id"], name=op.f("fk_peer_ratings_rater_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["hidden_by"], ["people.id"], name=op.f("fk_peer_ratings_hidden_by_people")
        ),
        sa.PrimaryKeyConstraint("task_id", "code", name=op.f("pk_peer_ratings")),
    )
    op.create_index(op.f("ix_peer_ratings_rater_id"), "peer_ratings", ["rater_id"])


def downgrade() -> None:
    for table in ("peer_ratings", "peer_tasks", "peer_calibrations", "peer_plans"):
        op.drop_table(table)
