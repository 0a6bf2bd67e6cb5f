"""Standings say whether a level is begun; a pass over a school may be asked for by nobody.

Revision 0024, after 0023. Until 0025 has run every stored level counts as begun.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    begun = sa.Column("begun", sa.Boolean(), server_default=sa.true(), nullable=False)
    op.add_column("attainments", begun)
    with op.batch_alter_table("recomputations") as passes:
        passes.alter_column("asked_by", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM recomputations WHERE asked_by IS NULL")
    with op.batch_alter_table("recomputations") as passes:
        passes.alter_column("asked_by", existing_type=sa.Integer(), nullable=False)
    op.drop_column("attainments", "begun")
