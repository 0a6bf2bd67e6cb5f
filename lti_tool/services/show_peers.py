"""What students and teachers see of peer rating. Nobody but the teacher sees who said what, and
nobody whose work it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.anonymity import without_names
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.peer import (
    SHOWN,
    Judged,
    PeerPlan,
    PeerTask,
    in_drawn_order,
    may_begin,
    peer_codes,
)
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.standard import Requirement, Standard
from lti_tool.domain.submission import Evidence, Submission, SubmissionState
from lti_tool.persistence import assessments, courses, peer_ratings, people, submissions, teams
from lti_tool.persistence.database import Session

from .unseen import shown_as
from .work import rated_with


@dataclass(frozen=True, slots=True)
class PeerCode:
    """A requirement that peers rate, with the levels to choose from."""

    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]

    @property
    def code(self) -> str:
        return self.requirement.code


@dataclass(frozen=True, slots=True)
class PeerFrame:
    """What every page of peer rating shows."""

    assessment: Assessment
    standard: Standard
    plan: PeerPlan
    codes: tuple[PeerCode, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What one peer said of the student's work, by code. A hidden comment is empty."""

    attempt: int
    given: Mapping[str, Judged]


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A work that the student took, with its number; ``gone`` while its author is revising it."""

    task: PeerTask
    number: int
    gone: bool


@dataclass(frozen=True, slots=True)
class StudentPeers:
    """The student's page. ``levels`` is what they gave the example, None before that; ``taken``
    counts what need not be taken any more."""

    frame: PeerFrame
    is_open: bool
    handed_in: bool
    levels: Mapping[str, int] | None
    tasks: Sequence[OwnTask]
    taken: int
    heard: Sequence[Heard]

    @property
    def done(self) -> int:
        """How many works the student has said something of."""
        return sum(each.task.is_done for each in self.tasks)

    @property
    def example_first(self) -> bool:
        """Whether the example is still to be rated."""
        return self.frame.plan.example is not None and self.levels is None

    @property
    def may_take(self) -> bool:
        """Whether another work may be asked for."""
        ready = self.is_open and self.handed_in and not self.example_first
        return ready and self.taken < self.frame.plan.works

    @property
    def alike(self) -> int:
        """For how many codes the example got the teacher's level."""
        example, levels = self.frame.plan.example, self.levels or {}
        if example is None:
            return 0
        given = example.ratings.items()
        return sum(levels.get(code) == judged.performance_level for code, judged in given)


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One work as its peer sees it: its evidence without names of files."""

    frame: PeerFrame
    task: PeerTask
    number: int
    evidence: Sequence[Evidence]
    editable: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a student is: how many codes of the example they rated as the teacher did (None:
    not rated yet), works finished and taken."""

    name: str
    alike: int | None
    done: int
    taken: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one peer said of a work, with their name."""

    task: PeerTask
    name: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A work and all that was said of it. ``name`` is a pseudonym while names are hidden."""

    submission: Submission
    name: str
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class TeacherPeers:
    """The teacher's page. ``example_used``: somebody rated it, so it stays as it is."""

    frame: PeerFrame
    is_open: bool
    example_used: bool
    progress: Sequence[Progress]
    looked: Sequence[Looked]

    @property
    def finished(self) -> int:
        """How many students have finished all their works."""
        return sum(0 < self.frame.plan.works <= each.done for each in self.progress)


def show_student_peers(
    session: Session,
    catalogue: Catalogue,
    assessment_id: str,
    *,
    learner_id: int,
    course_id: int,
    now: datetime,
) -> StudentPeers:
    """The student's page. Raises NotFoundError where the assessment has no peer rating."""
    frame = _frame(session, catalogue, assessment_id, course_id)
    if not peer_ratings.is_on(session, assessment_id):
        raise NotFoundError
    own = submissions.attempts_of(session, assessment_id, learner_id)
    tasks = _own_tasks(session, assessment_id, learner_id)
    return StudentPeers(
        frame=frame,
        is_open=frame.plan.is_open(now),
        handed_in=may_begin(frame.plan, own, calibrated=True),
        levels=peer_ratings.calibration_of(session, assessment_id, learner_id),
        tasks=tasks,
        taken=sum(each.task.is_done or not each.gone for each in tasks),
        heard=_heard(session, frame.assessment, _authored(session, assessment_id, learner_id, own)),
    )


def show_task(
    session: Session,
    catalogue: Catalogue,
    task_id: str,
    *,
    learner_id: int,
    course_id: int,
    now: datetime,
) -> TaskShown:
    """A work that the student took. Raises NotFoundError for another's."""
    task = peer_ratings.task_of(session, task_id)
    if task.rater_id != learner_id:
        raise NotFoundError
    frame = _frame(session, catalogue, task.assessment_id, course_id)
    work = submissions.submission_of(session, task.submission_id)
    own = _own_tasks(session, task.assessment_id, learner_id)
    number = next(each.number for each in own if each.task.id == task.id)
    visible = work.state in SHOWN
    return TaskShown(
        frame=frame,
        task=task,
        number=number,
        evidence=without_names(work.evidence) if visible else (),
        editable=visible and not task.is_done and frame.plan.is_open(now),
    )


