"""A chain of seals over the audit log.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FORBIDDEN = ("UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seals_entry_id")),
    )
    _forbid_changes()


def _forbid_changes() -> None:
    """The database itself refuses that a seal is changed or taken away."""
    if op.get_bind().dialect.name == "sqlite":
        for act in FORBIDDEN:
            op.execute(
                f"CREATE TRIGGER audit_seals_no_{act.lower()} BEFORE {act} ON audit_seals "
                "BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_seals_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_seals is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals "
        "FOR EACH ROW EXECUTE FUNCTION audit_seals_append_only()"
    )


def downgrade() -> None:
    op.drop_table("audit_seals")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_seals_append_only() CASCADE")
