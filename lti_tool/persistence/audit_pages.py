"""The audit log read a page at a time, the newest entry first. Not here: writing it
(``audit_log``)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.launch import Role

from .audit_log import AuditEntry, AuditRow, as_entry
from .courses import MembershipRow
from .learners import accounts_of
from .people import Account, PersonRow, as_account
from .submissions import SubmissionRow

MOST_PEOPLE = 200
"""So many people of one name are looked for."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the log to show; None or empty: everything. ``who`` is part of the name of somebody
    who is no learner, ``about`` a learner's whole student number; ``since`` counts, ``until`` does
    not."""

    who: str = ""
    actions: Collection[str] | None = None
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry and who did it; None: the command line, or a process of the tool. ``by_learner``:
    a student did, who is nothing else in any course."""

    id: int
    entry: AuditEntry
    actor: Account | None
    by_learner: bool = False


def audit_page(
    session: Session, school_id: int, wanted: AuditFilter, *, before: int | None, most: int
) -> Sequence[AuditLine]:
    """Entries by people of a school and by nobody of any, newest first; those written before the
    entry of this id, None: the newest."""
    query = (
        select(AuditRow, PersonRow, _is_learner())
        .outerjoin(PersonRow, PersonRow.id == AuditRow.actor_id)
        .where(
            or_(AuditRow.actor_id.is_(None), PersonRow.school_id == school_id),
            *_wanted(session, school_id, wanted),
        )
        .order_by(AuditRow.id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(AuditRow.id < before)
    return [
        AuditLine(row.id, as_entry(row), as_account(person), by_learner)
        if row.actor_id is not None
        else AuditLine(row.id, as_entry(row), None)
        for row, person, by_learner in session.execute(query)
    ]


def waiting_since(session: Session, entry_id: int) -> tuple[int, datetime | None]:
    """How many entries were written after the one of this id, and when the first of them; None
    where there are none."""
    query = select(func.count(AuditRow.id), func.min(AuditRow.at)).where(AuditRow.id > entry_id)
    count, first = session.execute(query).one()
    return count, first


def _wanted(session: Session, school_id: int, wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.who:
        names = (PersonRow.name, PersonRow.family_name + PersonRow.given_name)
        named = or_(*(each.icontains(wanted.who, autoescape=True) for each in names))
        query = select(PersonRow.id).where(
            PersonRow.school_id == school_id, named, not_(_is_learner())
        )
        yield AuditRow.actor_id.in_(list(session.scalars(query.limit(MOST_PEOPLE))))
    if wanted.actions is not None:
        yield AuditRow.action.in_(list(wanted.actions))
    if wanted.about:
        yield _about(session, school_id, wanted.about)
    if wanted.since is not None:
        yield AuditRow.at >= wanted.since
    if wanted.until is not None:
        yield AuditRow.at < wanted.until


def _is_learner() -> ColumnElement[bool]:
    """Whether a person was seen as a student and as nothing else."""
    seen = select(MembershipRow.id).where(MembershipRow.person_id == PersonRow.id)
    as_student = seen.where(MembershipRow.role == Role.STUDENT.value)
    otherwise = seen.where(MembershipRow.role != Role.STUDENT.value)
    return and_(
        as_student.correlate(PersonRow).exists(),
        not_(otherwise.correlate(PersonRow).exists()),
    )


def _about(session: Session, school_id: int, student_number: str) -> ColumnElement[bool]:
    """Entries on a learner: on the person, on their levels, on their work."""
    query = select(PersonRow.id).filter_by(school_id=school_id, student_number=student_number)
    found = list(session.scalars(query.limit(MOST_PEOPLE)))
    whole = sorted({each for own in accounts_of(session, found).values() for each in own})
    work = select(literal("submission:").concat(SubmissionRow.id)).where(
        SubmissionRow.learner_id.in_(whole)
    )
    named = [f"{kind}:{each}" for each in whole for kind in ("learner", "person")]
    levels = (AuditRow.subject.like(f"attainment:{each}/%") for each in whole)
    return or_(AuditRow.subject.in_(named), AuditRow.subject.in_(work), *levels)
