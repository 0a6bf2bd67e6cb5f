"""Outcomes that are no more are kept for those who ask what has changed.

Revision 0040, after 0039. What vanished before is not known any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    gone = sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("attainments", gone)


def downgrade() -> None:
    op.execute("DELETE FROM attainments WHERE gone")
    op.drop_column("attainments", "gone")
