"""A school's learners, listed: accounts seen as a student in one of its courses, or with an
outcome.

Not here: the accounts themselves (``people``) and where they stand (``outcomes``).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.launch import Role

from . import rolls
from .courses import CourseRow, MembershipRow
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


def learner_of_school(session: Session, school_id: int, learner_id: int) -> Account | None:
    """The learner of this id; None for anybody who is none of this school."""
    query = select(PersonRow).where(
        PersonRow.id == learner_id, *_wanted(school_id, LearnerFilter())
    )
    row = session.scalar(query)
    return None if row is None else as_account(row)


def courses_of_learners(
    session: Session, learner_ids: Collection[int]
) -> Mapping[int, Sequence[int]]:
    """The ids of the courses that each was seen in as a student; one without any is missing."""
    query = (
        select(MembershipRow.person_id, MembershipRow.course_id)
        .where(MembershipRow.person_id.in_(learner_ids), MembershipRow.role == Role.STUDENT.value)
        .order_by(MembershipRow.course_id)
    )
    found: dict[int, list[int]] = {}
    for person_id, course_id in session.execute(query):
        found.setdefault(person_id, []).append(course_id)
    return found


def _wanted(school_id: int, wanted: LearnerFilter) -> Iterator[ColumnElement[bool]]:
    seen = (
        select(MembershipRow.id)
        .join(CourseRow, CourseRow.id == MembershipRow.course_id)
        .where(
            MembershipRow.person_id == PersonRow.id,
            MembershipRow.role == Role.STUDENT.value,
            CourseRow.school_id == school_id,
        )
    )
    rated = select(AttainmentRow.level).where(AttainmentRow.learner_id == PersonRow.id)
    yield PersonRow.school_id == school_id
    if wanted.course_id is not None:
        yield seen.where(MembershipRow.course_id == wanted.course_id).exists()
    else:
        yield or_(seen.exists(), rated.exists())
    if wanted.student_number is not None:
        yield PersonRow.student_number == wanted.student_number
    if wanted.place:
        yield rolls.stands_in(wanted.place)
