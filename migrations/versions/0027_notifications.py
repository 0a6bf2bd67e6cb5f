"""What people are told, whom mail reaches, and in which language people read.

Revision 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "people", sa.Column("language", sa.String(length=35), server_default="", nullable=False)
    )
    _create_notifications()
    _create_mailings()


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_notifications_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_notifications_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_notifications_assessment_id_assessments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "person_id", "kind", "subject", name=op.f("uq_notifications_person_id_kind_subject")
        ),
    )
    op.create_index(
        "ix_notifications_inbox", "notifications", ["person_id", "course_id", "read_at"]
    )
    op.create_index("ix_notifications_subject", "notifications", ["kind", "subject"])
    op.create_index("ix_notifications_mail_at", "notifications", ["mail_at"])
    op.create_index("ix_notifications_at", "notifications", ["at"])


def _create_mailings() -> None:
    op.create_table(
        "mailings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=100), nullable=False),
        sa.Column("refused", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_mailings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("token", name=op.f("uq_mailings_token")),
    )


def downgrade() -> None:
    op.drop_table("mailings")
    op.drop_table("notifications")
    op.drop_column("people", "language")
