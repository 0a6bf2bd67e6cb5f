"""From which request a score comes, and which processes deliver.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scores", sa.Column("request_id", sa.String(length=64), nullable=True))
    op.create_table(
        "engines",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_engines")),
    )


def downgrade() -> None:
    op.drop_table("engines")
    with op.batch_alter_table("scores") as batch:
        batch.drop_column("request_id")
