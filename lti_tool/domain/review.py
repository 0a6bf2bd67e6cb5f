"""A review of one rating (成绩复核): asked by the learner, answered by another rater, once.

While it is open, the requirement is frozen and nothing else (``mastery``). Not here: storing it and
what follows from the answer (``lti_tool.services``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .attainment import AttainmentState
from .errors import ReviewRefusedError
from .mastery import MasteryState
from .rating import Rating
from .standard import RequirementKey


class ReviewOutcome(StrEnum):
    """What the second rater found."""

    UPHELD = "upheld"
    """The rating stands."""
    CHANGED = "changed"
    """A new rating corrects it."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the answer did to the learner: the requirement, and every level of the standard by key,
    each as it stood under the rating that was asked about and as it stands with the answer."""

    mastery: tuple[MasteryState, MasteryState]
    levels: Mapping[str, tuple[AttainmentState, AttainmentState]] = field(default_factory=dict)

    @property
    def changed_levels(self) -> tuple[str, ...]:
        """The keys of the levels that stand differently now."""
        return tuple(key for key, (before, after) in self.levels.items() if before is not after)


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """The answer, never changed. ``rating_id`` is the new rating; None where the old one stands."""

    answered_by: int
    answered_at: datetime
    outcome: ReviewOutcome
    comment: str
    rating_id: str | None
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class Review:
    """What a learner asked about one code of one submission, and the answer; None while open.

    ``rating_id`` is the rating it is about, which was in force then.
    """

    id: str
    learner_id: int
    standard_id: str
    requirement: RequirementKey
    submission_id: str
    rating_id: str
    reason: str
    asked_at: datetime
    answer: ReviewAnswer | None = None

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def is_open(self) -> bool:
        return self.answer is None


def review_until(rating: Rating, days: int) -> datetime | None:
    """Until when a review of a released rating may be asked for; None for a draft, or where the
    assessment allows none (0 days)."""
    if rating.released_at is None or days == 0:
        return None
    return rating.released_at + timedelta(days=days)


def check_asking(
    rating: Rating | None, *, days: int, now: datetime, before: Review | None
) -> Rating:
    """The rating in force of a code, if a review of it may be asked for now.

    Raises ReviewRefusedError: ``not_rated`` without a released rating, ``asked`` where one was
    asked for on this work already (its answer is final), ``too_late`` after the last day.
    """
    if rating is None:
        raise ReviewRefusedError("not_rated")
    if before is not None:
        raise ReviewRefusedError("asked")
    until = review_until(rating, days)
    if until is None or now > until:
        raise ReviewRefusedError("too_late")
    return rating


def check_answering(review: Review, rating: Rating, rater_id: int) -> None:
    """Raises ReviewRefusedError: ``answered`` the second time, ``own`` for the rater whose rating
    it is about: somebody else looks at it."""
    if not review.is_open:
        raise ReviewRefusedError("answered")
    if rating.rater_id == rater_id:
        raise ReviewRefusedError("own")
