"""Erasures of persons, and learners whose data have been kept for long enough.

While an erasure is not finished the database lets the texts of its person's records be emptied.
Not here: what is erased (``personal_data``).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lti_tool.domain.launch import Role
from lti_tool.domain.personal_data import Erasure, Occasion, RetentionProposal

from .courses import MembershipRow
from .database import Base, Json, UtcDateTime
from .decisions import DecisionRow
from .learners import MergedAccountRow
from .people import Account, PersonRow, as_account
from .personal_data import acting
from .ratings import RatingRow
from .submissions import SubmissionRow


class ErasureRow(Base):
    """One erasure; a person has at most one."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    occasion: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    files: Mapped[list[str]] = mapped_column(Json, default=list)
    parts: Mapped[list[str]] = mapped_column(Json, default=list)


class RetentionProposalRow(Base):
    """A learner whose data are due. ``kept_until`` is None until a person decides to keep them."""

    __tablename__ = "retention_proposals"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_active: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


def begin_erasure(
    session: Session,
    person: Account,
    occasion: Occasion,
    *,
    asked_by: int | None,
    now: datetime,
    files: Sequence[str],
    parts: Sequence[str],
) -> Erasure:
    """Note that a person is being erased, and which files are to go."""
    row = ErasureRow(
        person_id=person.id,
        school_id=person.school_id,
        occasion=occasion.value,
        asked_by=asked_by,
        erased_at=now,
        files=list(files),
        parts=list(parts),
    )
    session.add(row)
    session.flush()
    return _erasure(row)


def finish_erasure(session: Session, erasure_id: int, *, now: datetime) -> None:
    """Note that nothing is left to be removed."""
    row = session.get_one(ErasureRow, erasure_id)
    row.files, row.parts, row.finished_at = [], [], now
    session.flush()


def erasure_of(session: Session, person_id: int) -> Erasure | None:
    """The erasure of a person; None if they are not erased."""
    row = session.scalar(select(ErasureRow).filter_by(person_id=person_id))
    return _erasure(row) if row is not None else None


def unfinished(session: Session) -> Sequence[Erasure]:
    """Erasures with files still to be removed, oldest first."""
    query = select(ErasureRow).where(ErasureRow.finished_at.is_(None)).order_by(ErasureRow.id)
    return [_erasure(row) for row in session.scalars(query)]


def erasures_of_school(session: Session, school_id: int | None) -> Sequence[Erasure]:
    """The erasures of a school, None: of all, newest first."""
    query = select(ErasureRow).order_by(ErasureRow.id.desc())
    if school_id is not None:
        query = query.filter_by(school_id=school_id)
    return [_erasure(row) for row in session.scalars(query)]


def silent_since(session: Session, cutoff: datetime, *, most: int) -> Sequence[Account]:
    """Learners who were last seen, handed something in, were rated and were decided on before a
    time, on each of their accounts, and about whom nobody has decided to keep them longer; those
    not proposed yet."""
    attended = select(MembershipRow.id).filter_by(role=Role.STUDENT.value)
    query = (
        select(PersonRow)
        .where(
            ~_heard_of(PersonRow, cutoff),
            ~_heard_of_merged(cutoff),
            attended.where(MembershipRow.person_id == PersonRow.id).exists(),
            ~select(ErasureRow.id).where(ErasureRow.person_id == PersonRow.id).exists(),
            ~_is_proposed(),
            ~acting(PersonRow.id),
        )
        .order_by(PersonRow.id)
        .limit(most)
    )
    return [as_account(row) for row in session.scalars(query)]


def _heard_of(person: type[PersonRow], cutoff: datetime) -> ColumnElement[bool]:
    of_learner = (SubmissionRow.learner_id, RatingRow.learner_id, DecisionRow.learner_id)
    when = (SubmissionRow.created_at, RatingRow.rated_at, DecisionRow.decided_at)
    lately = (
        select(theirs).where(theirs == person.id, at >= cutoff).exists()
        for theirs, at in zip(of_learner, when, strict=True)
    )
    return or_(person.last_seen_at >= cutoff, *lately)


