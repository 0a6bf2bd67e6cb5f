"""One submission to rate: the evidence, the criteria with what was given so far, the neighbours.

Not here: storing a rating (``rate_submission``), and who waits (``show_queue``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.anonymity import is_nameless
from lti_tool.domain.assessment import AssessedRequirement, Assessment
from lti_tool.domain.brief import Brief
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.rating import Rating, in_force, latest
from lti_tool.domain.review import Review
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.second_marking import FROZEN, HELD, MARKABLE, Stage
from lti_tool.domain.standard import Requirement
from lti_tool.domain.submission import Evidence, Submission, SubmissionState
from lti_tool.persistence import (
    assessments,
    briefs,
    people,
    ratings,
    reviews,
    second_markings,
    submissions,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .unseen import hidden_from, pieces_shown, shown_as, stage_now
from .work import rated_with

HANDED_IN = (SubmissionState.SUBMITTED, SubmissionState.RETURNED, SubmissionState.RELEASED)
RATEABLE = (SubmissionState.SUBMITTED, SubmissionState.RELEASED)


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as a page shows it: the words of its performance level, and who gave it."""

    rating: Rating
    level: PerformanceLevel
    breach: bool
    rater: Account

    @property
    def is_draft(self) -> bool:
        """Whether only raters see it: it counts nowhere."""
        return self.rating.released_at is None


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """What an earlier attempt brought for one code."""

    attempt: int
    given: Given


@dataclass(frozen=True, slots=True)
class CriterionToRate:
    """One code of the assessment with everything a rater looks at.

    ``own`` is the learner's self-rating, ``newest`` the newest word (a draft or released),
    ``shown`` what the learner sees: each None where there is none.
    """

    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]
    weight: int
    evidence: tuple[Evidence, ...]
    own: PerformanceLevel | None
    newest: Given | None
    shown: Given | None
    earlier: tuple[EarlierAttempt, ...]
    review: Review | None
    """What the learner asked about this code, and the answer if it has one; None: nothing."""

    @property
    def is_frozen(self) -> bool:
        """Whether an open review keeps the rating from being corrected but by its answer."""
        return self.review is not None and self.review.is_open

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def is_corrected(self) -> bool:
        """Whether a draft waits to replace what the learner sees."""
        return self.shown is not None and self.newest != self.shown


@dataclass(frozen=True, slots=True)
class WorkToRate:
    """A submission handed in. ``brief`` is what was given to work with, with the assessor notes,
    None where there was nothing. ``place`` of ``of_all`` counts the works handed in, oldest first;
    ``previous``, ``following`` and ``next_waiting`` are ids of submissions, None at the ends."""

    assessment: Assessment
    brief: Brief | None
    submission: Submission
    learner: Account
    cut: int
    criteria: tuple[CriterionToRate, ...]
    attempts: tuple[Submission, ...]
    place: int
    of_all: int
    previous: str | None
    following: str | None
    next_waiting: str | None
    stage: Stage = Stage.NONE
    """Where the second marking of the work stands."""
    is_second: bool = False
    """Whether the second rater's own ratings are shown, and nothing of the first one's."""
    is_hidden: bool = False
    """Whether the first ratings are hidden from this rater: no page may show them."""
    is_nameless: bool = False
    """Whether a pseudonym stands for the learner, and numbers for names of files."""

    @property
    def rated(self) -> int:
        """How many codes have a rating."""
        return sum(each.newest is not None for each in self.criteria)

    @property
    def drafts(self) -> int:
        """How many codes have a draft that the learner does not see yet."""
        return sum(each.newest is not None and each.newest.is_draft for each in self.criteria)

    @property
    def is_complete(self) -> bool:
        """Whether every code has a rating."""
        return self.rated == len(self.criteria)

    @property
    def is_readable(self) -> bool:
        """Whether raters may look at the evidence: not while it is being revised."""
        return self.submission.state in RATEABLE

    @property
    def can_be_rated(self) -> bool:
        """By the first raters not while it is marked a second time, by the second one only then."""
        if self.is_second:
            return self.stage in MARKABLE
        return self.is_readable and self.stage not in FROZEN

    @property
    def can_be_released(self) -> bool:
        """Whether every code is rated and something is not released yet, nor held by a second
        marking; for a second rater, whether the marking can be finished."""
        if self.is_second:
            return self.can_be_rated and self.is_complete
        if self.stage in HELD:
            return False
        unreleased = self.drafts > 0 or self.submission.state is SubmissionState.SUBMITTED
        return self.can_be_rated and self.is_complete and unreleased


