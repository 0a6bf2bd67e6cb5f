"""Notes the levels none of whose own requirements is rated.

Revision 0025, after 0024.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE attainments SET begun = false WHERE NOT EXISTS ("
        "SELECT 1 FROM masteries WHERE masteries.learner_id = attainments.learner_id "
        "AND masteries.standard_id = attainments.standard_id "
        "AND masteries.level = attainments.level)"
    )


def downgrade() -> None:
    op.execute("UPDATE attainments SET begun = true")
