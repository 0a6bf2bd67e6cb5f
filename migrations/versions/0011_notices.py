"""Notices of platforms: what was asked for, what came, which courses are copies of which.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_notices_platform_id_platforms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "platform_id", "notice_id", name=op.f("uq_notices_platform_id_notice_id")
        ),
    )
    op.create_table(
        "course_origins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(length=255), nullable=False),
        sa.Column("origin_id", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployments.id"],
            name=op.f("fk_course_origins_deployment_id_deployments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_origins")),
        sa.UniqueConstraint(
            "deployment_id",
            "context_id",
            "origin_id",
            name=op.f("uq_course_origins_deployment_id_context_id_origin_id"),
        ),
    )
    op.create_table(
        "notice_handlers",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployments.id"],
            name=op.f("fk_notice_handlers_deployment_id_deployments"),
        ),
        sa.PrimaryKeyConstraint("deployment_id", name=op.f("pk_notice_handlers")),
    )
    op.create_index(op.f("ix_notice_handlers_due_at"), "notice_handlers", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_handlers_due_at"), table_name="notice_handlers")
    op.drop_table("notice_handlers")
    op.drop_table("course_origins")
    op.drop_table("notices")
