"""Mastery of one requirement by one learner, from the released ratings of its class.

Not here: what mastery means for a level (``attainment``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .mapping import MasteryRule
from .rating import Rating
from .rubric import Rubric
from .standard import RequirementKey


class MasteryState(StrEnum):
    """Where a learner stands on one requirement (equivalence class)."""

    NO_EVIDENCE = "no_evidence"
    """Nothing was rated and released. Never the same as zero."""
    INSUFFICIENT = "insufficient"
    """Fewer ratings than the rule needs to decide."""
    BELOW = "below"
    """Enough ratings, too few of them at or above the cut."""
    MASTERED = "mastered"
    """Enough of the last ratings are at or above the cut."""
    RED_LINE = "red_line"
    """A proven breach of a red line is among the last ratings."""


@dataclass(frozen=True, slots=True)
class Mastery:
    """The state, and the ratings (oldest first) it rests on; empty without evidence."""

    requirement: RequirementKey
    """The class's representative, its member of the lowest level."""
    state: MasteryState
    ratings: tuple[Rating, ...] = ()
    """The last ``window`` ratings, those that decide."""
    count: int = 0
    """All ratings in force for the class."""

    @property
    def latest(self) -> Rating | None:
        """The newest rating that counts, None without evidence."""
        return self.ratings[-1] if self.ratings else None


def mastery_of(
    requirement: RequirementKey, ratings: Sequence[Rating], *, rule: MasteryRule, rubric: Rubric
) -> Mastery:
    """Decide mastery from the ratings in force of one class, oldest performance first.

    n of the last m (``rule``): mastered when at least ``needed`` of the last ``window`` ratings
    are at or above the cut; with fewer than ``needed`` ratings the evidence is insufficient.
    A breach of a red line stands while it is among the last ``window`` ratings, whatever else
    was given: one proven breach fails.
    """
    window = tuple(ratings[-rule.window :])
    reached = sum(each.performance_level >= rubric.cut for each in window)
    if not window:
        state = MasteryState.NO_EVIDENCE
    elif any(rubric.is_breach(each.requirement, each.performance_level) for each in window):
        state = MasteryState.RED_LINE
    elif reached >= rule.needed:
        state = MasteryState.MASTERED
    elif len(window) < rule.needed:
        state = MasteryState.INSUFFICIENT
    else:
        state = MasteryState.BELOW
    return Mastery(requirement, state, window, len(ratings))
