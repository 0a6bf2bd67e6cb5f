"""A session keeps the link it was opened from in a column of its own.

Revision 0016, after 0015. Sessions that are open already keep it among their data.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
        sessions.create_foreign_key(
            op.f("fk_sessions_link_id_resource_links"), "resource_links", ["link_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_constraint(op.f("fk_sessions_link_id_resource_links"), type_="foreignkey")
        sessions.drop_column("link_id")
