"""Where else in a school files of the same content were handed in. Not here: what to make of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.submission import Submission, SubmissionState

from .assessments import AssessmentRow
from .courses import CourseRow
from .submissions import EvidenceRow, SubmissionRow

MOST = 500


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with this content in another submission. ``course`` is its title, or its label."""

    sha256: str
    submission_id: str
    learner_id: int
    submitted_at: datetime
    assessment: str
    assessment_id: str
    course: str
    course_id: int


def files_like(
    session: Session, contents: Collection[str], *, school_id: int, but: Submission
) -> Sequence[FoundFile]:
    """Files with one of these SHA-256 handed in at a school, the earliest first, in one query;
    ``but`` is a submission to pass over, and with it those of the team that it was handed in with.
    Drafts are nobody's business."""
    query = (
        select(
            EvidenceRow.sha256,
            SubmissionRow.id,
            SubmissionRow.learner_id,
            SubmissionRow.submitted_at,
            AssessmentRow.title,
            AssessmentRow.id,
            CourseRow.title,
            CourseRow.label,
            CourseRow.id,
        )
        .join(SubmissionRow, SubmissionRow.id == EvidenceRow.submission_id)
        .join(AssessmentRow, AssessmentRow.id == SubmissionRow.assessment_id)
        .join(CourseRow, CourseRow.id == AssessmentRow.course_id)
        .where(
            EvidenceRow.sha256.in_(contents),
            CourseRow.school_id == school_id,
            SubmissionRow.id != but.id,
            or_(SubmissionRow.shared_as == "", SubmissionRow.shared_as != but.shared_as),
            SubmissionRow.state != SubmissionState.DRAFT.value,
            SubmissionRow.submitted_at.is_not(None),
        )
        .order_by(SubmissionRow.submitted_at, SubmissionRow.id)
        .limit(MOST)
        .distinct()
    )
    return [
        FoundFile(sha256, submission, learner, at, assessment, made, title or label, course)
        for sha256, submission, learner, at, assessment, made, title, label, course in (
            session.execute(query)
        )
        if at is not None
    ]
