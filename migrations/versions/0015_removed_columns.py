"""Gradebook columns deleted on request: when, and the errand for it.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line_items", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "column_errands",
        sa.Column("remove", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("column_errands", "remove")
    op.drop_column("line_items", "removed_at")
