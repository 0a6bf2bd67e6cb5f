"""What a student sees of one assessment: what is asked, what they have given, what they may do.

Not here: what a rater gave (``show_feedback``), and any change (``draft_submission``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.brief import Brief
from lti_tool.domain.errors import (
    AttemptsUsedError,
    NotFoundError,
    PastDueError,
    TransitionError,
)
from lti_tool.domain.launch import Launch
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.standard import Level, Requirement, Standard, WorkTask
from lti_tool.domain.submission import (
    MAX_EVIDENCE,
    Evidence,
    Submission,
    SubmissionState,
    check_withdraw,
    missing_evidence,
    missing_self_ratings,
    next_attempt,
)
from lti_tool.persistence import (
    assessments,
    briefs,
    courses,
    extensions,
    people,
    ratings,
    submissions,
    teams,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .work import rated_with


class Stage(StrEnum):
    """What the page is for at the moment."""

    LOOK = "look"
    """The LMS did not say who is looking: there is nothing to do."""

    WORK = "work"
    """The student may add evidence; an attempt may not have been begun yet."""
    CLOSED = "closed"
    """The due time has passed and late work is not taken; a draft is only shown."""
    WAITING = "waiting"
    """Handed in and waiting to be rated."""
    RATED = "rated"
    """The newest attempt is rated and released."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement of the assessment, and how the newest attempt stands to it.

    ``choices`` are the performance levels it is judged on, lowest first; ``self_rating`` is the
    student's own, None where they gave none; ``evidence`` is what they tied to it.
    """

    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]
    self_rating: int | None
    evidence: tuple[Evidence, ...]

    @property
    def code(self) -> str:
        return self.requirement.code


@dataclass(frozen=True, slots=True)
class AssessmentShown:
    """The whole page. ``attempt`` is the newest one, None before the first.

    ``tasks`` are the work tasks that the codes belong to, ``cut`` the lowest performance level
    that counts. ``earlier`` are the attempts before the newest, first one first. ``brief`` is what
    there is to work with, None where there is nothing; it holds no notes for the assessor.
    """

    assessment: Assessment
    brief: Brief | None
    standard: Standard
    level: Level
    tasks: tuple[WorkTask, ...]
    asked: tuple[Asked, ...]
    cut: int
    stage: Stage
    attempt: Submission | None
    earlier: tuple[Submission, ...]
    may_begin: bool
    may_withdraw: bool
    has_feedback: bool
    """Whether any rating is released to the student."""
    late: bool
    """Whether work handed in now would be late."""
    is_extended: bool
    """Whether it is due later for this student than for others."""
    mates: tuple[Account, ...]
    """With whom the student hands in; empty for work alone."""
    handed_in_by: Account | None
    """Who of them handed in for all; None for work alone, or not handed in."""

    @property
    def number(self) -> int:
        """The number of the newest attempt, 1 before the first."""
        return self.attempt.attempt if self.attempt else 1

    @property
    def red_lines(self) -> int:
        """How many of the requirements are red lines."""
        return sum(each.criterion.red_line for each in self.asked)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the newest attempt holds, in the order it was added."""
        return self.attempt.evidence if self.attempt else ()

    @property
    def is_full(self) -> bool:
        """Whether the attempt holds as many pieces as it may."""
        return len(self.evidence) >= MAX_EVIDENCE

    @property
    def missing_evidence(self) -> tuple[str, ...]:
        """The codes that no piece of evidence is tied to."""
        if self.attempt is None:
            return self.assessment.codes
        return missing_evidence(self.assessment, self.attempt)

    @property
    def missing_self_ratings(self) -> tuple[str, ...]:
        """The codes without a self-rating."""
        if self.attempt is None:
            return self.assessment.codes
        return missing_self_ratings(self.assessment, self.attempt)

    @property
    def was_returned(self) -> bool:
        """Whether it is in the student's hands because the teacher gave it back."""
        return self.attempt is not None and self.attempt.state is SubmissionState.RETURNED


def show_assessment(
    session: Session,
    catalogue: Catalogue,
    assessment_id: str,
    *,
    learner_id: int | None,
    course_id: int,
    now: datetime,
) -> AssessmentShown:
    """The assessment as its student sees it; ``learner_id`` None: as somebody without a name does.
    Raises NotFoundError outside the course."""
    everybodys = assessments.assessment(session, assessment_id, course_id=course_id)
    assessment = extensions.for_learner(session, everybodys, learner_id)
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    attempts = _attempts(session, assessment, learner_id)
    newest = attempts[-1] if attempts else None
    given = _given(session, attempts)
    level = bundle.standard.level(assessment.level)
    return AssessmentShown(
        assessment=assessment,
        brief=_for_students(briefs.brief_of(session, assessment.id)),
        standard=bundle.standard,
        level=level,
        tasks=_tasks(level, assessment.codes),
        asked=_asked(bundle, assessment, newest),
        cut=bundle.rubric.cut,
        stage=_stage(assessment, newest, now) if learner_id is not None else Stage.LOOK,
        attempt=newest,
        earlier=tuple(attempts[:-1]),
        may_begin=learner_id is not None and _may_begin(assessment, attempts, now),
        may_withdraw=newest is not None and _may_withdraw(session, assessment, newest, now),
        has_feedback=any(each.released_at is not None for each in given),
        late=assessment.is_late(now),
        is_extended=assessment != everybodys,
        mates=_mates(session, assessment, learner_id),
        handed_in_by=_handed_in_by(session, newest),
    )


