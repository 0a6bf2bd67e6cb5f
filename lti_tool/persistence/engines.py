"""The processes that deliver scores: each leaves a sign of life here.

Not here: what they do (``lti_tool.delivery``).
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

__all__ = ["EngineRow", "last_sign", "note_sign"]

FORGOTTEN = timedelta(days=1)


class EngineRow(Base):
    """A process, by host and number, and when it was last at work."""

    __tablename__ = "engines"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


def note_sign(session: Session, name: str, *, now: datetime) -> None:
    """Note that the engine of this name is at work; those gone for a day are forgotten."""
    session.execute(delete(EngineRow).where(EngineRow.seen_at < now - FORGOTTEN))
    session.merge(EngineRow(name=name[:200], seen_at=now))
    session.flush()


def last_sign(session: Session) -> datetime | None:
    """When any engine was last at work; None if none was since yesterday."""
    return session.scalar(select(func.max(EngineRow.seen_at)))
