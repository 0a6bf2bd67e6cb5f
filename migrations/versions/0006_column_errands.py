"""What is to be done with gradebook columns besides posting scores.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_errands",
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change", sa.Boolean(), nullable=False),
        sa.Column("results", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"],
            ["line_items.id"],
            name=op.f("fk_column_errands_line_item_id_line_items"),
        ),
        sa.PrimaryKeyConstraint("line_item_id", name=op.f("pk_column_errands")),
    )
    op.create_index(op.f("ix_column_errands_due_at"), "column_errands", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_column_errands_due_at"), table_name="column_errands")
    op.drop_table("column_errands")
