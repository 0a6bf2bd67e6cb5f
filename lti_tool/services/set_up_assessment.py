"""A teacher sets up an assessment, changes its conditions, or lets a link open one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lti_tool.domain.assessment import (
    DEFAULT_REVIEW_DAYS,
    AssessedRequirement,
    Assessment,
    ReleaseMode,
    checked,
)
from lti_tool.domain.brief import Brief, checked_brief
from lti_tool.domain.errors import BadAssessmentError, TransitionError
from lti_tool.domain.standard import RequirementKey, SourceStatus, Standard, requirements_by_code
from lti_tool.persistence import (
    assessments,
    briefs,
    column_errands,
    courses,
    ratings,
    rubric_versions,
)

from .standing import ensure_grade_item
from .work import Work


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a teacher may change later on, too."""

    title: str
    instructions: str
    points: Decimal
    due_at: datetime | None
    accepts_late: bool
    attempts: int | None
    release: ReleaseMode
    review_days: int = DEFAULT_REVIEW_DAYS
    second_percent: int = 0
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The requirements chosen, by code, with their weights (whole numbers from 1)."""

    standard_id: str
    level: str
    weights: Mapping[str, int]


def set_up_assessment(
    work: Work,
    choice: Choice,
    conditions: Conditions,
    *,
    course_id: int,
    link_id: int | None,
    brief: Brief | None = None,
) -> Assessment:
    """Store a new assessment and its column; ``link_id`` is the link that shall open it, ``brief``
    what it gives to work with. It is rated with the rubric that is in force at the school now.

    The codes follow the order of the standard. Raises BadAssessmentError naming the field,
    UnknownStandardError, UnknownRequirementError, NotFoundError for a link elsewhere.
    """
    standard = work.bundle(choice.standard_id).standard
    blank = Assessment(
        id=work.new_id(),
        standard_id=standard.id,
        level=standard.level(choice.level).key,
        title="",
        instructions="",
        requirements=_requirements(standard, choice),
        points=conditions.points,
        seed=work.new_id(),
    )
    assessment = checked(_under(blank, conditions))
    assessments.add_assessment(
        work.session, assessment, course_id=course_id, created_by=work.actor_id, now=work.now
    )
    course = courses.course(work.session, course_id)
    newest = rubric_versions.newest_id(work.session, course.school_id, standard.id)
    rubric_versions.rate_with(work.session, assessment.id, newest)
    if brief is not None:
        briefs.keep_brief(work.session, assessment.id, checked_brief(brief))
    work.note("set_up", f"assessment:{assessment.id}")
    if link_id is not None:
        point_link(work, assessment.id, course_id=course_id, link_id=link_id)
    ensure_grade_item(work.session, assessment, course)
    return assessment


def change_conditions(
    work: Work,
    assessment_id: str,
    conditions: Conditions,
    *,
    course_id: int,
    brief: Brief | None = None,
) -> Assessment:
    """Change an assessment's conditions; what it covers stays, since ratings rest on it.

    ``brief`` None leaves what it gives to work with as it is.
    """
    before = assessments.assessment(work.session, assessment_id, course_id=course_id)
    after = checked(_under(replace(before, seed=before.seed or work.new_id()), conditions))
    assessments.change_assessment(work.session, after)
    if brief is not None:
        briefs.keep_brief(work.session, after.id, checked_brief(brief))
    item = ensure_grade_item(work.session, after, courses.course(work.session, course_id))
    if (before.title, before.points) != (after.title, after.points):
        column_errands.ask(work.session, item.id, now=work.now, change=True)
    work.note("change", f"assessment:{after.id}")
    return after


def rate_with_newest(work: Work, assessment_id: str, *, course_id: int) -> None:
    """Let an assessment be rated with the rubric in force at the school now.

    Raises TransitionError once anything was rated: ratings stay on the version they were given
    with. Raises NotFoundError outside the course.
    """
    assessment = assessments.assessment(work.session, assessment_id, course_id=course_id)
    if ratings.ratings_of_assessment(work.session, assessment.id):
        raise TransitionError("rated", "rate_with_newest")
    school_id = courses.course(work.session, course_id).school_id
    newest = rubric_versions.newest_id(work.session, school_id, assessment.standard_id)
    rubric_versions.rate_with(work.session, assessment.id, newest)
    work.note("rate_with_newest", f"assessment:{assessment.id}", str(newest))


def point_link(work: Work, assessment_id: str, *, course_id: int, link_id: int) -> None:
    """Let a link of the course open an assessment of the course. Raises NotFoundError."""
    assessment = assessments.assessment(work.session, assessment_id, course_id=course_id)
    link = courses.link(work.session, link_id)
    if link.course_id != course_id:
        raise BadAssessmentError("link", "elsewhere")
    courses.point_link(work.session, link_id, assessment.id)


def _under(assessment: Assessment, conditions: Conditions) -> Assessment:
    return replace(
        assessment,
        title=conditions.title.strip(),
        instructions=conditions.instructions.strip(),
        points=conditions.points,
        due_at=conditions.due_at,
        accepts_late=conditions.accepts_late,
        attempts=conditions.attempts,
        release=conditions.release,
        review_days=conditions.review_days,
        second_percent=conditions.second_percent,
        anonymous=conditions.anonymous,
    )


def _requirements(standard: Standard, choice: Choice) -> tuple[AssessedRequirement, ...]:
    known = requirements_by_code(standard.level(choice.level))
    for code in choice.weights:
        if code not in known:
            raise BadAssessmentError("codes", "unknown")
        if known[code].status is SourceStatus.LOST:
            raise BadAssessmentError("codes", "lost")
    return tuple(
        AssessedRequirement(RequirementKey(choice.level, code), choice.weights[code])
        for code in known
        if code in choice.weights
    )