def _heard_of_merged(cutoff: datetime) -> ColumnElement[bool]:
    """Whether one of several merged accounts was heard of or acts for the school: erasing one of
    them erases all."""
    account, mine = aliased(PersonRow), aliased(MergedAccountRow)
    own = or_(account.id == MergedAccountRow.account_id, account.id == MergedAccountRow.learner_id)
    heard = or_(_heard_of(account, cutoff), acting(account.id))
    active = select(MergedAccountRow.learner_id).join(account, own).where(heard)
    with_others = select(mine.account_id).where(mine.learner_id.in_(active))
    return or_(PersonRow.id.in_(active), PersonRow.id.in_(with_others))


def _is_proposed() -> ColumnElement[bool]:
    return (
        select(RetentionProposalRow.person_id)
        .where(RetentionProposalRow.person_id == PersonRow.id)
        .exists()
    )


def last_seen(session: Session, person_id: int) -> datetime:
    """When a person was last seen here."""
    return session.get_one(PersonRow, person_id).last_seen_at


def propose(session: Session, person: Account, *, now: datetime) -> None:
    """Propose that a person's data be erased."""
    session.add(
        RetentionProposalRow(
            person_id=person.id,
            school_id=person.school_id,
            proposed_at=now,
            last_active=last_seen(session, person.id),
        )
    )
    session.flush()


def withdraw_outdated(session: Session, cutoff: datetime, *, now: datetime) -> int:
    """Take back proposals of people who were seen since ``cutoff``, or whose account was merged
    with one that was heard of, and those that were kept until a time that has passed, so that they
    are proposed anew; returns how many."""
    query = (
        select(RetentionProposalRow)
        .join(PersonRow, PersonRow.id == RetentionProposalRow.person_id)
        .where(
            or_(
                PersonRow.last_seen_at >= cutoff,
                _heard_of_merged(cutoff),
                RetentionProposalRow.kept_until <= now,
            )
        )
    )
    found = session.scalars(query).all()
    for row in found:
        session.delete(row)
    session.flush()
    return len(found)


def keep_longer(
    session: Session, person_id: int, *, until: datetime, by: int | None, reason: str
) -> bool:
    """Note that a person's data stay for now; False where they are not proposed."""
    row = session.get(RetentionProposalRow, person_id)
    if row is None:
        return False
    row.kept_until, row.kept_by, row.reason = until, by, reason
    session.flush()
    return True


def due(session: Session, school_id: int | None) -> Sequence[tuple[Account, RetentionProposal]]:
    """Whose data are due, at one school if given, and nobody has decided; longest silent first."""
    query = (
        select(PersonRow, RetentionProposalRow)
        .join(RetentionProposalRow, RetentionProposalRow.person_id == PersonRow.id)
        .where(RetentionProposalRow.kept_until.is_(None))
        .order_by(RetentionProposalRow.last_active, PersonRow.id)
    )
    if school_id is not None:
        query = query.where(RetentionProposalRow.school_id == school_id)
    return [(as_account(person), _proposal(row)) for person, row in session.execute(query)]


def find_people(
    session: Session, search: str, school_id: int | None, *, most: int
) -> Sequence[Account]:
    """People of a school, None: of any, with this in their name, or with this student number, user
    id or number here."""
    named = (PersonRow.name, PersonRow.family_name + PersonRow.given_name)
    known = [
        *(each.icontains(search, autoescape=True) for each in named),
        PersonRow.student_number == search,
        PersonRow.sub == search,
    ]
    if search.isascii() and search.isdecimal() and len(search) < len(str(2**31)):
        known.append(PersonRow.id == int(search))
    query = select(PersonRow).where(or_(*known)).order_by(PersonRow.student_number, PersonRow.id)
    if school_id is not None:
        query = query.where(PersonRow.school_id == school_id)
    return [as_account(row) for row in session.scalars(query.limit(most))]


def _erasure(row: ErasureRow) -> Erasure:
    return Erasure(
        id=row.id,
        person_id=row.person_id,
        school_id=row.school_id,
        occasion=Occasion(row.occasion),
        asked_by=row.asked_by,
        erased_at=row.erased_at,
        finished_at=row.finished_at,
        files=tuple(row.files),
        parts=tuple(row.parts),
    )


def _proposal(row: RetentionProposalRow) -> RetentionProposal:
    return RetentionProposal(
        person_id=row.person_id,
        school_id=row.school_id,
        proposed_at=row.proposed_at,
        last_active=row.last_active,
        kept_until=row.kept_until,
        reason=row.reason,
    )
