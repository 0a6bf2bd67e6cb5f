"""Peer rating (同学互评): students look at an example first, then at some works of others, and say
what they see.

What peers say is feedback for the author and a sight for the teacher. It is no Rating: it decides
no mastery, no level and no grade, and nothing of those steps knows this one. Nobody learns whose
work it is, or who said it. Not here: storing and pages.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .assessment import Assessment
from .errors import BadPeerPlanError, BadRatingError, PeerRefusedError
from .rubric import Rubric
from .submission import Submission, SubmissionState

MAX_WORKS = 5
MAX_COMMENT = 2000
MAX_EXAMPLE = 20_000
LAPSE = timedelta(days=3)
"""After so long a work that was taken and not rated is given to others as if nobody had it."""
SHOWN = frozenset({SubmissionState.SUBMITTED, SubmissionState.RELEASED})
"""Only what is handed in is shown to peers; not while its author is revising it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was given for one code: a performance level, and why."""

    performance_level: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A work that the teacher has rated, to learn on: its text and perhaps a link (empty: none),
    and the level and reason for each code that peers rate."""

    text: str
    url: str
    ratings: Mapping[str, Judged]


@dataclass(frozen=True, slots=True)
class PeerPlan:
    """How peers rate in an assessment. ``works`` is how many each looks at; 0: none, it is off.
    ``closes_at`` None: it stays open. ``example`` None: they begin without one."""

    assessment_id: str
    works: int
    closes_at: datetime | None = None
    example: Example | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether anything may be said now."""
        return self.works > 0 and (self.closes_at is None or now <= self.closes_at)


@dataclass(frozen=True, slots=True)
class PeerTask:
    """A work that a student looks at. ``done_at`` None: not finished. ``hidden`` are the codes
    whose comments the teacher hid from the author."""

    id: str
    assessment_id: str
    rater_id: int
    submission_id: str
    assigned_at: datetime
    done_at: datetime | None = None
    given: Mapping[str, Judged] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @property
    def is_done(self) -> bool:
        """Whether the peer has handed their words in."""
        return self.done_at is not None

    def holds(self, now: datetime) -> bool:
        """Whether the work counts as looked at: done, or taken not long ago."""
        return self.is_done or now - self.assigned_at < LAPSE


def peer_codes(assessment: Assessment, rubric: Rubric) -> tuple[str, ...]:
    """The codes that peers rate: all but red lines, whose breach is for assessors to prove."""
    return tuple(
        each.code for each in assessment.requirements if not rubric.criterion(each.key).red_line
    )


def checked_plan(plan: PeerPlan, assessment: Assessment, rubric: Rubric) -> PeerPlan:
    """The plan itself if it may be. Raises BadPeerPlanError naming the field: ``works``,
    ``text`` (too long, or missing where the example is rated) or a code of the example."""
    if not 0 <= plan.works <= MAX_WORKS:
        raise BadPeerPlanError("works", "out_of_range")
    codes = peer_codes(assessment, rubric)
    if plan.works and not codes:
        raise BadPeerPlanError("works", "red_lines_only")
    if plan.example is not None:
        _check_example(plan.example, assessment, rubric, codes)
    return plan


def _check_example(
    example: Example, assessment: Assessment, rubric: Rubric, codes: Collection[str]
) -> None:
    if not example.text.strip() and not example.url:
        raise BadPeerPlanError("text", "missing")
    if len(example.text) > MAX_EXAMPLE:
        raise BadPeerPlanError("text", "too_long")
    for code in codes:
        judged = example.ratings.get(code)
        if judged is None or not _is_level(assessment, rubric, code, judged.performance_level):
            raise BadPeerPlanError(code, "level_missing")
        if not judged.comment.strip():
            raise BadPeerPlanError(code, "reason_missing")


def check_given(
    given: Mapping[str, Judged], assessment: Assessment, rubric: Rubric, *, complete: bool
) -> None:
    """Raise BadRatingError naming the code at fault: ``performance_level`` for a level the rubric
    has not, ``not_rated`` where ``complete`` and a code has none, ``too_long``."""
    codes = peer_codes(assessment, rubric)
    for code in given:
        if code not in codes:
            raise BadRatingError(code, "not_for_peers")
    for code in codes:
        judged = given.get(code)
        if judged is None:
            if complete:
                raise BadRatingError(code, "not_rated")
            continue
        if not _is_level(assessment, rubric, code, judged.performance_level):
            raise BadRatingError(code, "performance_level")
        if len(judged.comment) > MAX_COMMENT:
            raise BadRatingError(code, "too_long")


def _is_level(assessment: Assessment, rubric: Rubric, code: str, number: int) -> bool:
    return number in {each.number for each in rubric.choices(assessment.key(code))}


def may_begin(plan: PeerPlan, own: Iterable[Submission], *, calibrated: bool) -> bool:
    """Whether a student may look at others' works: the own one is handed in, so that nobody
    copies, and the example is rated where there is one."""
    handed_in = any(each.state is not SubmissionState.DRAFT for each in own)
    return handed_in and (calibrated or plan.example is None)


def check_taking(
    plan: PeerPlan,
    own: Iterable[Submission],
    held: Collection[PeerTask],
    *,
    calibrated: bool,
    now: datetime,
) -> None:
    """Raise PeerRefusedError unless a student may take one more work: ``closed``, ``own_first``
    before the own work is handed in, ``example_first``, ``enough``. ``held`` are the works they
    have, of those that can be looked at."""
    if not plan.is_open(now):
        raise PeerRefusedError("closed")
    if not may_begin(plan, own, calibrated=True):
        raise PeerRefusedError("own_first")
    if not may_begin(plan, own, calibrated=calibrated):
        raise PeerRefusedError("example_first")
    if len(held) >= plan.works:
        raise PeerRefusedError("enough")


def check_rating(plan: PeerPlan, task: PeerTask, work: Submission, now: datetime) -> None:
    """Raise PeerRefusedError unless a task may be worked on: ``done``, ``closed``, ``gone`` while
    its author is revising the work."""
    if task.is_done:
        raise PeerRefusedError("done")
    if not plan.is_open(now):
        raise PeerRefusedError("closed")
    if work.state not in SHOWN:
        raise PeerRefusedError("gone")


def next_work(
    seed: str,
    rater_id: int,
    works: Sequence[Submission],
    tasks: Iterable[PeerTask],
    *,
    now: datetime,
    mates: Collection[int] = (),
) -> Submission | None:
    """The work a student takes next: of those they may see and have not had the one that fewest
    others look at, ties drawn by the seed; None where there is none.

    Works that were taken long ago and never rated count as free, so absent students leave nobody
    without a word. ``works`` are the newest attempts handed in, one for each learner; ``mates``
    are learners whose work is the rater's own, too.
    """
    load: dict[str, int] = {}
    had: set[str] = set()
    for task in tasks:
        if task.holds(now):
            load[task.submission_id] = load.get(task.submission_id, 0) + 1
        if task.rater_id == rater_id:
            had.add(task.submission_id)
    free = [
        each
        for each in works
        if each.learner_id not in {rater_id, *mates} and each.id not in had and each.state in SHOWN
    ]
    return min(
        free, key=lambda each: (load.get(each.id, 0), _lot(seed, rater_id, each.id)), default=None
    )


def in_drawn_order(seed: str, tasks: Iterable[PeerTask]) -> list[PeerTask]:
    """Tasks in an order that tells nothing of who or when, the same each time: peer 1, peer 2."""
    return sorted(tasks, key=lambda each: _lot(seed, 0, each.id))


def _lot(seed: str, rater_id: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:peer:{rater_id}:{name}".encode()).digest()
