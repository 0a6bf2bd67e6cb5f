"""Second marking (复评): a random share of the works is rated again by somebody who does not know
what the first rater gave, and the differences are settled by a person.

While it lasts nothing of the work is released: a learner would otherwise read a figure that two
raters dispute, and taking a released figure back is worse than giving it a day later. So no
mastery, level or grade ever hangs on a difference, and what decides never changes afterwards.

Not here: how far raters agree (``agreement``), storing (``lti_tool.persistence``).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .assessment import Assessment
from .errors import SecondMarkingRefusedError
from .rating import Rating, latest
from .standard import RequirementKey
from .submission import Submission, SubmissionState


class Stage(StrEnum):
    """Where the second marking of a work stands."""

    NONE = "none"
    """The work was not chosen, or is not in the raters' hands."""
    FIRST = "first"
    """Chosen; the first rating is not complete, and its rater does not know of the choice."""
    WAITING = "waiting"
    """The first rating is complete; a second rater is waited for."""
    BEGUN = "begun"
    """Somebody is marking it a second time."""
    DIFFERENT = "different"
    """Both have rated, and a difference is not settled."""
    DONE = "done"
    """Both have rated; where they differed, a person has settled it."""


HELD = frozenset({Stage.WAITING, Stage.BEGUN, Stage.DIFFERENT})
"""Nothing of the work is released, and it is not given back for revision."""
FROZEN = frozenset({Stage.BEGUN, Stage.DIFFERENT})
"""Nobody changes a rating of the work but by settling a difference."""
MARKABLE = frozenset({Stage.WAITING, Stage.BEGUN})
"""A second rater may mark the work."""
HIDING = frozenset({Stage.FIRST, Stage.WAITING, Stage.BEGUN})
"""What the first rater gave is hidden from everybody who might mark second."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a person settled a difference. ``rating_id`` is the rating that is in force for it."""

    rating_id: str
    resolved_by: int
    resolved_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two raters gave one requirement, neither knowing the other's. Never changed.

    ``rating_id`` is the first one's rating. ``resolution`` None: both agree, or it is open.
    """

    submission_id: str
    standard_id: str
    requirement: RequirementKey
    rating_id: str
    first_rater_id: int
    first_level: int
    second_rater_id: int
    second_level: int
    compared_at: datetime
    resolution: Resolution | None = None

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def differs(self) -> bool:
        """Whether the two raters chose different performance levels."""
        return self.first_level != self.second_level

    @property
    def is_open(self) -> bool:
        """Whether the difference waits to be settled."""
        return self.differs and self.resolution is None


@dataclass(frozen=True, slots=True)
class SecondMarking:
    """The second marking of one work. ``finished_at`` None: the rater is at it."""

    submission_id: str
    rater_id: int
    begun_at: datetime
    finished_at: datetime | None = None
    comparisons: tuple[Comparison, ...] = ()

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is at it, or a difference waits to be settled."""
        return self.finished_at is None or bool(self.differences)

    @property
    def rating_ids(self) -> frozenset[str]:
        """The ratings that were compared, or settled a difference: they stay on record."""
        settled = (each.resolution.rating_id for each in self.comparisons if each.resolution)
        return frozenset(settled) | {each.rating_id for each in self.comparisons}

    @property
    def differences(self) -> Sequence[Comparison]:
        """Those that wait to be settled."""
        return [each for each in self.comparisons if each.is_open]


def is_chosen(assessment: Assessment, submission_id: str) -> bool:
    """Whether a work belongs to the share: its place from 0 to 100, drawn by the assessment's
    stored seed, lies below the percentage. The same seed draws the same again, and a higher
    percentage only adds works."""
    drawn = hashlib.sha256(f"{assessment.seed}:{submission_id}".encode()).digest()
    return int.from_bytes(drawn[:8]) * 100 < assessment.second_percent << 64


def stage_of(
    assessment: Assessment,
    submission: Submission,
    given: Iterable[Rating],
    marking: SecondMarking | None,
) -> Stage:
    """Where it stands. ``given`` are all first ratings of the work.

    A work of which something was released already is not chosen any more: it could not be held.
    """
    if marking is not None:
        if marking.finished_at is None:
            return Stage.BEGUN
        return Stage.DIFFERENT if marking.differences else Stage.DONE
    stored = list(given)
    released = any(each.released_at is not None for each in stored)
    if submission.state is not SubmissionState.SUBMITTED or released:
        return Stage.NONE
    if not is_chosen(assessment, submission.id):
        return Stage.NONE
    complete = latest(stored).keys() >= set(assessment.codes)
    return Stage.WAITING if complete else Stage.FIRST


def first_raters(given: Iterable[Rating]) -> frozenset[int]:
    """Everybody who gave one of the first ratings: they cannot mark the work a second time."""
    return frozenset(each.rater_id for each in given)


def is_hidden(
    stage: Stage, given: Iterable[Rating], person_id: int, readers: Iterable[int]
) -> bool:
    """Whether the first ratings of a work are hidden from a person: while the second are not
    complete, from everybody but those who gave them. ``readers`` joined the first rating."""
    raters = first_raters(given)
    return stage in HIDING and bool(raters) and person_id not in {*raters, *readers}


def check_second_rater(
    stage: Stage,
    marking: SecondMarking | None,
    given: Iterable[Rating],
    *,
    person_id: int,
    readers: Iterable[int],
) -> None:
    """Raises SecondMarkingRefusedError unless the person may mark a work a second time now:
    ``not_now`` where it is not chosen, not rated completely or done, ``taken`` where somebody else
    is at it, ``own`` for who gave or saw the first ratings."""
    if stage not in MARKABLE:
        raise SecondMarkingRefusedError("not_now")
    if marking is not None and marking.rater_id != person_id:
        raise SecondMarkingRefusedError("taken")
    if person_id in {*first_raters(given), *readers}:
        raise SecondMarkingRefusedError("own")


def compare(first: Rating, second: Rating, *, at: datetime) -> Comparison:
    """Both judgements of one requirement beside each other."""
    return Comparison(
        submission_id=first.submission_id,
        standard_id=first.standard_id,
        requirement=first.requirement,
        rating_id=first.id,
        first_rater_id=first.rater_id,
        first_level=first.performance_level,
        second_rater_id=second.rater_id,
        second_level=second.performance_level,
        compared_at=at,
    )
