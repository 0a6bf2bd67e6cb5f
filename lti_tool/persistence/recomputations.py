"""Standings of a whole school that are to be computed anew, and how far that has come.

A row whose ``due_at`` has come is work for delivery, which goes through the learners in the order
of their ids and can stop and go on anywhere. Not here: computing (``lti_tool.services``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .carry_decisions import CarryDecisionRow
from .database import Base, UtcDateTime
from .people import PersonRow
from .ratings import RatingRow


class RecomputationRow(Base):
    """One pass over the learners of a school who have evidence under a standard."""

    __tablename__ = "recomputations"
    __table_args__ = (Index("ix_recomputations_due", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    after_id: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]


@dataclass(frozen=True, slots=True)
class Recomputation:
    """``done`` of ``total`` learners, those with ids up to ``after_id``. ``due_at`` None: all.
    ``asked_by`` None: by the command line."""

    id: int
    school_id: int
    standard_id: str
    asked_by: int | None
    asked_at: datetime
    due_at: datetime | None
    after_id: int
    done: int
    total: int


def ask(
    session: Session, school_id: int, standard_id: str, *, asked_by: int | None, now: datetime
) -> Recomputation:
    """Have the school's standings computed anew; a pass under way is given up for this one."""
    session.execute(
        update(RecomputationRow)
        .where(
            RecomputationRow.school_id == school_id,
            RecomputationRow.standard_id == standard_id,
            RecomputationRow.due_at.is_not(None),
        )
        .values(due_at=None)
    )
    row = RecomputationRow(
        school_id=school_id,
        standard_id=standard_id,
        asked_by=asked_by,
        asked_at=now,
        due_at=now,
        after_id=0,
        done=0,
        total=learners_with_evidence(session, school_id, standard_id),
    )
    session.add(row)
    session.flush()
    return _recomputation(row)


def under_way(session: Session, school_id: int, standard_id: str) -> Recomputation | None:
    """The pass over a school that is not through yet; None if there is none."""
    found = newest(session, school_id, standard_id)
    return found if found is not None and found.due_at is not None else None


def claim(session: Session, pass_id: int, *, now: datetime) -> Recomputation | None:
    """The pass, the caller's alone until this transaction ends; None if it is through or another
    process has leased it."""
    claimed = session.execute(
        update(RecomputationRow)
        .where(RecomputationRow.id == pass_id, RecomputationRow.due_at <= now)
        .values(due_at=now)
        .returning(RecomputationRow.id)
    ).scalar()
    return recomputation(session, claimed) if claimed is not None else None


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether any pass is due; asked before a lease, which waits for other writers on SQLite."""
    query = select(RecomputationRow.id).where(RecomputationRow.due_at <= now).limit(1)
    return session.scalar(query) is not None


def lease_due(session: Session, *, now: datetime, lease: timedelta) -> Recomputation | None:
    """The pass due longest, the caller's alone until the lease runs out; None if none is due."""
    found = session.execute(
        select(RecomputationRow.id, RecomputationRow.due_at)
        .where(RecomputationRow.due_at <= now)
        .order_by(RecomputationRow.due_at)
        .limit(1)
    ).first()
    if found is None:
        return None
    claimed = session.execute(
        update(RecomputationRow)
        .where(RecomputationRow.id == found.id, RecomputationRow.due_at == found.due_at)
        .values(due_at=now + lease)
        .returning(RecomputationRow.id)
    ).scalar()
    return recomputation(session, claimed) if claimed is not None else None


def note_progress(
    session: Session, pass_id: int, *, after_id: int, done: int, due_at: datetime | None
) -> None:
    """Note how far a pass has come; ``due_at`` None: it is through. One given up stays so."""
    session.execute(
        update(RecomputationRow)
        .where(RecomputationRow.id == pass_id, RecomputationRow.due_at.is_not(None))
        .values(after_id=after_id, done=RecomputationRow.done + done, due_at=due_at)
    )


def next_learners(
    session: Session, school_id: int, standard_id: str, *, after_id: int, most: int
) -> list[int]:
    """The ids of the next learners with evidence, carried evidence included, in their order."""
    query = (
        select(PersonRow.id)
        .where(_with_evidence(school_id, standard_id), PersonRow.id > after_id)
        .order_by(PersonRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def learners_with_evidence(session: Session, school_id: int, standard_id: str) -> int:
    """How many learners of a school have evidence under a standard."""
    query = select(func.count(PersonRow.id)).where(_with_evidence(school_id, standard_id))
    return session.scalar(query) or 0


def schools_and_standards(session: Session) -> Sequence[tuple[int, str]]:
    """Every school and standard there are ratings of, by school."""
    query = (
        select(PersonRow.school_id, RatingRow.standard_id)
        .join(RatingRow, RatingRow.learner_id == PersonRow.id)
        .distinct()
        .order_by(PersonRow.school_id, RatingRow.standard_id)
    )
    return [(school_id, standard_id) for school_id, standard_id in session.execute(query)]


def _with_evidence(school_id: int, standard_id: str) -> ColumnElement[bool]:
    """Rated under the standard itself, or under a version it may be carried from; the ratings
    are asked and not what was made of them, so that all of it can be made again."""
    older = select(CarryDecisionRow.old_standard_id).filter_by(
        school_id=school_id, standard_id=standard_id
    )
    rated = select(RatingRow.id).where(
        RatingRow.learner_id == PersonRow.id,
        or_(RatingRow.standard_id == standard_id, RatingRow.standard_id.in_(older)),
    )
    return and_(PersonRow.school_id == school_id, rated.correlate(PersonRow).exists())


def recomputation(session: Session, pass_id: int) -> Recomputation:
    """A pass by its id."""
    return _recomputation(session.get_one(RecomputationRow, pass_id))


def newest(session: Session, school_id: int, standard_id: str) -> Recomputation | None:
    """The pass asked for last; None if there was none."""
    query = (
        select(RecomputationRow)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(RecomputationRow.id.desc())
        .limit(1)
    )
    row = session.scalar(query)
    return _recomputation(row) if row is not None else None


def _recomputation(row: RecomputationRow) -> Recomputation:
    return Recomputation(
        row.id,
        row.school_id,
        row.standard_id,
        row.asked_by,
        row.asked_at,
        row.due_at,
        row.after_id,
        row.done,
        row.total,
    )
