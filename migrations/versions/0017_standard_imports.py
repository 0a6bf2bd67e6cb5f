"""Documents of standards to be read, the drafts read from them, and corrections of the drafts.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standard_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_standard_imports_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["people.id"], name=op.f("fk_standard_imports_given_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_imports")),
    )
    op.create_index(op.f("ix_standard_imports_school_id"), "standard_imports", ["school_id"])
    op.create_index(op.f("ix_standard_imports_due_at"), "standard_imports", ["due_at"])
    op.create_table(
        "standard_documents",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["standard_imports.id"],
            name=op.f("fk_standard_documents_import_id_standard_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_standard_documents")),
    )
    op.create_table(
        "draft_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["standard_imports.id"],
            name=op.f("fk_draft_corrections_import_id_standard_imports"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_draft_corrections_made_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_corrections")),
    )
    op.create_index(op.f("ix_draft_corrections_import_id"), "draft_corrections", ["import_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_draft_corrections_import_id"), table_name="draft_corrections")
    op.drop_table("draft_corrections")
    op.drop_table("standard_documents")
    op.drop_index(op.f("ix_standard_imports_due_at"), table_name="standard_imports")
    op.drop_index(op.f("ix_standard_imports_school_id"), table_name="standard_imports")
    op.drop_table("standard_imports")
