"""A school's learners, listed: those seen as a student in one of its courses, or with an outcome.
One with several accounts is one learner (``learners``).

Not here: the accounts themselves (``people``) and where they stand (``outcomes``).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, not_, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.launch import Role

from . import rolls
from .courses import CourseRow, MembershipRow
from .learners import accounts_of, is_merged, learner_of, numbered, of_learner
from .people import Account, PersonRow, as_account
from .standings import AttainmentRow


@dataclass(frozen=True, slots=True)
class LearnerFilter:
    """Which learners to list; None or empty: all. ``place`` is as in ``rolls.stands_in``."""

    student_number: str | None = None
    course_id: int | None = None
    place: Mapping[str, str] = field(default_factory=dict)


def learners_after(
    session: Session, school_id: int, wanted: LearnerFilter, *, after: int, most: int
) -> Sequence[Account]:
    """Learners of a school whose id is above ``after``, ``most`` of them, by id: who is new comes
    last."""
    query = (
        select(PersonRow)
        .where(PersonRow.id > after, *_wanted(school_id, wanted))
        .order_by(PersonRow.id)
        .limit(most)
    )
    return [as_account(row) for row in session.scalars(query)]


def learner_of_school(session: Session, school_id: int, account_id: int) -> Account | None:
    """The learner whose account this is; None for anybody who is none of this school."""
    learner_id = learner_of(session, account_id)
    query = select(PersonRow).where(
        PersonRow.id == learner_id, *_wanted(school_id, LearnerFilter())
    )
    row = session.scalar(query)
    return None if row is None else as_account(row)


def accounts_and_courses(
    session: Session, learner_ids: Collection[int]
) -> Mapping[int, tuple[Sequence[int], Sequence[int]]]:
    """The ids of each learner's accounts, their own first, and those of the courses in which any of
    them was seen as a student."""
    accounts = accounts_of(session, learner_ids)
    whole = {account for own in accounts.values() for account in own}
    query = select(MembershipRow.person_id, MembershipRow.course_id).where(
        MembershipRow.person_id.in_(whole), MembershipRow.role == Role.STUDENT.value
    )
    seen: dict[int, set[int]] = {}
    for person_id, course_id in session.execute(query):
        seen.setdefault(person_id, set()).add(course_id)
    return {
        learner_id: (own, sorted({each for account in own for each in seen.get(account, ())}))
        for learner_id, own in accounts.items()
    }


def _wanted(school_id: int, wanted: LearnerFilter) -> Iterator[ColumnElement[bool]]:
    seen = (
        select(of_learner(MembershipRow.person_id))
        .join(CourseRow, CourseRow.id == MembershipRow.course_id)
        .where(MembershipRow.role == Role.STUDENT.value, CourseRow.school_id == school_id)
    )
    rated = select(AttainmentRow.level).where(
        AttainmentRow.learner_id == PersonRow.id, ~AttainmentRow.gone
    )
    yield PersonRow.school_id == school_id
    yield not_(is_merged(PersonRow.id))
    if wanted.course_id is not None:
        yield PersonRow.id.in_(seen.where(MembershipRow.course_id == wanted.course_id))
    else:
        yield or_(PersonRow.id.in_(seen), rated.exists())
    if wanted.student_number is not None:
        yield numbered(wanted.student_number)
    if wanted.place:
        yield rolls.stands_in(wanted.place)
