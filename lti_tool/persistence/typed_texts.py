"""What people typed into forms and have not stored yet, by person and name of the form: for
browsers that keep nothing of a framed page. Nothing of it counts anywhere.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

MAX_NAME = 300
MAX_TEXT = 100_000
MOST = 50
"""So many forms of one person are kept; the oldest goes for a new one."""
LIVES = timedelta(days=30)


class TypedTextRow(Base):
    """What one form held when somebody last typed into it."""

    __tablename__ = "typed_texts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def keep_text(session: Session, person_id: int, name: str, text: str, *, now: datetime) -> None:
    """Keep what a form holds in place of what was kept of it; an empty text forgets it. What is
    older than ``LIVES`` goes, whoever's it is."""
    session.execute(delete(TypedTextRow).where(TypedTextRow.kept_at < now - LIVES))
    row = session.get(TypedTextRow, (person_id, name))
    if row is not None:
        session.delete(row)
        session.flush()
    if text:
        _make_room(session, person_id)
        session.add(TypedTextRow(person_id=person_id, name=name, text=text, kept_at=now))
        session.flush()


def texts_of(session: Session, person_id: int) -> Mapping[str, str]:
    """Everything that is kept for a person, by name."""
    rows = session.scalars(select(TypedTextRow).where(TypedTextRow.person_id == person_id))
    return {row.name: row.text for row in rows}


def _make_room(session: Session, person_id: int) -> None:
    mine = TypedTextRow.person_id == person_id
    count = session.scalar(select(func.count()).select_from(TypedTextRow).where(mine)) or 0
    if count >= MOST:
        oldest = select(TypedTextRow).where(mine).order_by(TypedTextRow.kept_at).limit(1)
        session.delete(session.scalars(oldest).one())
        session.flush()
