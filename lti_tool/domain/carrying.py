"""Evidence carried from one version of a standard to another, as a school decided.

A rating keeps its own standard, version and id; carried, it counts for a requirement of the new
version, too, and says from where. Levels signed off stay as they are. Not here: comparing the
versions (``revision``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .rating import Rating
from .revision import Change, ChangeKind
from .standard import RequirementKey, Standard

Step = tuple[RequirementKey, RequirementKey | None]
"""An old requirement and the new one its evidence may count for; None: for none."""


class Carry(StrEnum):
    """What becomes of the evidence for a requirement."""

    CARRIED = "carried"
    """It counts for the requirement of the new version."""
    LOOK = "look"
    """To be looked at: it does not count until somebody decides."""
    LEFT = "left"
    """It does not count in the new version."""


@dataclass(frozen=True, slots=True)
class CarryDecision:
    """What a person decided about one step, never changed afterwards; a later one replaces it.

    ``number`` counts a school's decisions towards the new version from 1.
    """

    number: int
    old_standard: str
    old: RequirementKey
    new: RequirementKey | None
    carry: Carry
    reason: str
    decided_by: int
    decided_at: datetime

    @property
    def step(self) -> Step:
        return self.old, self.new


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the plan: what is proposed, and what was decided, None until somebody did."""

    change: Change
    old: RequirementKey
    new: RequirementKey | None
    proposed: Carry
    decision: CarryDecision | None

    @property
    def carry(self) -> Carry:
        """What holds now: nothing is carried before a person confirmed it."""
        if self.decision is not None:
            return self.decision.carry
        return Carry.LEFT if self.proposed is Carry.LEFT else Carry.LOOK


PROPOSED: Mapping[ChangeKind, Carry] = {
    ChangeKind.SAME: Carry.CARRIED,
    ChangeKind.MOVED: Carry.CARRIED,
    ChangeKind.REWORDED: Carry.LOOK,
    ChangeKind.SPLIT: Carry.LOOK,
    ChangeKind.WITHDRAWN: Carry.LEFT,
}
"""What is proposed for each kind of change; where the work task has another title the context
may differ, so that even the same words are to be looked at."""


def plan(changes: Iterable[Change], decisions: Iterable[CarryDecision]) -> tuple[PlannedStep, ...]:
    """Every step of the old requirements with a text, in their order. A step that a person chose
    for other requirements follows those of its change."""
    newest = {each.step: each for each in decisions}
    return tuple(step for change in changes for step in _steps(change, newest))


def _steps(change: Change, newest: Mapping[Step, CarryDecision]) -> Iterator[PlannedStep]:
    if change.old is None or change.old.text is None:
        return
    old = change.old.key
    proposed = PROPOSED[change.kind]
    if proposed is Carry.CARRIED and not change.same_task:
        proposed = Carry.LOOK
    targets: list[RequirementKey | None] = [each.key for each in change.new] or [None]
    for new in targets:
        yield PlannedStep(change, old, new, proposed, newest.get((old, new)))
    for (other, new), each in newest.items():
        if other == old and new not in targets:
            yield PlannedStep(change, old, new, Carry.LEFT, each)


def carried_steps(
    decisions: Iterable[CarryDecision],
) -> Mapping[str, Mapping[RequirementKey, tuple[RequirementKey, ...]]]:
    """Where evidence counts now: new requirements by old one, by the old standard's id."""
    newest = {(each.old_standard, *each.step): each for each in decisions}
    found: dict[str, dict[RequirementKey, tuple[RequirementKey, ...]]] = {}
    for each in newest.values():
        if each.carry is Carry.CARRIED and each.new is not None:
            targets = found.setdefault(each.old_standard, {})
            targets[each.old] = (*targets.get(each.old, ()), each.new)
    return found


def carried(
    ratings: Iterable[Rating],
    steps: Mapping[str, Mapping[RequirementKey, tuple[RequirementKey, ...]]],
    new: Standard,
) -> Sequence[Rating]:
    """Ratings of old versions as they count in the new one, once for each requirement they are
    carried to. A requirement that the new version no longer has is passed over."""
    known = {each.key for each in new.requirements()}
    return [
        replace(each, requirement=target, carried_from=each.requirement)
        for each in ratings
        for target in steps.get(each.standard_id, {}).get(each.requirement, ())
        if target in known
    ]
