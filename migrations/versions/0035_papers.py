"""Papers that can be verified by a code, and the keys that schools sign credentials with.

Revision 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("export_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_papers_export_id_exports")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_papers_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_papers_learner_id_people")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_papers")),
        sa.UniqueConstraint("export_id", name=op.f("uq_papers_export_id")),
    )
    op.create_index(op.f("ix_papers_learner_id"), "papers", ["learner_id"])
    op.create_table(
        "issuer_keys",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.String(length=2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_issuer_keys_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_issuer_keys")),
    )
    op.create_index(op.f("ix_issuer_keys_school_id"), "issuer_keys", ["school_id"])
    _forbid_changes("papers")


def _forbid_changes(table: str) -> None:
    """What was handed out is verified for years: the database refuses that it changes."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def downgrade() -> None:
    op.drop_table("issuer_keys")
    op.drop_table("papers")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION papers_append_only()")
