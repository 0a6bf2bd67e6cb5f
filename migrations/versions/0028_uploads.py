"""Files that arrive in parts, and evidence that is set aside: removed, or kept as it was handed in.

Revision 0028, after 0027. All evidence from before stands in its attempt.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "evidence", sa.Column("set_aside", sa.String(length=10), server_default="", nullable=False)
    )
    op.add_column("evidence", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_evidence_storage_key"), "evidence", ["storage_key"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("part_key", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_uploads_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_uploads_learner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_learner_id"), "uploads", ["learner_id"])
    op.create_index(op.f("ix_uploads_begun_at"), "uploads", ["begun_at"])


def downgrade() -> None:
    op.drop_table("uploads")
    op.drop_index(op.f("ix_evidence_storage_key"), "evidence")
    op.execute("DELETE FROM evidence WHERE set_aside <> ''")
    op.drop_column("evidence", "set_aside_at")
    op.drop_column("evidence", "set_aside")
