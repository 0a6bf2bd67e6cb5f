"""Reviews as pages show them: to the learner beside the feedback, to teachers one by one.

Not here: asking and answering (``review_rating``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.review import Review, review_until
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.standard import Level, Requirement, Standard
from lti_tool.domain.submission import Evidence, Submission, SubmissionState
from lti_tool.persistence import assessments, people, ratings, reviews, submissions
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .unseen import pieces_shown, shown_as
from .work import rated_with

ASKABLE = frozenset({SubmissionState.SUBMITTED, SubmissionState.RELEASED})


@dataclass(frozen=True, slots=True)
class CodeReview:
    """A code as its learner sees it: the review asked for, None without one; ``until``: it may
    be asked for up to then, None where it never could; ``may_ask``: it may be now."""

    review: Review | None
    until: datetime | None
    may_ask: bool


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review in a list: whose work it is about."""

    review: Review
    learner: Account


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """A review with everything the second rater looks at. ``given`` is the rating it is about by
    ``rater``; ``answered_by`` is None while it is open; ``levels`` are all of the standard."""

    review: Review
    assessment: Assessment
    standard: Standard
    learner: Account
    submission: Submission
    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]
    cut: int
    given: Rating
    rater: Account
    corrected: Rating | None
    answered_by: Account | None
    evidence: tuple[Evidence, ...]

    @property
    def changed_levels(self) -> Sequence[Level]:
        """The levels that the answer moved."""
        answer = self.review.answer
        keys = answer.consequence.changed_levels if answer else ()
        return [self.standard.level(each) for each in keys]


def reviews_of_attempt(
    session: Session, assessment: Assessment, attempt: Submission, *, now: datetime
) -> Mapping[str, CodeReview]:
    """By code: what was asked, and what may be; codes without a released rating are missing."""
    asked = reviews.reviews_of_submission(session, attempt.id)
    found = in_force(ratings.ratings_of_submission(session, attempt.id))
    return {
        each.requirement.code: _code(
            asked.get(each.requirement.code),
            review_until(each, assessment.review_days),
            now if attempt.state in ASKABLE else None,
        )
        for each in found
    }


def reviews_to_answer(session: Session, assessment: Assessment) -> Sequence[ReviewLine]:
    """The open reviews of an assessment, the longest waiting first."""
    found = [each for each in reviews.reviews_in(session, assessment.id) if each.is_open]
    known = people.accounts(session, {each.learner_id for each in found})
    shown = {key: _shown_as(session, each, assessment) for key, each in known.items()}
    return [ReviewLine(each, shown[each.learner_id]) for each in found]


def show_review(
    session: Session, catalogue: Catalogue, review_id: str, *, course_id: int
) -> ReviewShown:
    """A review asked for in the course, without names while a later attempt hides them. Raises
    NotFoundError."""
    review = reviews.review_of(session, review_id)
    submission = submissions.submission_of(session, review.submission_id)
    assessment = assessments.assessment(session, submission.assessment_id, course_id=course_id)
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    stored = {each.id: each for each in ratings.ratings_of_submission(session, submission.id)}
    given, answer = stored[review.rating_id], review.answer
    answered_by = {answer.answered_by} if answer else set()
    known = people.accounts(session, {review.learner_id, given.rater_id} | answered_by)
    attempts = submissions.attempts_of(session, assessment.id, review.learner_id)
    evidence = pieces_shown(submission, assessment, attempts).evidence
    return ReviewShown(
        review=review,
        assessment=assessment,
        standard=bundle.standard,
        learner=shown_as(known[review.learner_id], assessment, attempts),
        submission=submission,
        requirement=bundle.standard.requirement(review.requirement),
        criterion=bundle.rubric.criterion(review.requirement),
        choices=bundle.rubric.choices(review.requirement),
        cut=bundle.rubric.cut,
        given=given,
        rater=known[given.rater_id],
        corrected=stored[answer.rating_id] if answer and answer.rating_id else None,
        answered_by=known[answer.answered_by] if answer else None,
        evidence=tuple(each for each in evidence if review.code in each.codes),
    )


def _shown_as(session: Session, learner: Account, assessment: Assessment) -> Account:
    if not assessment.anonymous:
        return learner
    attempts = submissions.attempts_of(session, assessment.id, learner.id)
    return shown_as(learner, assessment, attempts)


def _code(review: Review | None, until: datetime | None, now: datetime | None) -> CodeReview:
    may_ask = review is None and until is not None and now is not None and now <= until
    return CodeReview(review, until, may_ask)
