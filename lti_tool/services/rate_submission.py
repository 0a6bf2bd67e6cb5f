"""A teacher rates one requirement of a submission; a second rating corrects the first."""

from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import BadRatingError, NotFoundError, StaleRatingError, TransitionError
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import ratings, reviews, submissions

from .standing import take_effect
from .work import Work, rated_with

RATEABLE = frozenset({SubmissionState.SUBMITTED, SubmissionState.RELEASED})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rater gives for one code. ``seen`` is the id of the rating the rater saw on the
    page, None if there was none: somebody else's newer word is never overwritten unseen."""

    code: str
    performance_level: int
    comment: str
    seen: str | None


def rate_submission(
    work: Work, submission: Submission, assessment: Assessment, judgement: Judgement
) -> Rating:
    """Store a rating, a draft or released at once as the assessment says.

    Raises NotInAssessmentError, BadRatingError (also for a code under review, which only the
    answer may change), TransitionError for work that is not handed in, StaleRatingError when
    somebody else rated this code since the page was opened.
    """
    if submission.state not in RATEABLE:
        raise TransitionError(submission.state.value, "rate")
    key = assessment.key(judgement.code)
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    rubric.check(key, judgement.performance_level, judgement.comment)
    newest = latest(ratings.ratings_of_submission(work.session, submission.id))
    current = newest.get(judgement.code)
    if (current.id if current else None) != judgement.seen:
        raise StaleRatingError(judgement.code)
    if judgement.code in reviews.open_codes(work.session, submission.id):
        raise BadRatingError(judgement.code, "under_review")
    rating = _rating(work, submission, assessment, judgement)
    ratings.add_ratings(work.session, [rating])
    work.note(
        "rate", f"submission:{submission.id}", f"{key} {rating.performance_level} {rating.id}"
    )
    if rating.released_at is not None:
        complete = take_effect(work, submission, assessment)
        if complete and submission.state is SubmissionState.SUBMITTED:
            submissions.change_submission(work.session, submission, state=SubmissionState.RELEASED)
    return rating


def _rating(
    work: Work, submission: Submission, assessment: Assessment, judgement: Judgement
) -> Rating:
    at_once = assessment.release is ReleaseMode.AT_ONCE
    code = judgement.code
    return Rating(
        id=work.new_id(),
        learner_id=submission.learner_id,
        standard_id=assessment.standard_id,
        requirement=assessment.key(code),
        performance_level=judgement.performance_level,
        rater_id=work.actor_id,
        performed_at=submission.submitted_at or submission.created_at,
        rated_at=work.now,
        assessment_id=assessment.id,
        submission_id=submission.id,
        comment=judgement.comment.strip(),
        evidence_ids=tuple(each.id for each in submission.evidence if code in each.codes),
        released_at=work.now if at_once else None,
        supersedes=judgement.seen,
    )


def take_back_draft(work: Work, submission: Submission, rating_id: str) -> None:
    """Undo a draft rating that nobody has released: the word before it stands again.

    Raises NotFoundError for a released or corrected rating, or one of another submission.
    """
    stored = {each.id: each for each in ratings.ratings_of_submission(work.session, submission.id)}
    rating = stored.get(rating_id)
    corrected = any(each.supersedes == rating_id for each in stored.values())
    if rating is None or rating.released_at is not None or corrected:
        raise NotFoundError
    ratings.remove_draft(work.session, rating_id)
    work.note("take_back_draft", f"submission:{submission.id}", rating_id)
