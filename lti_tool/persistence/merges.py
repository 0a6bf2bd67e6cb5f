"""Who merged two accounts of one learner and why, and who took it back; and accounts that may well
be one learner's.

Not here: what counts for the learner then (``learners``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, Text, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role

from . import learners
from .courses import MembershipRow
from .database import Base, UtcDateTime
from .people import Account, PersonRow, as_account

MOST = 50
"""So many accounts or student numbers are looked at in one go."""


class MergeRow(Base):
    """Two accounts merged, and whether that was taken back. Rows are never removed."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    merged_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_reason: Mapped[str] = mapped_column(String(1000), default="")
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge; ``undone_at`` None: it is in force."""

    id: int
    kept_id: int
    merged_id: int
    reason: str
    merged_by: int
    merged_at: datetime
    undone_reason: str
    undone_by: int | None
    undone_at: datetime | None


def add_merge(
    session: Session,
    kept_id: int,
    merged_id: int,
    *,
    school_id: int,
    reason: str,
    by: int,
    now: datetime,
) -> int:
    """Note that one account is the other's learner from now on; returns the id of the note."""
    row = MergeRow(
        school_id=school_id,
        kept_id=kept_id,
        merged_id=merged_id,
        reason=reason,
        merged_by=by,
        merged_at=now,
    )
    session.add(row)
    session.flush()
    _point_anew(session, kept_id)
    return row.id


def undo_merge(session: Session, merge_id: int, *, reason: str, by: int, now: datetime) -> None:
    """Note that a merge was taken back."""
    row = session.get_one(MergeRow, merge_id)
    row.undone_reason, row.undone_by, row.undone_at = reason, by, now
    session.flush()
    _point_anew(session, row.kept_id)


def merge_of(session: Session, merge_id: int, school_id: int) -> Merge:
    """One merge of a school. Raises NotFoundError."""
    row = session.scalar(select(MergeRow).filter_by(id=merge_id, school_id=school_id))
    if row is None:
        raise NotFoundError
    return _merge(row)


def merges_of(session: Session, school_id: int) -> Sequence[Merge]:
    """A school's merges, the newest first."""
    query = select(MergeRow).filter_by(school_id=school_id).order_by(MergeRow.id.desc())
    return [_merge(row) for row in session.scalars(query)]


def ever_of(session: Session, account_id: int) -> frozenset[int]:
    """Every account that was ever one learner's with this one, itself among them: a decision of
    then may rest on the ratings of any of them."""
    found = frozenset({account_id})
    while True:
        more = found.union(*((each.kept_id, each.merged_id) for each in _about(session, found)))
        if more == found:
            return found
        found = more


def likely_same(session: Session, school_id: int) -> Sequence[Sequence[Account]]:
    """Groups of a school's students who have the same student number and are not merged, by that
    number; at most so many groups as are looked at in one go."""
    own = (
        PersonRow.school_id == school_id,
        PersonRow.student_number != "",
        ~learners.is_merged(PersonRow.id),
        _is_student(),
    )
    twice = (
        select(PersonRow.student_number)
        .where(*own)
        .group_by(PersonRow.student_number)
        .having(func.count() > 1)
        .order_by(PersonRow.student_number)
        .limit(MOST)
    )
    query = (
        select(PersonRow)
        .where(*own, PersonRow.student_number.in_(twice))
        .order_by(PersonRow.student_number, PersonRow.id)
    )
    found: dict[str, list[Account]] = {}
    for row in session.scalars(query):
        found.setdefault(row.student_number, []).append(as_account(row))
    return list(found.values())


def students_named(session: Session, school_id: int, words: str) -> Sequence[Account]:
    """A school's students with these words in name or student number, of whichever of their
    accounts; at most so many as are looked at in one go."""
    query = (
        select(PersonRow)
        .where(
            PersonRow.school_id == school_id,
            ~learners.is_merged(PersonRow.id),
            _is_student(),
            learners.learner_called(words),
        )
        .order_by(PersonRow.student_number, PersonRow.id)
        .limit(MOST)
    )
    return [as_account(row) for row in session.scalars(query)]


def _is_student() -> ColumnElement[bool]:
    return exists().where(
        MembershipRow.person_id == PersonRow.id, MembershipRow.role == Role.STUDENT.value
    )


def _point_anew(session: Session, account_id: int) -> None:
    """Let every account that has to do with this one be whose the merges in force say."""
    ever = ever_of(session, account_id)
    kept = {
        each.merged_id: each.kept_id for each in _about(session, ever) if each.undone_at is None
    }
    learners.point(session, {each: _end(each, kept) for each in ever})


def _end(account_id: int, kept: Mapping[int, int]) -> int:
    while account_id in kept:
        account_id = kept[account_id]
    return account_id


def _about(session: Session, account_ids: Collection[int]) -> Sequence[Merge]:
    query = select(MergeRow).where(
        or_(MergeRow.kept_id.in_(account_ids), MergeRow.merged_id.in_(account_ids))
    )
    return [_merge(row) for row in session.scalars(query)]


def _merge(row: MergeRow) -> Merge:
    return Merge(
        row.id,
        row.kept_id,
        row.merged_id,
        row.reason,
        row.merged_by,
        row.merged_at,
        row.undone_reason,
        row.undone_by,
        row.undone_at,
    )
