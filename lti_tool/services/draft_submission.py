"""A student works on an attempt: begins it, adds evidence, ties it to codes, rates themselves.

Everything is saved as it comes and belongs to nobody but the student until it is handed in.
"""

from collections.abc import Mapping
from dataclasses import replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadEvidenceError, BadRatingError, NotFoundError
from lti_tool.domain.submission import (
    MAX_EVIDENCE,
    Action,
    Evidence,
    Submission,
    SubmissionState,
    after,
    check_codes,
    checked_evidence,
    next_attempt,
    same_piece,
)
from lti_tool.persistence import assessments, submissions
from lti_tool.persistence.database import Session

from .work import Work, rated_with


def begin_attempt(work: Work, assessment: Assessment) -> Submission:
    """The actor's open draft, or a new attempt.

    Raises AttemptsUsedError, TransitionError while an attempt waits to be rated, or
    StaleFormError when another window begins the attempt at the same moment.
    """
    attempts = submissions.attempts_of(work.session, assessment.id, work.actor_id)
    if attempts and attempts[-1].can_edit:
        return attempts[-1]
    attempt = Submission(
        id=work.new_id(),
        assessment_id=assessment.id,
        learner_id=work.actor_id,
        attempt=next_attempt(assessment, attempts),
        state=SubmissionState.DRAFT,
        version=1,
        created_at=work.now,
    )
    submissions.add_submission(work.session, attempt)
    return attempt


def own_submission(
    session: Session, submission_id: str, *, learner_id: int, course_id: int
) -> tuple[Submission, Assessment]:
    """A learner's own submission in this course. Raises NotFoundError for anybody else's."""
    submission = submissions.submission_of(session, submission_id)
    if submission.learner_id != learner_id:
        raise NotFoundError
    return submission, assessments.assessment(
        session, submission.assessment_id, course_id=course_id
    )


def add_evidence(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    evidence: Evidence,
    *,
    storage_key: str | None = None,
) -> Submission:
    """Add a piece of evidence to a draft; ``storage_key`` says where a file's content is. One that
    is there already is not added again, but tied to the new codes, too.

    Raises TransitionError, BadEvidenceError, NotInAssessmentError, StaleFormError.
    """
    after(submission.state, Action.EDIT)
    check_codes(assessment, evidence.codes)
    there = same_piece(submission, evidence)
    if there is not None:
        codes = there.codes | evidence.codes
        return change_evidence(work, submission, assessment, there.id, codes=codes)
    _check_room(submission)
    submissions.add_evidence(
        work.session, submission.id, checked_evidence(evidence), storage_key=storage_key
    )
    return submissions.change_submission(work.session, submission)


def change_evidence(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    evidence_id: str,
    *,
    codes: frozenset[str],
    title: str | None = None,
    text: str | None = None,
    url: str | None = None,
) -> Submission:
    """Tie a piece to other codes, or give a text or a link new words (None: as it is).

    Raises NotFoundError for a piece of another submission, else as :func:`add_evidence`.
    """
    after(submission.state, Action.EDIT)
    check_codes(assessment, codes)
    piece = _piece(submission, evidence_id)
    checked_evidence(
        replace(
            piece,
            title=piece.title if title is None else title,
            text=piece.text if text is None else text,
            url=piece.url if url is None else url,
        )
    )
    submissions.change_evidence(
        work.session, evidence_id, codes=codes, title=title, text=text, url=url
    )
    return submissions.change_submission(work.session, submission)


def remove_evidence(work: Work, submission: Submission, evidence_id: str) -> Submission:
    """Take a piece of evidence out of a draft, from where it can be brought back until the work is
    handed in. Raises TransitionError, NotFoundError."""
    after(submission.state, Action.EDIT)
    _piece(submission, evidence_id)
    submissions.remove_evidence(work.session, evidence_id, at=work.now)
    return submissions.change_submission(work.session, submission)


def restore_evidence(work: Work, submission: Submission, evidence_id: str) -> Submission:
    """Bring a removed piece of evidence back. Raises TransitionError, NotFoundError, or
    BadEvidenceError where the draft is full."""
    after(submission.state, Action.EDIT)
    if evidence_id not in {each.id for each in submission.removed}:
        raise NotFoundError
    _check_room(submission)
    submissions.restore_evidence(work.session, evidence_id)
    return submissions.change_submission(work.session, submission)


def save_self_ratings(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    given: Mapping[str, int],
) -> Submission:
    """Store self-ratings by code beside those already there. They never decide anything.

    Raises TransitionError, NotInAssessmentError, BadRatingError, StaleFormError.
    """
    after(submission.state, Action.EDIT)
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    for code, number in given.items():
        choices = {each.number for each in rubric.choices(assessment.key(code))}
        if number not in choices:
            raise BadRatingError(code, "performance_level")
    merged = {**submission.self_ratings, **given}
    return submissions.change_submission(work.session, submission, self_ratings=merged)


def _check_room(submission: Submission) -> None:
    if len(submission.evidence) >= MAX_EVIDENCE:
        raise BadEvidenceError("too_many", str(MAX_EVIDENCE))


def _piece(submission: Submission, evidence_id: str) -> Evidence:
    for each in submission.evidence:
        if each.id == evidence_id:
            return each
    raise NotFoundError
