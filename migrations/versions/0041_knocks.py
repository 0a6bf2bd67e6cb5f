"""How often somebody knocked, for all processes together.

Revision 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knocks",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_knocks")),
    )
    op.create_index(op.f("ix_knocks_full_at"), "knocks", ["full_at"])


def downgrade() -> None:
    op.drop_table("knocks")
