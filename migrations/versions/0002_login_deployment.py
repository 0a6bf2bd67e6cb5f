"""A login keeps the deployment it named.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_states", sa.Column("deployment_id", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("login_states", "deployment_id")
