"""Accounts that are one learner's, and the decision behind each standing.

Revision 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_merges()
    op.create_table(
        "merged_accounts",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.id"], name=op.f("fk_merged_accounts_account_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_merged_accounts_learner_id_people")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_merged_accounts")),
    )
    op.create_index(op.f("ix_merged_accounts_learner_id"), "merged_accounts", ["learner_id"])
    with op.batch_alter_table("attainments") as attainments:
        attainments.add_column(sa.Column("decision_id", sa.String(length=40), nullable=True))
        attainments.create_foreign_key(
            op.f("fk_attainments_decision_id_decisions"), "decisions", ["decision_id"], ["id"]
        )


def _create_merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_reason", sa.String(length=1000), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_merges_school_id_schools")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_merges_kept_id_people")),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["people.id"], name=op.f("fk_merges_merged_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["people.id"], name=op.f("fk_merges_merged_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_merges_undone_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    for column in ("school_id", "kept_id", "merged_id"):
        op.create_index(op.f(f"ix_merges_{column}"), "merges", [column])


def downgrade() -> None:
    with op.batch_alter_table("attainments") as attainments:
        attainments.drop_constraint(
            op.f("fk_attainments_decision_id_decisions"), type_="foreignkey"
        )
        attainments.drop_column("decision_id")
    op.drop_table("merged_accounts")
    op.drop_table("merges")
