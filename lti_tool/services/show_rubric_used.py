"""Which version of the school's rubric an assessment is rated with, and which is in force.

Not here: what the versions say (``author_rubric``).
"""

from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment
from lti_tool.persistence import courses, ratings, rubric_versions
from lti_tool.persistence.database import Session


@dataclass(frozen=True, slots=True)
class RubricUsed:
    """The number of the version an assessment is rated with and of the one in force (0: the shipped
    rubric), and whether it may still change: nothing was rated."""

    number: int
    in_force: int
    may_change: bool


def rubric_used(session: Session, assessment: Assessment, *, course_id: int) -> RubricUsed:
    """Which version of the school's rubric an assessment of the course is rated with."""
    school_id = courses.course(session, course_id).school_id
    versions = rubric_versions.versions_of(session, school_id, assessment.standard_id)
    used = rubric_versions.version_used(session, assessment.id)
    return RubricUsed(
        used.number if used else 0,
        versions[0].number if versions else 0,
        not ratings.ratings_of_assessment(session, assessment.id),
    )
