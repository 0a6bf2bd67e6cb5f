"""Who has more time for an assessment, and who may be given it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment
from lti_tool.persistence import assessments, courses, extensions, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.extensions import Extension
from lti_tool.persistence.people import Account


@dataclass(frozen=True, slots=True)
class Extended:
    """A learner who has more time, and who gave it."""

    learner: Account
    extension: Extension
    by: Account


@dataclass(frozen=True, slots=True)
class ExtensionsShown:
    """The extensions for an assessment, the newest first, and the students of the course."""

    assessment: Assessment
    extended: tuple[Extended, ...]
    students: Sequence[Account]


def show_extensions(session: Session, assessment_id: str, *, course_id: int) -> ExtensionsShown:
    """Everything the page shows, in a constant number of queries. Raises NotFoundError."""
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    found = extensions.extensions_to(session, assessment.id)
    involved = {each.learner_id for each in found} | {each.granted_by for each in found}
    names = people.accounts(session, involved)
    return ExtensionsShown(
        assessment=assessment,
        extended=tuple(
            Extended(names[each.learner_id], each, names[each.granted_by]) for each in found
        ),
        students=courses.students_of(session, course_id),
    )
