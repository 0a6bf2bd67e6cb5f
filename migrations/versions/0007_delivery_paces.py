"""Whose platform a score goes to, how urgent it is, which claim holds it; each platform's pace.

Revision 0007, after 0006. The rows are filled by 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'retry', 'leased')")


def upgrade() -> None:
    with op.batch_alter_table("scores") as scores:
        scores.add_column(sa.Column("platform_id", sa.Integer(), nullable=True))
        scores.add_column(sa.Column("bulk", sa.Boolean(), nullable=False, server_default="0"))
        scores.add_column(sa.Column("claim", sa.Integer(), nullable=False, server_default="0"))
        scores.create_foreign_key(
            op.f("fk_scores_platform_id_platforms"), "platforms", ["platform_id"], ["id"]
        )
    op.create_index(
        "ix_scores_open",
        "scores",
        ["platform_id", "bulk", "due_at"],
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_table(
        "platform_paces",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=True),
        sa.Column("burst", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("alone_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_platform_paces_platform_id_platforms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_platform_paces")),
    )


def downgrade() -> None:
    op.drop_table("platform_paces")
    op.drop_index("ix_scores_open", table_name="scores")
    with op.batch_alter_table("scores") as scores:
        scores.drop_constraint(op.f("fk_scores_platform_id_platforms"), type_="foreignkey")
        scores.drop_column("claim")
        scores.drop_column("bulk")
        scores.drop_column("platform_id")
