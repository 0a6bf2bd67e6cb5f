"""Where a course's class list is read in the LMS, and when it is read next.

A row whose ``due_at`` has come is work for delivery, as the score outbox is. Not here: who is in
the course (``courses``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

FRESH = timedelta(minutes=15)
"""A launch asks for a new list only when the last attempt to read it is older than this."""


class RosterRow(Base):
    """A course's names and roles service (NRPS 2.0)."""

    __tablename__ = "rosters"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    groups_url: Mapped[str | None] = mapped_column(String(2000))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refreshed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(40), default="")


@dataclass(frozen=True, slots=True)
class Roster:
    """A course's class list. ``due_at`` None: nobody asked for a new one. ``refreshed_at`` None: it
    was never read. ``problem`` is why the last attempt failed, a reason of ``lti_tool.lti``, empty
    where it did not; ``attempts`` counts those since the last success. ``groups_url`` is where the
    course's groups are read; None where the LMS offers none."""

    course_id: int
    url: str
    groups_url: str | None
    due_at: datetime | None
    attempts: int
    refreshed_at: datetime | None
    problem: str


def note_roster(
    session: Session, *, course_id: int, url: str, now: datetime, groups_url: str | None = None
) -> None:
    """Keep where a launch says the list is; have it read unless that was tried a moment ago."""
    row = session.get(RosterRow, course_id) or _new_row(session, course_id, url)
    row.url, row.groups_url = url, groups_url
    if row.due_at is None and (row.tried_at is None or row.tried_at <= now - FRESH):
        row.due_at, row.attempts = now, 0
    session.flush()


def ask_refresh(session: Session, course_id: int, *, now: datetime) -> bool:
    """Have the list read now; False where the LMS offers none for the course."""
    row = session.get(RosterRow, course_id)
    if row is None:
        return False
    row.due_at, row.attempts = now, 0
    session.flush()
    return True


def roster_of(session: Session, course_id: int) -> Roster | None:
    """The course's list; None where no launch has told of any."""
    row = session.get(RosterRow, course_id)
    return _roster(row) if row is not None else None


def any_due(session: Session, now: datetime) -> bool:
    """Whether ``lease_due`` would find anything; asked without a lock."""
    due = select(RosterRow.course_id).where(RosterRow.due_at <= now).limit(1)
    return session.execute(due).first() is not None


def lease_due(session: Session, *, now: datetime, lease: timedelta) -> Roster | None:
    """The list due longest, the caller's alone until the lease runs out; None if none is due."""
    due = (
        select(RosterRow.course_id, RosterRow.due_at)
        .where(RosterRow.due_at <= now)
        .order_by(RosterRow.due_at)
        .limit(1)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    claimed = session.execute(
        update(RosterRow)
        .where(RosterRow.course_id == found.course_id, RosterRow.due_at == found.due_at)
        .values(due_at=now + lease, tried_at=now, attempts=RosterRow.attempts + 1)
        .returning(RosterRow.course_id)
    ).scalar()
    return roster_of(session, claimed) if claimed is not None else None


def mark_refreshed(session: Session, course_id: int, *, now: datetime) -> None:
    """The list was read and taken over."""
    row = session.get_one(RosterRow, course_id)
    row.due_at, row.attempts, row.problem, row.refreshed_at = None, 0, "", now
    session.flush()


def mark_failed(
    session: Session, course_id: int, *, problem: str, again_at: datetime | None
) -> None:
    """The list could not be read; ``again_at`` None: only a launch or a person asks again."""
    row = session.get_one(RosterRow, course_id)
    row.problem, row.due_at = problem[:40], again_at
    session.flush()


def _new_row(session: Session, course_id: int, url: str) -> RosterRow:
    """Two launches at once may both bring the first word: the second reads the first's row."""
    try:
        with session.begin_nested():
            row = RosterRow(course_id=course_id, url=url, attempts=0, problem="")
            session.add(row)
            session.flush()
            return row
    except IntegrityError:
        return session.get_one(RosterRow, course_id)


def _roster(row: RosterRow) -> Roster:
    return Roster(
        row.course_id,
        row.url,
        row.groups_url,
        row.due_at,
        row.attempts,
        row.refreshed_at,
        row.problem,
    )
