"""A teacher rates requirements of a submission; a second rating corrects the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import (
    BadRatingError,
    NotFoundError,
    SecondMarkingRefusedError,
    StaleRatingError,
    TransitionError,
)
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.rating import Rating, check_time, latest
from lti_tool.domain.second_marking import Stage, stage_of
from lti_tool.domain.submission import Action, Submission, SubmissionState, after
from lti_tool.persistence import ratings, reviews, second_markings, submissions

from .notify import seen_to, tell_learner, tell_teachers
from .standing import take_effect
from .unseen import check_first_rating, knowing
from .work import Work, rated_with

RATEABLE = frozenset({SubmissionState.SUBMITTED, SubmissionState.RELEASED})
OBSERVABLE = RATEABLE | {SubmissionState.DRAFT}
"""What may be rated by somebody who saw the work being done: handing in is not needed for that."""


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
    somebody else rated this code since the page was opened, SecondMarkingRefusedError while the
    work is marked a second time (see :func:`check_first_rating`).
    """
    return rate_codes(work, submission, assessment, [judgement])[0]


def rate_codes(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    judgements: Sequence[Judgement],
    *,
    observed: bool = False,
) -> Sequence[Rating]:
    """Store ratings of different codes of one submission, all or none; raises as
    :func:`rate_submission` does. ``observed``: the rater saw the work being done, so that it need
    not be handed in."""
    if submission.state not in (OBSERVABLE if observed else RATEABLE):
        raise TransitionError(submission.state.value, "rate")
    stored = ratings.ratings_of_submission(work.session, submission.id)
    check_first_rating(work.session, work.actor_id, assessment, submission, stored)
    newest = latest(stored)
    frozen = reviews.open_codes(work.session, submission.id)
    for each in judgements:
        _check(work, assessment, each, newest.get(each.code))
        if each.code in frozen:
            raise BadRatingError(each.code, "under_review")
    given = [_rating(work, submission, assessment, each, newest) for each in judgements]
    ratings.add_ratings(work.session, given)
    for rating in given:
        detail = f"{rating.requirement} {rating.performance_level} {rating.id}"
        work.note("rate", f"submission:{submission.id}", detail)
    _tell_second_raters(work, submission, assessment, stored, given)
    if assessment.release is ReleaseMode.AT_ONCE:
        complete = take_effect(work, submission, assessment)
        if complete:
            _tell_released(work, submission)
        if complete and submission.state is not SubmissionState.RELEASED:
            released = after(submission.state, Action.RELEASE)
            submissions.change_submission(work.session, submission, state=released)
    return given


def _tell_second_raters(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    before: Sequence[Rating],
    given: Sequence[Rating],
) -> None:
    """Tell whoever may mark a work a second time that ``given`` completes its first rating. While
    the stage is FIRST nobody has begun that, so that none need be looked up."""
    if stage_of(assessment, submission, before, None) is not Stage.FIRST:
        return
    now = [*before, *given]
    if stage_of(assessment, submission, now, None) is Stage.WAITING:
        known_to = knowing(work.session, submission.id, now)
        kind = NotificationKind.SECOND_WAITING
        tell_teachers(work, kind, submission.id, assessment.id, but=known_to)


def _tell_released(work: Work, submission: Submission) -> None:
    seen_to(work, NotificationKind.SUBMITTED, submission.id)
    learner_id, kind = submission.learner_id, NotificationKind.RELEASED
    tell_learner(work, learner_id, kind, submission.id, submission.assessment_id)


def _check(
    work: Work, assessment: Assessment, judgement: Judgement, current: Rating | None
) -> None:
    """Raise unless the rubric allows this and the rater saw what they correct."""
    key = assessment.key(judgement.code)
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    rubric.check(key, judgement.performance_level, judgement.comment)
    if (current.id if current else None) != judgement.seen:
        raise StaleRatingError(judgement.code)


def _rating(
    work: Work,
    submission: Submission,
    assessment: Assessment,
    judgement: Judgement,
    newest: Mapping[str, Rating],
) -> Rating:
    at_once = assessment.release is ReleaseMode.AT_ONCE
    code, current = judgement.code, newest.get(judgement.code)
    # A draft's evidence is its learner's alone: what was observed rests on none of it.
    shown = () if submission.state is SubmissionState.DRAFT else submission.evidence
    observed_at = current.performed_at if current else work.now
    made = Rating(
        id=work.new_id(),
        learner_id=submission.learner_id,
        standard_id=assessment.standard_id,
        requirement=assessment.key(code),
        performance_level=judgement.performance_level,
        rater_id=work.actor_id,
        performed_at=submission.submitted_at or observed_at,
        rated_at=work.now,
        assessment_id=assessment.id,
        submission_id=submission.id,
        comment=judgement.comment.strip(),
        evidence_ids=tuple(each.id for each in shown if code in each.codes),
        released_at=work.now if at_once else None,
        supersedes=judgement.seen,
    )
    check_time(made)
    return made


def take_back_draft(work: Work, submission: Submission, rating_id: str) -> None:
    """Undo a draft rating that nobody has released: the word before it stands again.

    Raises NotFoundError for a released or corrected rating, or one of another submission,
    SecondMarkingRefusedError (``frozen``) for one that is marked a second time or was compared.
    """
    marking = second_markings.marking_of(work.session, submission.id)
    if marking is not None and (marking.is_under_way or rating_id in marking.rating_ids):
        raise SecondMarkingRefusedError("frozen")
    stored = {each.id: each for each in ratings.ratings_of_submission(work.session, submission.id)}
    rating = stored.get(rating_id)
    corrected = any(each.supersedes == rating_id for each in stored.values())
    if rating is None or rating.released_at is not None or corrected:
        raise NotFoundError
    ratings.remove_draft(work.session, rating_id)
    if marking is None:
        seen_to(work, NotificationKind.SECOND_WAITING, submission.id)
    work.note("take_back_draft", f"submission:{submission.id}", rating_id)


def rate_team(work: Work, submission: Submission, assessment: Assessment) -> int:
    """Give the other members of the team that handed in together what was given here, for every
    code that is not rated for them yet; how many ratings that made. Each may be changed for one
    member afterwards.

    Raises SecondMarkingRefusedError while the work of one of them is marked a second time.
    """
    given = latest(ratings.ratings_of_submission(work.session, submission.id))
    count = 0
    for each in submissions.handed_in_with(work.session, submission):
        if each.id == submission.id or each.state not in RATEABLE:
            continue
        rated = latest(ratings.ratings_of_submission(work.session, each.id))
        same = [
            Judgement(code, given[code].performance_level, given[code].comment, None)
            for code in assessment.codes
            if code in given and code not in rated
        ]
        count += len(rate_codes(work, each, assessment, same)) if same else 0
    return count
