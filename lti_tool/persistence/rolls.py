"""The registrar's lists: what each import told, and what of it is in force.

A list is a draft until it is kept. Of all that kept lists tell about a student in a term one entry
is in force, the one kept last; when an import is undone, the one before it is again. Not here:
reading files, and what counts as a conflict (``lti_tool.domain.roll``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.roll import FIELDS, Enrolment

from .database import Base, UtcDateTime
from .learners import MergedAccountRow
from .people import PersonRow

AT_ONCE = 500
"""So many values go into one condition: SQLite takes a bounded number of parameters."""
IN_FORCE = text("in_force")


class RollState(StrEnum):
    """What became of an imported list."""

    DRAFT = "draft"
    """Read, and looked at by the one who brought it; it counts nowhere."""
    KEPT = "kept"
    """Its entries count, but for those that a later list speaks of."""
    UNDONE = "undone"
    """Kept once and taken back."""


class RollRow(Base):
    """One import of a list. A forgotten draft's id is not given again: a page may still show it."""

    __tablename__ = "rolls"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'kept', 'undone')", name="state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(10))
    brought_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RollEntryRow(Base):
    """What a list tells about a student in a term; ``row`` is its row in the file, from 1."""

    __tablename__ = "roll_entries"
    __table_args__ = (
        Index(
            "uq_roll_entries_in_force",
            "school_id",
            "student_number",
            "term",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index("ix_roll_entries_key", "school_id", "student_number", "term"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("rolls.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    row: Mapped[int]
    student_number: Mapped[str] = mapped_column(String(64))
    term: Mapped[str] = mapped_column(String(40))
    programme: Mapped[str] = mapped_column(String(100))
    class_name: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    pinyin: Mapped[str] = mapped_column(String(100))
    in_force: Mapped[bool]


@dataclass(frozen=True, slots=True)
class Roll:
    """One import. ``students`` counts its entries, ``in_force`` those that count today."""

    id: int
    name: str
    state: RollState
    brought_by: int
    brought_at: datetime
    kept_at: datetime | None
    undone_by: int | None
    undone_at: datetime | None
    students: int
    in_force: int


@dataclass(frozen=True, slots=True)
class Places:
    """The terms, programmes and classes that a school's lists speak of, each sorted."""

    terms: tuple[str, ...]
    programmes: tuple[str, ...]
    classes: tuple[str, ...]


# --- Lists ----------------------------------------------------------------------------------------


def add_draft(
    session: Session,
    name: str,
    entries: Iterable[tuple[int, Enrolment]],
    *,
    school_id: int,
    by: int,
    now: datetime,
) -> int:
    """Store a list that was read, with the row of each entry; returns its id. Drafts that the same
    person left lying are forgotten."""
    mine = select(RollRow.id).filter_by(
        school_id=school_id, brought_by=by, state=RollState.DRAFT.value
    )
    for each in session.scalars(mine).all():
        remove_draft(session, each)
    roll = RollRow(
        school_id=school_id,
        name=name[:255],
        state=RollState.DRAFT.value,
        brought_by=by,
        brought_at=now,
    )
    session.add(roll)
    session.flush()
    rows = [
        {
            "roll_id": roll.id,
            "school_id": school_id,
            "row": row,
            "in_force": False,
            **{field: getattr(each, field) for field in FIELDS},
        }
        for row, each in entries
    ]
    if rows:
        session.execute(insert(RollEntryRow), rows)
    return roll.id


def remove_draft(session: Session, roll_id: int) -> None:
    """Forget a list that was not kept."""
    session.execute(delete(RollEntryRow).where(RollEntryRow.roll_id == roll_id))
    session.execute(delete(RollRow).where(RollRow.id == roll_id))
    session.flush()


def rolls_of(session: Session, school_id: int) -> Sequence[Roll]:
    """A school's imports, the newest first, drafts included."""
    query = select(RollRow).filter_by(school_id=school_id).order_by(RollRow.id.desc())
    rows = session.scalars(query).all()
    counts = _counts(session, [each.id for each in rows])
    return [_roll(each, counts.get(each.id, (0, 0))) for each in rows]


def roll_of(session: Session, roll_id: int, school_id: int, *, lock: bool = False) -> Roll:
    """One import of a school; with ``lock`` nobody else decides on it until this transaction ends.
    Raises NotFoundError."""
    query = select(RollRow).filter_by(id=roll_id, school_id=school_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFoundError
    return _roll(row, _counts(session, [row.id]).get(row.id, (0, 0)))


def entries_of(session: Session, roll_id: int) -> Sequence[tuple[int, Enrolment]]:
    """What a list tells, with the row of each entry, in the order of the file."""
    query = select(RollEntryRow).filter_by(roll_id=roll_id).order_by(RollEntryRow.row)
    return [(each.row, _enrolment(each)) for each in session.scalars(query)]


def keep(
    session: Session, roll_id: int, entries: Mapping[int, Enrolment], *, now: datetime
) -> None:
    """Let a draft count: these entries of it, by row, as they are given here; its other rows are
    dropped."""
    roll = session.get_one(RollRow, roll_id)
    rows = session.scalars(select(RollEntryRow).filter_by(roll_id=roll_id)).all()
    dropped = [each.id for each in rows if each.row not in entries]
    for some in _some(dropped):
        session.execute(delete(RollEntryRow).where(RollEntryRow.id.in_(some)))
    _put_out_of_force(session, roll_id, roll.school_id)
    kept = [
        {"id": each.id, "in_force": True, **_told(entries[each.row])}
        for each in rows
        if each.row in entries
    ]
    if kept:
        session.execute(update(RollEntryRow), kept)
    roll.state, roll.kept_at = RollState.KEPT.value, now
    session.flush()


def undo(session: Session, roll_id: int, *, by: int, now: datetime) -> None:
    """Take a kept list back: what earlier lists told about its students counts again."""
    roll = session.get_one(RollRow, roll_id)
    told = select(RollEntryRow.student_number, RollEntryRow.term).filter_by(
        roll_id=roll_id, in_force=True
    )
    lost = {(number, term) for number, term in session.execute(told)}
    session.execute(update(RollEntryRow).filter_by(roll_id=roll_id).values(in_force=False))
    roll.state, roll.undone_by, roll.undone_at = RollState.UNDONE.value, by, now
    session.flush()
    again = _newest_kept(session, roll.school_id, lost)
    for some in _some(list(again)):
        session.execute(update(RollEntryRow).where(RollEntryRow.id.in_(some)).values(in_force=True))
    session.expire_all()


# --- What is in force -----------------------------------------------------------------------------


def enrolments(
    session: Session, school_id: int, student_numbers: Collection[str] | None = None
) -> Mapping[str, Sequence[Enrolment]]:
    """What is in force about a school's students, or those of these numbers, by number: the term
    that was told last comes first. In one query for up to 500 numbers, or for all."""
    query = (
        select(RollEntryRow)
        .where(RollEntryRow.school_id == school_id, RollEntryRow.in_force)
        .order_by(RollEntryRow.id.desc())
    )
    parts = [query]
    if student_numbers is not None:
        column = RollEntryRow.student_number
        parts = [query.where(column.in_(some)) for some in _some(sorted(student_numbers))]
    found: dict[str, list[Enrolment]] = {}
    for part in parts:
        for row in session.scalars(part):
            found.setdefault(row.student_number, []).append(_enrolment(row))
    return found


def stands_in(place: Mapping[str, str]) -> ColumnElement[bool]:
    """The condition on a person that the lists of their school put them there: into this term,
    programme and class (``class_name``), all of those given at once; under the number of whichever
    of their accounts."""
    told = (
        RollEntryRow.school_id == PersonRow.school_id,
        RollEntryRow.in_force,
        *(getattr(RollEntryRow, name) == value for name, value in place.items()),
    )
    other = aliased(PersonRow)
    merged = exists().where(
        MergedAccountRow.learner_id == PersonRow.id,
        other.id == MergedAccountRow.account_id,
        RollEntryRow.student_number == other.student_number,
        *told,
    )
    own = exists().where(RollEntryRow.student_number == PersonRow.student_number, *told)
    return or_(own, merged)


def places(session: Session, school_id: int) -> Places:
    """What a school's outcomes can be narrowed to."""
    columns = (RollEntryRow.term, RollEntryRow.programme, RollEntryRow.class_name)
    query = (
        select(*columns)
        .where(RollEntryRow.school_id == school_id, RollEntryRow.in_force)
        .distinct()
    )
    found = list(session.execute(query))
    return Places(*(tuple(sorted({row[at] for row in found} - {""})) for at in range(3)))


def _newest_kept(
    session: Session, school_id: int, keys: Collection[tuple[str, str]]
) -> Collection[int]:
    """The id of the entry kept last, of each student in a term that has one."""
    found: dict[tuple[str, str], int] = {}
    for some in _some(sorted({number for number, _ in keys})):
        query = (
            select(RollEntryRow.id, RollEntryRow.student_number, RollEntryRow.term)
            .join(RollRow, RollRow.id == RollEntryRow.roll_id)
            .where(
                RollEntryRow.school_id == school_id,
                RollRow.state == RollState.KEPT.value,
                RollEntryRow.student_number.in_(some),
            )
            .order_by(RollRow.kept_at, RollEntryRow.id)
        )
        for entry_id, number, term in session.execute(query):
            if (number, term) in keys:
                found[number, term] = entry_id
    return found.values()


def _put_out_of_force(session: Session, roll_id: int, school_id: int) -> None:
    """Whatever other lists told of the students in the terms of this one."""
    mine = aliased(RollEntryRow)
    told = exists().where(
        mine.roll_id == roll_id,
        mine.student_number == RollEntryRow.student_number,
        mine.term == RollEntryRow.term,
    )
    session.execute(
        update(RollEntryRow)
        .where(RollEntryRow.school_id == school_id, RollEntryRow.in_force, told)
        .values(in_force=False)
        .execution_options(synchronize_session=False)
    )


def _counts(session: Session, roll_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    query = (
        select(
            RollEntryRow.roll_id,
            func.count(),
            func.count().filter(RollEntryRow.in_force),
        )
        .where(RollEntryRow.roll_id.in_(roll_ids))
        .group_by(RollEntryRow.roll_id)
    )
    return {roll_id: (all_, counting) for roll_id, all_, counting in session.execute(query)}


def _some(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _told(each: Enrolment) -> dict[str, str]:
    return {field: getattr(each, field) for field in FIELDS}


def _enrolment(row: RollEntryRow) -> Enrolment:
    return Enrolment(*(getattr(row, field) for field in FIELDS))


def _roll(row: RollRow, counts: tuple[int, int]) -> Roll:
    return Roll(
        row.id,
        row.name,
        RollState(row.state),
        row.brought_by,
        row.brought_at,
        row.kept_at,
        row.undone_by,
        row.undone_at,
        *counts,
    )
