"""Note for each score its platform, and for a score in flight that it is due when its lease ends.

Revision 0008, after 0007. Data only.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE scores SET platform_id = (SELECT courses.platform_id FROM line_items "
        "JOIN courses ON courses.id = line_items.course_id "
        "WHERE line_items.id = scores.line_item_id)"
    )
    op.execute("UPDATE scores SET due_at = lease_until WHERE state = 'leased'")


def downgrade() -> None:
    """Nothing to take back: 0007 takes the column away."""