def submission_to_rate(
    session: Session, submission_id: str, *, course_id: int
) -> tuple[Submission, Assessment]:
    """A submission of the course that was handed in.

    Raises NotFoundError for a draft, which only its learner sees, and for another course's.
    """
    submission = submissions.submission_of(session, submission_id)
    assessment = assessments.assessment(session, submission.assessment_id, course_id=course_id)
    if submission.state not in HANDED_IN:
        raise NotFoundError
    return submission, assessment


def evidence_to_show(
    session: Session, evidence_id: str, *, course_id: int
) -> tuple[Evidence, str | None]:
    """A piece of evidence handed in within the course, and where a file's content is kept.

    Raises NotFoundError for evidence of a draft or a submission being revised.
    """
    found = submissions.submission_with(session, evidence_id)
    submission, assessment = submission_to_rate(session, found.id, course_id=course_id)
    if submission.state not in RATEABLE:
        raise NotFoundError
    attempts = submissions.attempts_of(session, assessment.id, submission.learner_id)
    submission = pieces_shown(submission, assessment, attempts)
    kept = (*submission.evidence, *submission.earlier)
    piece = next((each for each in kept if each.id == evidence_id), None)
    if piece is None:
        raise NotFoundError
    return piece, submissions.storage_key(session, evidence_id)


def show_work(
    session: Session,
    catalogue: Catalogue,
    submission_id: str,
    *,
    course_id: int,
    viewer_id: int,
    second: bool = False,
) -> WorkToRate:
    """Everything a rater needs for one submission; ``second``: for marking it a second time, with
    nothing of the first ratings. Raises NotFoundError."""
    submission, assessment = submission_to_rate(session, submission_id, course_id=course_id)
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    line = _newest_attempts(submissions.submissions_to(session, assessment.id, HANDED_IN))
    stored = ratings.ratings_of_assessment(session, assessment.id)
    attempts = submissions.attempts_of(session, assessment.id, submission.learner_id)
    first = _of(stored, submission)
    own = _own(session, submission, assessment, stored, second=second)
    shown = pieces_shown(submission, assessment, attempts)
    shelf = _shelf(session, bundle, shown, attempts, own)
    stage = stage_now(session, assessment, submission, first)
    place = _place(line, submission)
    return WorkToRate(
        assessment=assessment,
        brief=briefs.brief_of(session, assessment.id),
        submission=shown,
        learner=shown_as(people.account(session, submission.learner_id), assessment, attempts),
        cut=bundle.rubric.cut,
        criteria=tuple(shelf.criterion(each) for each in assessment.requirements),
        attempts=tuple(each for each in attempts if each.state in HANDED_IN),
        place=place + 1,
        of_all=len(line),
        previous=None if second else _at(line, place - 1),
        following=None if second else _at(line, place + 1),
        next_waiting=None if second else _next_waiting(line, place, assessment, stored),
        stage=stage,
        is_second=second,
        is_hidden=submission.id in hidden_from(session, viewer_id, {submission.id: stage}, first),
        is_nameless=is_nameless(assessment, attempts),
    )


def _own(
    session: Session,
    submission: Submission,
    assessment: Assessment,
    stored: Iterable[Rating],
    *,
    second: bool,
) -> list[Rating]:
    """The learner's ratings; a second rater sees the second ones of this work in place of the
    first."""
    own = [each for each in stored if each.learner_id == submission.learner_id]
    if not second:
        return own
    marked = second_markings.second_ratings(session, submission, assessment)
    return [*(each for each in own if each.submission_id != submission.id), *marked.values()]


