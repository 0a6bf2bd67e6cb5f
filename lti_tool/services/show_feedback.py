"""What a student reads about one attempt: each code's released rating, comment and evidence, and
what changed since the attempt before.

A draft rating never shows here. Not here: mastery over several assessments (``show_progress``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.score import assessment_score
from lti_tool.domain.standard import Level, Requirement, RequirementKey, Standard
from lti_tool.domain.submission import Evidence, Submission
from lti_tool.persistence import assessments, ratings, submissions
from lti_tool.persistence.database import Session

from .work import rated_with

Given = Mapping[str, Rating]
"""The released ratings in force of one attempt, by code."""


@dataclass(frozen=True, slots=True)
class CodeFeedback:
    """One requirement: the rating (None: not rated or not released yet) and what it rests on.

    ``before`` is the performance level of the newest earlier attempt that was rated on this
    code, None if there is none. ``change`` counts the performance levels gained since.
    """

    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]
    rating: Rating | None
    breach: bool
    reached: bool
    """Whether the rating is at or above the cut."""
    before: int | None
    self_rating: int | None
    evidence: tuple[Evidence, ...]

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def change(self) -> int | None:
        """How many performance levels up or down since the attempt before; None without either."""
        if self.rating is None or self.before is None:
            return None
        return self.rating.performance_level - self.before


@dataclass(frozen=True, slots=True)
class FeedbackShown:
    """The page of one attempt. ``attempts`` are those with feedback, newest first."""

    assessment: Assessment
    standard: Standard
    level: Level
    attempt: Submission | None
    """None while no rating of any attempt is released."""
    attempts: tuple[Submission, ...]
    codes: tuple[CodeFeedback, ...]
    cut: int
    points: Decimal | None
    """The score of this attempt, None until every code is rated and released."""
    released_at: datetime | None
    """When the newest of its ratings was released."""

    @property
    def reached(self) -> int:
        """How many codes are at or above the cut."""
        return sum(each.reached for each in self.codes)

    @property
    def to_do(self) -> tuple[CodeFeedback, ...]:
        """The codes that are rated below the cut."""
        return tuple(each for each in self.codes if each.rating and not each.reached)


def show_feedback(
    session: Session,
    catalogue: Catalogue,
    assessment_id: str,
    *,
    learner_id: int,
    course_id: int,
    number: int | None,
) -> FeedbackShown:
    """The feedback on attempt ``number``, None for the newest that has any.

    Raises NotFoundError outside the course and for an attempt without released ratings.
    """
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    found = [
        (attempt, _in_force(session, attempt))
        for attempt in submissions.attempts_of(session, assessment.id, learner_id)
    ]
    rated = [(attempt, given) for attempt, given in reversed(found) if given]
    attempt, mine = _chosen(rated, number)
    return FeedbackShown(
        assessment=assessment,
        standard=bundle.standard,
        level=bundle.standard.level(assessment.level),
        attempt=attempt,
        attempts=tuple(each for each, _given in rated),
        codes=_codes(bundle, assessment, attempt, rated) if attempt else (),
        cut=bundle.rubric.cut,
        points=assessment_score(assessment, bundle.rubric, mine),
        released_at=max((r.released_at for r in mine.values() if r.released_at), default=None),
    )


def _in_force(session: Session, attempt: Submission) -> Given:
    stored = ratings.ratings_of_submission(session, attempt.id)
    return {each.requirement.code: each for each in in_force(stored)}


def _chosen(
    rated: Sequence[tuple[Submission, Given]], number: int | None
) -> tuple[Submission | None, Given]:
    if number is None:
        return rated[0] if rated else (None, {})
    for attempt, given in rated:
        if attempt.attempt == number:
            return attempt, given
    raise NotFoundError


def _codes(
    bundle: StandardBundle,
    assessment: Assessment,
    attempt: Submission,
    rated: Sequence[tuple[Submission, Given]],
) -> tuple[CodeFeedback, ...]:
    mine = next(given for each, given in rated if each.id == attempt.id)
    earlier = [given for each, given in rated if each.attempt < attempt.attempt]
    return tuple(
        _code(bundle, each.key, attempt, mine.get(each.code), _before(earlier, each.code))
        for each in assessment.requirements
    )


def _before(earlier: Sequence[Given], code: str) -> int | None:
    """The newest earlier performance level of a code; ``earlier`` is newest first."""
    return next((given[code].performance_level for given in earlier if code in given), None)


def _code(
    bundle: StandardBundle,
    key: RequirementKey,
    attempt: Submission,
    rating: Rating | None,
    before: int | None,
) -> CodeFeedback:
    rubric = bundle.rubric
    return CodeFeedback(
        requirement=bundle.standard.requirement(key),
        criterion=rubric.criterion(key),
        choices=rubric.choices(key),
        rating=rating,
        breach=rating is not None and rubric.is_breach(key, rating.performance_level),
        reached=rating is not None and rating.performance_level >= rubric.cut,
        before=before,
        self_rating=attempt.self_ratings.get(key.code),
        evidence=_evidence(attempt, key.code, rating),
    )


def _evidence(attempt: Submission, code: str, rating: Rating | None) -> tuple[Evidence, ...]:
    """What the rating names, else what the student tied to the code."""
    named = rating.evidence_ids if rating else ()
    if named:
        return tuple(each for each in (*attempt.earlier, *attempt.evidence) if each.id in named)
    return tuple(each for each in attempt.evidence if code in each.codes)