def _attempts(
    session: Session, assessment: Assessment, learner_id: int | None
) -> Sequence[Submission]:
    """The learner's attempts, first one first; somebody without a name has none."""
    if learner_id is None:
        return ()
    return submissions.attempts_of(session, assessment.id, learner_id)


def _given(session: Session, attempts: Iterable[Submission]) -> Sequence[Rating]:
    """Every rating of these attempts."""
    found = (ratings.ratings_of_submission(session, each.id) for each in attempts)
    return [rating for given in found for rating in given]


def own_file(
    session: Session, evidence_id: str, *, learner_id: int, course_id: int
) -> tuple[Evidence, str]:
    """A file of the student's own and its storage key. Raises NotFoundError for anything else."""
    submission = submissions.submission_with(session, evidence_id)
    if submission.learner_id != learner_id:
        raise NotFoundError
    assessments.assessment(session, submission.assessment_id, course_id=course_id)
    key = submissions.storage_key(session, evidence_id)
    kept = (*submission.evidence, *submission.earlier, *submission.removed)
    found = next((each for each in kept if each.id == evidence_id), None)
    if key is None or found is None:
        raise NotFoundError
    return found, key


def _mates(session: Session, assessment: Assessment, learner_id: int | None) -> tuple[Account, ...]:
    if learner_id is None:
        return ()
    team = teams.team_of(session, assessment.id, learner_id)
    others = people.accounts(session, team.mates_of(learner_id)) if team else {}
    return tuple(others.values())


def _handed_in_by(session: Session, attempt: Submission | None) -> Account | None:
    if attempt is None or not attempt.shared_as:
        return None
    lead = submissions.submission_of(session, attempt.shared_as)
    return people.account(session, lead.learner_id)


def assessment_of_link(session: Session, link_id: int, *, course_id: int) -> str | None:
    """The id of the assessment a link opens; None while it opens none, or is of another course.

    Raises NotFoundError for a link that does not exist.
    """
    link = courses.link(session, link_id)
    return link.assessment_id if link.course_id == course_id else None


def assessment_of_launch(session: Session, launch: Launch) -> tuple[str, int] | None:
    """The assessment that a launch's link opens and the course it is of, by id. None where the
    course or the link is not known here, or opens nothing yet."""
    if launch.context is None or launch.resource_link is None:
        return None
    found = courses.known_link(
        session,
        deployment_id=launch.deployment_id,
        context_id=launch.context.id,
        link_id=launch.resource_link.id,
    )
    if found is None or found.assessment_id is None:
        return None
    return found.assessment_id, found.course_id


def _for_students(brief: Brief | None) -> Brief | None:
    """The brief without the notes for the assessor, which hold the answers."""
    return replace(brief, assessor="") if brief else None


def _asked(
    bundle: StandardBundle, assessment: Assessment, attempt: Submission | None
) -> tuple[Asked, ...]:
    evidence = attempt.evidence if attempt else ()
    own = attempt.self_ratings if attempt else {}
    return tuple(
        Asked(
            requirement=bundle.standard.requirement(each.key),
            criterion=bundle.rubric.criterion(each.key),
            choices=bundle.rubric.choices(each.key),
            self_rating=own.get(each.code),
            evidence=tuple(piece for piece in evidence if each.code in piece.codes),
        )
        for each in assessment.requirements
    )


def _tasks(level: Level, codes: Iterable[str]) -> tuple[WorkTask, ...]:
    wanted = set(codes)
    return tuple(
        task
        for task in level.tasks
        if not wanted.isdisjoint(each.code for each in task.requirements)
    )


def _stage(assessment: Assessment, attempt: Submission | None, now: datetime) -> Stage:
    if attempt is not None and attempt.state is SubmissionState.SUBMITTED:
        return Stage.WAITING
    if attempt is not None and attempt.state is SubmissionState.RELEASED:
        return Stage.RATED
    given_back = attempt is not None and attempt.return_note != ""
    returned = attempt is not None and attempt.state is SubmissionState.RETURNED
    in_time = assessment.accepts_late or not assessment.is_late(now)
    return Stage.WORK if in_time or returned or given_back else Stage.CLOSED


def _may_begin(assessment: Assessment, attempts: Sequence[Submission], now: datetime) -> bool:
    if assessment.is_late(now) and not assessment.accepts_late:
        return False
    try:
        next_attempt(assessment, attempts)
    except (AttemptsUsedError, TransitionError):
        return False
    return True


def _may_withdraw(
    session: Session, assessment: Assessment, attempt: Submission, now: datetime
) -> bool:
    """Whether it may be taken back: for a team, until one of its members is rated."""
    try:
        check_withdraw(assessment, attempt, now)
    except (PastDueError, TransitionError):
        return False
    return not _given(session, submissions.handed_in_with(session, attempt))
