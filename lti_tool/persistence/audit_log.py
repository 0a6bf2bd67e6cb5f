"""The audit log (操作日志): who did what to whom, when. Append-only; no names, no evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime


class AuditRow(Base):
    """One entry. ``actor_id`` is None for the command line."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject", "subject", "at"),
        Index("ix_audit_log_actor_id_id", "actor_id", "id"),
        Index("ix_audit_log_action_id", "action", "id"),
        Index("ix_audit_log_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the log; ``actor_id`` None means the command line."""

    at: datetime
    actor_id: int | None
    action: str
    subject: str
    detail: str


def note(
    session: Session,
    action: str,
    subject: str,
    *,
    actor_id: int | None,
    now: datetime,
    detail: str = "",
) -> None:
    """Write an entry: ``action`` is a verb (``sign_off``), ``subject`` what it was done to."""
    session.add(
        AuditRow(at=now, actor_id=actor_id, action=action, subject=subject[:200], detail=detail)
    )
    session.flush()


def entries_about(session: Session, subject: str) -> Sequence[AuditEntry]:
    """The entries about one subject, oldest first."""
    query = select(AuditRow).filter_by(subject=subject).order_by(AuditRow.at, AuditRow.id)
    return [as_entry(row) for row in session.scalars(query)]


def is_noted(
    session: Session, action: str, subject: str, *, actor_id: int, detail: str, since: datetime
) -> bool:
    """Whether this very thing was noted since a time."""
    query = select(AuditRow.id).where(
        AuditRow.subject == subject,
        AuditRow.at >= since,
        AuditRow.actor_id == actor_id,
        AuditRow.action == action,
        AuditRow.detail == detail,
    )
    return session.scalar(query.limit(1)) is not None


def as_entry(row: AuditRow) -> AuditEntry:
    """The value of a row, for the chain of seals over the log."""
    return AuditEntry(row.at, row.actor_id, row.action, row.subject, row.detail)


def newest_about(session: Session, subject: str) -> AuditEntry | None:
    """The newest entry about a subject; None if there is none."""
    query = select(AuditRow).filter_by(subject=subject).order_by(AuditRow.id.desc()).limit(1)
    row = session.scalar(query)
    return None if row is None else as_entry(row)


def last_about(session: Session, subject: str) -> datetime | None:
    """When the newest entry about a subject was written; None if there is none."""
    return session.scalar(select(func.max(AuditRow.at)).filter_by(subject=subject))
