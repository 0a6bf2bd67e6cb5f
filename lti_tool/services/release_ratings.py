"""A teacher releases draft ratings: from then on they count, and the student sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.second_marking import HELD
from lti_tool.domain.submission import Action, Submission, SubmissionState, after
from lti_tool.persistence import ratings, reviews, submissions

from .notify import seen_to, tell_learner
from .standing import take_effect
from .unseen import check_release, stages_in
from .work import Work

RELEASABLE = (SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.RELEASED)
"""A draft only where it was observed and every code is rated."""


@dataclass(frozen=True, slots=True)
class Released:
    """How many submissions were released, how many wait for their last codes, and how many are
    held for a second rater or by an open difference."""

    released: int
    incomplete: int
    held: int = 0


def release_submission(work: Work, submission: Submission, assessment: Assessment) -> Submission:
    """Release the newest draft of every code of one submission but those under review.

    Raises BadRatingError naming the first code that is not rated yet, TransitionError when
    the work is not handed in, SecondMarkingRefusedError (``held``) while it is marked a second
    time: no figure that two raters dispute is ever released.
    """
    state = after(submission.state, Action.RELEASE)
    stored = ratings.ratings_of_submission(work.session, submission.id)
    newest = latest(stored)
    for code in assessment.codes:
        if code not in newest:
            raise BadRatingError(code, "not_rated")
    check_release(work.session, assessment, submission, stored)
    frozen = reviews.open_codes(work.session, submission.id)
    drafts = [r.id for c, r in newest.items() if r.released_at is None and c not in frozen]
    ratings.release(work.session, drafts, by=work.actor_id, now=work.now)
    released = submissions.change_submission(work.session, submission, state=state)
    work.note("release", f"submission:{submission.id}")
    seen_to(work, NotificationKind.SUBMITTED, submission.id)
    seen_to(work, NotificationKind.SECOND_DONE, submission.id)
    if drafts or submission.state is not SubmissionState.RELEASED:
        kind = NotificationKind.RELEASED
        tell_learner(work, submission.learner_id, kind, submission.id, assessment.id)
    take_effect(work, released, assessment)
    return released


def release_all(work: Work, assessment: Assessment) -> Released:
    """Release every submission of an assessment whose codes are all rated; skip the others.

    That includes what was observed without being handed in."""
    given = ratings.ratings_of_assessment(work.session, assessment.id)
    newest = _newest_by_submission(given)
    waiting = [
        each
        for each in submissions.submissions_to(work.session, assessment.id, RELEASABLE)
        if each.state is SubmissionState.SUBMITTED or _has_draft(newest.get(each.id, {}))
    ]
    rated = [each for each in waiting if newest.get(each.id, {}).keys() >= set(assessment.codes)]
    stages = stages_in(work.session, assessment, rated, given)
    complete = [each for each in rated if stages[each.id] not in HELD]
    # Learners are locked in one order, so that two teachers who do this at once cannot deadlock.
    many = replace(work, bulk=len(complete) > 1)
    for each in sorted(complete, key=lambda one: one.learner_id):
        release_submission(many, each, assessment)
    held = len(rated) - len(complete)
    return Released(len(complete), len(waiting) - len(rated), held)


def _newest_by_submission(given: Iterable[Rating]) -> Mapping[str, Mapping[str, Rating]]:
    stored: dict[str, list[Rating]] = {}
    for each in given:
        stored.setdefault(each.submission_id, []).append(each)
    return {submission_id: latest(group) for submission_id, group in stored.items()}


def _has_draft(newest: Mapping[str, Rating]) -> bool:
    return any(each.released_at is None for each in newest.values())
