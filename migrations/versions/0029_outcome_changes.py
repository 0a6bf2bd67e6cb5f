"""The order in which a school's outcomes changed, for those who read what is new.

Revision 0029, after 0028.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_attainments_changes", "attainments", ["school_id", "standard_id", "changed_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_attainments_changes", "attainments")
