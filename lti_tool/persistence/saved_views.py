"""What a registrar wants to look at again: filters of the outcomes under a name of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, Json, UtcDateTime


class SavedViewRow(Base):
    """A filter as the parameters of an address, one person's, under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, str]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved filter; ``query`` as in an address."""

    id: int
    name: str
    query: Mapping[str, str]


def save_view(
    session: Session, person_id: int, name: str, query: Mapping[str, str], *, now: datetime
) -> None:
    """Keep a filter; one of the same name is replaced."""
    row = session.scalar(select(SavedViewRow).filter_by(person_id=person_id, name=name))
    if row is None:
        row = SavedViewRow(person_id=person_id, name=name)
        session.add(row)
    row.query, row.saved_at = dict(query), now
    session.flush()


def remove_view(session: Session, person_id: int, view_id: int) -> None:
    """Forget a person's own view; somebody else's stays."""
    session.execute(
        delete(SavedViewRow).where(SavedViewRow.id == view_id, SavedViewRow.person_id == person_id)
    )


def views_of(session: Session, person_id: int) -> Sequence[SavedView]:
    """A person's views, oldest first."""
    query = select(SavedViewRow).filter_by(person_id=person_id).order_by(SavedViewRow.id)
    return [SavedView(row.id, row.name, row.query) for row in session.scalars(query)]
