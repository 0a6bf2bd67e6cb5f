"""More time that a teacher gives single learners.

Revision 0036, after 0035. Nobody has any from before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extensions",
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_extensions_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_extensions_learner_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["people.id"], name=op.f("fk_extensions_granted_by_people")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "learner_id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_learner_id"), "extensions", ["learner_id"])


def downgrade() -> None:
    op.drop_table("extensions")