def show_teacher_peers(
    session: Session, catalogue: Catalogue, assessment_id: str, *, course_id: int, now: datetime
) -> TeacherPeers:
    """The teacher's page; where nothing was planned yet the plan is an empty one."""
    frame = _frame(session, catalogue, assessment_id, course_id)
    tasks = peer_ratings.tasks_in(session, assessment_id)
    levels = peer_ratings.calibrations_of(session, assessment_id)
    return TeacherPeers(
        frame=frame,
        is_open=frame.plan.is_open(now),
        example_used=bool(levels),
        progress=_progress(session, frame, course_id, tasks, levels),
        looked=_looked(session, frame.assessment, tasks),
    )


def piece_of_task(
    session: Session, task_id: str, evidence_id: str, *, learner_id: int, course_id: int
) -> tuple[Evidence, str]:
    """A file of a work that the student took, under a name that tells nothing, and where its
    content is. Raises NotFoundError for all else, also while its author is revising the work."""
    task = peer_ratings.task_of(session, task_id)
    assessments.assessment(session, task.assessment_id, course_id=course_id)
    work = submissions.submission_of(session, task.submission_id)
    if task.rater_id != learner_id or work.state not in SHOWN:
        raise NotFoundError
    for each in without_names(work.evidence):
        key = submissions.storage_key(session, each.id) if each.id == evidence_id else None
        if key is not None:
            return each, key
    raise NotFoundError


def _frame(session: Session, catalogue: Catalogue, assessment_id: str, course_id: int) -> PeerFrame:
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    rubric, standard = bundle.rubric, bundle.standard
    keys = [assessment.key(code) for code in peer_codes(assessment, rubric)]
    return PeerFrame(
        assessment=assessment,
        standard=standard,
        plan=peer_ratings.plan_of(session, assessment.id) or PeerPlan(assessment.id, 0),
        codes=tuple(
            PeerCode(standard.requirement(key), rubric.criterion(key), rubric.choices(key))
            for key in keys
        ),
        cut=rubric.cut,
    )


def _own_tasks(session: Session, assessment_id: str, learner_id: int) -> Sequence[OwnTask]:
    shown = {each.id for each in submissions.submissions_to(session, assessment_id, SHOWN)}
    tasks = peer_ratings.tasks_in(session, assessment_id)
    mine = [each for each in tasks if each.rater_id == learner_id]
    return [
        OwnTask(each, number, gone=each.submission_id not in shown)
        for number, each in enumerate(mine, start=1)
    ]


def _authored(
    session: Session, assessment_id: str, learner_id: int, own: Sequence[Submission]
) -> Sequence[Submission]:
    """The student's attempts and those of their team, of which peers see one."""
    team = teams.team_of(session, assessment_id, learner_id)
    mates = team.mates_of(learner_id) if team else ()
    theirs = [submissions.attempts_of(session, assessment_id, each) for each in mates]
    return [*own, *(each for attempts in theirs for each in attempts)]


def _heard(session: Session, assessment: Assessment, own: Sequence[Submission]) -> Sequence[Heard]:
    """What peers said, the newest attempt first; their order in it tells nothing."""
    attempts = {each.id: each.attempt for each in own}
    said = peer_ratings.done_about(session, attempts.keys())
    drawn = in_drawn_order(assessment.seed, said)
    drawn.sort(key=lambda task: -attempts[task.submission_id])
    return [Heard(attempts[each.submission_id], _without_hidden(each)) for each in drawn]


def _without_hidden(task: PeerTask) -> Mapping[str, Judged]:
    return {
        code: Judged(judged.performance_level, "" if code in task.hidden else judged.comment)
        for code, judged in task.given.items()
    }


def _progress(
    session: Session,
    frame: PeerFrame,
    course_id: int,
    tasks: Sequence[PeerTask],
    levels: Mapping[int, Mapping[str, int]],
) -> Sequence[Progress]:
    example = frame.plan.example
    right = {c: j.performance_level for c, j in example.ratings.items()} if example else {}
    found = []
    for each in courses.students_of(session, course_id):
        mine = [task for task in tasks if task.rater_id == each.id]
        given = levels.get(each.id)
        alike = None
        if given is not None:
            alike = sum(given.get(code) == level for code, level in right.items())
        done = sum(task.is_done for task in mine)
        found.append(Progress(each.label, alike, done, len(mine)))
    return found


def _looked(
    session: Session, assessment: Assessment, tasks: Sequence[PeerTask]
) -> Sequence[Looked]:
    """The works of which something was said, by learner."""
    by_work: dict[str, list[PeerTask]] = {}
    for task in tasks:
        if task.is_done:
            by_work.setdefault(task.submission_id, []).append(task)
    works = submissions.submissions_to(session, assessment.id, frozenset(SubmissionState))
    attempts: dict[int, list[Submission]] = {}
    for each in works:
        attempts.setdefault(each.learner_id, []).append(each)
    ids = attempts.keys() | {each.rater_id for each in tasks}
    known = people.accounts(session, ids)
    return [
        Looked(
            each,
            shown_as(known[each.learner_id], assessment, attempts[each.learner_id]).label,
            [Said(task, known[task.rater_id].label) for task in by_work[each.id]],
        )
        for each in sorted(works, key=lambda one: (one.learner_id, one.attempt))
        if each.id in by_work
    ]
