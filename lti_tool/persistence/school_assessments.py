"""What all courses of a school assess: assessments by the requirements they ask for.

Not here: the assessments of one course (``assessments``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.standard import RequirementKey

from .assessments import AssessedRequirementRow, AssessmentRow
from .courses import CourseRow


@dataclass(frozen=True, slots=True)
class AssessmentFilter:
    """Which assessments to list; None: all. ``asking`` are requirements of ``standard_id``, of
    which at least one must be asked for."""

    standard_id: str | None = None
    level: str | None = None
    course_id: int | None = None
    asking: tuple[RequirementKey, ...] | None = None


@dataclass(frozen=True, slots=True)
class AssessmentListed:
    """An assessment and its course; ``codes`` belong to ``level``, in the order shown."""

    id: str
    title: str
    course_id: int
    course_title: str
    standard_id: str
    level: str
    codes: tuple[str, ...]
    due_at: datetime | None
    created_at: datetime


Place = tuple[datetime, str]
"""Where a list goes on: when the last one read was made, and its id."""


def assessments_after(
    session: Session, school_id: int, wanted: AssessmentFilter, *, after: Place | None, most: int
) -> Sequence[AssessmentListed]:
    """Assessments of a school's courses, ``most`` of them, oldest first."""
    query = (
        select(AssessmentRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == AssessmentRow.course_id)
        .where(CourseRow.school_id == school_id, *_wanted(wanted))
        .order_by(AssessmentRow.created_at, AssessmentRow.id)
        .limit(most)
    )
    if after is not None:
        at, id_ = after
        same_moment = and_(AssessmentRow.created_at == at, AssessmentRow.id > id_)
        query = query.where(or_(AssessmentRow.created_at > at, same_moment))
    return [_listed(row, title) for row, title in session.execute(query)]


def _wanted(wanted: AssessmentFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.standard_id is not None:
        yield AssessmentRow.standard_id == wanted.standard_id
    if wanted.level is not None:
        yield AssessmentRow.level == wanted.level
    if wanted.course_id is not None:
        yield AssessmentRow.course_id == wanted.course_id
    if wanted.asking is not None:
        asked = select(AssessedRequirementRow.code).where(
            AssessedRequirementRow.assessment_id == AssessmentRow.id
        )
        yield or_(
            *(
                and_(
                    AssessmentRow.level == key.level,
                    asked.where(AssessedRequirementRow.code == key.code).exists(),
                )
                for key in wanted.asking
            )
        )


def _listed(row: AssessmentRow, course_title: str) -> AssessmentListed:
    return AssessmentListed(
        id=row.id,
        title=row.title,
        course_id=row.course_id,
        course_title=course_title,
        standard_id=row.standard_id,
        level=row.level,
        codes=tuple(each.code for each in row.requirements),
        due_at=row.due_at,
        created_at=row.created_at,
    )
