"""Notes for each standing the newest decision on it.

Revision 0034, after 0033. Data only.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE attainments SET decision_id = (SELECT decisions.id FROM decisions "
        "WHERE decisions.learner_id = attainments.learner_id "
        "AND decisions.standard_id = attainments.standard_id "
        "AND decisions.level = attainments.level "
        "ORDER BY decisions.decided_at DESC, decisions.id DESC LIMIT 1)"
    )


def downgrade() -> None:
    """Nothing to take back: the revision before takes the column away."""
