"""A learner asks for a review of one rating (成绩复核), and another rater answers.

While it is open only that requirement is frozen: it counts for no level, and nobody corrects the
rating but by the answer. Not here: the pages' view of it (``show_review``).
"""

from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import AttainmentState, attainment_state, in_scope
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, TransitionError
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.rating import Rating, check_time, in_force, latest
from lti_tool.domain.review import (
    Consequence,
    Review,
    ReviewAnswer,
    ReviewOutcome,
    check_answering,
    check_asking,
)
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import assessments, people, ratings, reviews, standings, submissions

from .notify import seen_to, tell_learner, tell_teachers
from .standing import last_decisions, level_rule, masteries_of, take_effect, update_standing
from .work import Work, rated_with

ASKABLE = frozenset({SubmissionState.SUBMITTED, SubmissionState.RELEASED})


@dataclass(frozen=True, slots=True)
class Found:
    """What the second rater found: the performance level that is right, and why."""

    performance_level: int
    comment: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the learner stands: on the requirement under review, and to each level by key."""

    mastery: MasteryState
    levels: dict[str, AttainmentState]


def ask_review(
    work: Work, submission: Submission, assessment: Assessment, code: str, reason: str
) -> Review:
    """Store the learner's request and freeze the requirement.

    Raises NotFoundError for another learner's work, NotInAssessmentError, ReasonMissingError,
    ReviewRefusedError (see :func:`check_asking`), TransitionError while the work is given back.
    """
    if submission.learner_id != work.actor_id:
        raise NotFoundError
    if submission.state not in ASKABLE:
        raise TransitionError(submission.state.value, "review")
    key = assessment.key(code)
    standings.lock_learner(work.session, submission.learner_id)
    known = in_force(ratings.ratings_of_submission(work.session, submission.id))
    rating = check_asking(
        next((each for each in known if each.requirement == key), None),
        days=assessment.review_days,
        now=work.now,
        before=reviews.reviews_of_submission(work.session, submission.id).get(code),
    )
    if not reason.strip():
        raise ReasonMissingError
    review = Review(
        id=work.new_id(),
        learner_id=submission.learner_id,
        standard_id=assessment.standard_id,
        requirement=key,
        submission_id=submission.id,
        rating_id=rating.id,
        reason=reason.strip(),
        asked_at=work.now,
    )
    reviews.add_review(work.session, review)
    work.note("ask_review", f"submission:{submission.id}", f"{key} {review.id}")
    tell_teachers(work, NotificationKind.REVIEW_ASKED, review.id, assessment.id)
    _stand_anew(work, review)
    return review


def answer_review(work: Work, review_id: str, found: Found, *, course_id: int) -> ReviewAnswer:
    """Store the answer: the level that is there already upholds the rating, another one corrects
    it at once. The requirement is free again, and the learner's standing follows.

    Raises NotFoundError outside the course, ReviewRefusedError (see :func:`check_answering`),
    ReasonMissingError without a comment, BadRatingError.
    """
    review = reviews.review_of(work.session, review_id)
    submission = submissions.submission_of(work.session, review.submission_id)
    assessment = assessments.assessment(work.session, submission.assessment_id, course_id=course_id)
    standings.lock_learner(work.session, review.learner_id)
    stored = ratings.ratings_of_submission(work.session, submission.id)
    given = next(each for each in stored if each.id == review.rating_id)
    check_answering(review, given, work.actor_id)
    if not found.comment.strip():
        raise ReasonMissingError
    before = _standing(work, review)
    new = None
    if found.performance_level != given.performance_level:
        newest = latest(stored)[review.code]
        new = _correct(work, assessment, given, found, corrects=newest.id)
    answer = _answer(work, found, new, _consequence(before, _standing(work, review)))
    reviews.add_answer(work.session, review.id, answer)
    work.note(
        "answer_review",
        f"submission:{submission.id}",
        f"{review.requirement} {review.id} {answer.outcome.value}",
    )
    take_effect(work, submission, assessment)
    seen_to(work, NotificationKind.REVIEW_ASKED, review.id)
    kind = NotificationKind.REVIEW_ANSWERED
    tell_learner(work, review.learner_id, kind, review.id, assessment.id)
    return answer


def _correct(
    work: Work, assessment: Assessment, given: Rating, found: Found, *, corrects: str
) -> Rating:
    """Store the rating that takes the place of the one reviewed, released at once."""
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    rubric.check(given.requirement, found.performance_level, found.comment)
    rating = replace(
        given,
        id=work.new_id(),
        performance_level=found.performance_level,
        comment=found.comment.strip(),
        rater_id=work.actor_id,
        rated_at=work.now,
        released_at=work.now,
        supersedes=corrects,
        second_rater_id=None,
    )
    check_time(rating)
    ratings.add_ratings(work.session, [rating])
    return rating


def _answer(work: Work, found: Found, new: Rating | None, consequence: Consequence) -> ReviewAnswer:
    return ReviewAnswer(
        answered_by=work.actor_id,
        answered_at=work.now,
        outcome=ReviewOutcome.UPHELD if new is None else ReviewOutcome.CHANGED,
        comment=found.comment.strip(),
        rating_id=new.id if new else None,
        consequence=consequence,
    )


def _standing(work: Work, review: Review) -> _Standing:
    """How the learner stands by the ratings of now, were this review answered."""
    bundle = work.bundle(review.standard_id)
    learner = people.account(work.session, review.learner_id)
    rules = level_rule(work.session, bundle, learner.school_id)
    masteries = masteries_of(work.session, bundle, rules, learner.id, work.now, answering=review.id)
    last = last_decisions(work.session, learner.id, bundle.standard.id)
    return _Standing(
        masteries[rules.classes.class_of(review.requirement).key].state,
        {
            level.key: attainment_state(
                rules.evaluate(level.key, masteries),
                has_evidence=bool(in_scope(rules.scope(level.key), masteries)),
                last=last.get(level.key),
            )
            for level in bundle.standard.levels
        },
    )


def _consequence(before: _Standing, after: _Standing) -> Consequence:
    levels = {key: (state, after.levels[key]) for key, state in before.levels.items()}
    return Consequence((before.mastery, after.mastery), levels)


def _stand_anew(work: Work, review: Review) -> None:
    bundle = work.bundle(review.standard_id)
    learner = people.account(work.session, review.learner_id)
    update_standing(work, bundle, learner, level_rule(work.session, bundle, learner.school_id))
