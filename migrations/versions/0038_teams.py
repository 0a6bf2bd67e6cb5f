"""Teams that hand in together.

Revision 0038, after 0037. All work from before was handed in alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_members",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_team_members_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_team_members_learner_id_people")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "learner_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_learner_id"), "team_members", ["learner_id"])
    op.add_column(
        "submissions",
        sa.Column("shared_as", sa.String(length=40), server_default="", nullable=False),
    )
    op.create_index(op.f("ix_submissions_shared_as"), "submissions", ["shared_as"])


def downgrade() -> None:
    op.drop_index(op.f("ix_submissions_shared_as"), "submissions")
    op.drop_column("submissions", "shared_as")
    op.drop_table("team_members")