def _place(line: Sequence[Submission], submission: Submission) -> int:
    """An earlier attempt stands where the learner's newest one does."""
    return [each.learner_id for each in line].index(submission.learner_id)


def _at(line: Sequence[Submission], place: int) -> str | None:
    return line[place].id if 0 <= place < len(line) else None


def _shelf(
    session: Session,
    bundle: StandardBundle,
    shown: Submission,
    attempts: Sequence[Submission],
    own: Sequence[Rating],
) -> "_Shelf":
    raters = people.accounts(session, {each.rater_id for each in own})
    asked = reviews.reviews_of_submission(session, shown.id)
    return _Shelf(bundle, shown, attempts, own, raters, asked=asked)


class _Shelf:
    """The ratings one learner got in an assessment, sorted by submission."""

    def __init__(
        self,
        bundle: StandardBundle,
        submission: Submission,
        attempts: Sequence[Submission],
        stored: Sequence[Rating],
        raters: Mapping[int, Account],
        *,
        asked: Mapping[str, Review],
    ) -> None:
        self._bundle = bundle
        self._submission = submission
        self._reviews = asked
        self._raters = raters
        here = [each for each in stored if each.submission_id == submission.id]
        self._newest = latest(here)
        self._shown = {each.requirement.code: each for each in in_force(here)}
        self._earlier = [
            (each.attempt, {r.requirement.code: r for r in in_force(_of(stored, each))})
            for each in attempts
            if each.attempt < submission.attempt
        ]

    def criterion(self, assessed: AssessedRequirement) -> CriterionToRate:
        rubric, code = self._bundle.rubric, assessed.code
        number = self._submission.self_ratings.get(code)
        choices = rubric.choices(assessed.key)
        return CriterionToRate(
            requirement=self._bundle.standard.requirement(assessed.key),
            criterion=rubric.criterion(assessed.key),
            choices=choices,
            weight=assessed.weight,
            evidence=tuple(each for each in self._submission.evidence if code in each.codes),
            own=next((each for each in choices if each.number == number), None),
            newest=self._given(self._newest.get(code)),
            shown=self._given(self._shown.get(code)),
            earlier=tuple(self._attempts_at(code)),
            review=self._reviews.get(code),
        )

    def _attempts_at(self, code: str) -> Iterable[EarlierAttempt]:
        for attempt, by_code in self._earlier:
            given = self._given(by_code.get(code))
            if given is not None:
                yield EarlierAttempt(attempt, given)

    def _given(self, rating: Rating | None) -> Given | None:
        if rating is None:
            return None
        rubric, number = self._bundle.rubric, rating.performance_level
        level = next(each for each in rubric.performance_levels if each.number == number)
        breach = rubric.is_breach(rating.requirement, number)
        return Given(rating, level, breach, self._raters[rating.rater_id])


def _of(stored: Iterable[Rating], submission: Submission) -> list[Rating]:
    return [each for each in stored if each.submission_id == submission.id]


def _newest_attempts(found: Sequence[Submission]) -> list[Submission]:
    """The newest attempt of each learner, in the order given."""
    newest: dict[int, Submission] = {}
    for each in found:
        held = newest.get(each.learner_id)
        newest[each.learner_id] = each if held is None or each.attempt > held.attempt else held
    kept = {each.id for each in newest.values()}
    return [each for each in found if each.id in kept]


def _next_waiting(
    line: Sequence[Submission], place: int, assessment: Assessment, stored: Iterable[Rating]
) -> str | None:
    """The next submission after this place, round to the front, that has an unrated code."""
    rated: dict[str, set[str]] = {}
    for rating in stored:
        rated.setdefault(rating.submission_id, set()).add(rating.requirement.code)
    codes = set(assessment.codes)
    for each in (*line[place + 1 :], *line[:place]):
        unrated = codes - rated.get(each.id, set())
        if each.state is SubmissionState.SUBMITTED and unrated:
            return each.id
    return None
