"""Which files of a submission were handed in elsewhere, too, with the same content: a fact for the
teacher to look into, not a verdict. A shared template is as alike as a copied work.

Within the course it says whose; of another course only which and when, since its teachers are
others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.anonymity import pseudonym
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.submission import Submission
from lti_tool.persistence import people
from lti_tool.persistence.database import Session
from lti_tool.persistence.same_files import files_like


@dataclass(frozen=True, slots=True)
class SameFile:
    """One place where the same content was handed in. ``learner`` is whose it is, empty for the
    learner of the work itself and for another course's; ``submission_id`` opens it, None outside
    the course."""

    is_own: bool
    learner: str
    assessment: str
    course: str
    submitted_at: datetime
    submission_id: str | None


def show_same_files(
    session: Session,
    submission: Submission,
    assessment: Assessment,
    *,
    course_id: int,
    school_id: int,
) -> Mapping[str, Sequence[SameFile]]:
    """By SHA-256, where else at the school it was handed in, the earliest first, in two queries; a
    content that is nowhere else is missing."""
    contents = {each.sha256 for each in submission.evidence if each.sha256}
    if not contents:
        return {}
    found = files_like(session, contents, school_id=school_id, but=submission)
    near = {each.learner_id for each in found if each.course_id == course_id}
    names = _names(session, assessment, near - {submission.learner_id})
    shown: dict[str, list[SameFile]] = {}
    for each in found:
        in_course = each.course_id == course_id
        shown.setdefault(each.sha256, []).append(
            SameFile(
                is_own=each.learner_id == submission.learner_id,
                learner=names.get(each.learner_id, "") if in_course else "",
                assessment=each.assessment,
                course=each.course,
                submitted_at=each.submitted_at,
                submission_id=each.submission_id if in_course else None,
            )
        )
    return shown


def _names(session: Session, assessment: Assessment, ids: Collection[int]) -> Mapping[int, str]:
    """What these learners are called where the work is rated: no names in an anonymous one."""
    if assessment.anonymous:
        return {each: pseudonym(assessment, each) for each in ids}
    return {id_: account.label for id_, account in people.accounts(session, ids).items()}
