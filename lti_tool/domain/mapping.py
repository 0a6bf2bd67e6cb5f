"""Decisions laid over a standard: equivalence of requirements, and the attainment rule.

Equivalence is explicit data with a reviewer, not text comparison: the same words occur in
different contexts (异常 against 高危 business) and are then different competences.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .mastery_methods import MasteryMethod
from .standard import RequirementKey, Standard, Text


class LinkTag(StrEnum):
    """Why two requirements are linked, and so whether they may share evidence."""

    SAME = "same"
    """The same requirement printed at two levels: shares evidence."""
    INFERRED = "inferred"
    """One side is inferred from the other: shares evidence once reviewed."""
    DIFF = "diff"
    """Wording differs without a difference in meaning: shares evidence once reviewed."""
    CONTEXT = "context"
    """Same words in a harder context: never shares evidence by itself."""
    PROGRESS = "progress"
    """The higher requirement continues the lower one: never shares evidence by itself."""
    JUDGEMENT = "judgement"
    """A relation somebody sees between them: never shares evidence by itself."""


NEVER_SHARED = frozenset({LinkTag.CONTEXT, LinkTag.PROGRESS, LinkTag.JUDGEMENT})


@dataclass(frozen=True, slots=True)
class EquivalenceLink:
    """One link between two requirements.

    ``reviewer`` and ``reviewed`` (the day) are None until somebody compared it with the source.
    """

    lower: RequirementKey
    higher: RequirementKey
    tags: tuple[LinkTag, ...]
    note: str
    reviewer: str | None = None
    reviewed: date | None = None

    @property
    def shares_evidence(self) -> bool:
        """Whether evidence for one side counts for the other."""
        if NEVER_SHARED.intersection(self.tags):
            return False
        return self.tags[0] is LinkTag.SAME or self.reviewer is not None


@dataclass(frozen=True, slots=True)
class EquivalenceClass:
    """Requirements that count as one competence. ``members`` run from the lowest level up."""

    members: tuple[RequirementKey, ...]

    @property
    def key(self) -> RequirementKey:
        """The member of the lowest level stands for the class."""
        return self.members[0]


class EquivalenceClasses:
    """All classes of one standard: every requirement belongs to exactly one."""

    def __init__(self, standard: Standard, links: Iterable[EquivalenceLink]) -> None:
        self._class_of = _united(standard, links)
        self._standard = standard

    def class_of(self, key: RequirementKey) -> EquivalenceClass:
        """The class a requirement belongs to."""
        return self._class_of[key]

    def up_to(self, level: str) -> tuple[EquivalenceClass, ...]:
        """The classes that a level ranges over: its own and those of all lower levels (6.1)."""
        found: dict[RequirementKey, EquivalenceClass] = {}
        for each in self._standard.up_to(level):
            for requirement in each.requirements:
                cls = self._class_of[requirement.key]
                found.setdefault(cls.key, cls)
        return tuple(found.values())


def _united(
    standard: Standard, links: Iterable[EquivalenceLink]
) -> Mapping[RequirementKey, EquivalenceClass]:
    order = [each.key for each in standard.requirements()]
    group: dict[RequirementKey, set[RequirementKey]] = {key: {key} for key in order}
    for link in links:
        if link.shares_evidence:
            merged = group[link.lower] | group[link.higher]
            group.update(dict.fromkeys(merged, merged))
    place = {key: index for index, key in enumerate(order)}
    return {
        key: EquivalenceClass(tuple(sorted(members, key=place.__getitem__)))
        for key, members in group.items()
    }


class LostPolicy(StrEnum):
    """What a requirement that is lost in source means for its level."""

    BLOCK = "block"
    """The level cannot be attained until a school waives the requirement with a reason."""
    WAIVE = "waive"
    """The requirement is left out of the level; ``lost_reason`` of the rule says why."""


@dataclass(frozen=True, slots=True)
class MasteryRule:
    """When a requirement is mastered, from its ratings ordered by when they were performed.

    By default n of the last m: at least ``needed`` of the last ``window`` ratings reach the
    cut. Any other method gives a value, which must reach the percent of the cut.
    """

    needed: int = 2
    window: int = 3
    method: MasteryMethod = MasteryMethod.N_OF_M
    rate: int = 65
    """Percent (1 to 99) by which the newest rating counts; WEIGHTED and DECAYING ask for it."""
    minimum_evidence: int = 1
    """Fewer ratings than this decide nothing yet, for good or ill."""
    minimum_raters: int = 1
    """Nor do ratings by fewer different raters."""
    expires_months: int | None = None
    """A rating counts for so many calendar months after the performance; None: for ever."""

    @property
    def least(self) -> int:
        """The fewest ratings that can decide: n of m needs n whatever the minimum."""
        needed = self.needed if self.method is MasteryMethod.N_OF_M else 1
        return max(needed, self.minimum_evidence)


@dataclass(frozen=True, slots=True)
class AttainmentRule:
    """When a level is attained. ``version`` is recorded with every decision made under it.

    ``critical`` requirements must each be mastered; in each work area at least ``area_cut``
    percent (0 to 100) of the requirements, so that compensation stays inside an area.
    """

    standard_id: str
    version: str
    critical: Mapping[str, frozenset[RequirementKey]]
    """Critical requirements by level key."""
    area_cut: int
    mastery: MasteryRule
    lost: LostPolicy = LostPolicy.BLOCK
    lost_reason: Text = Text("")
    origin: Text = Text("")
    """Whose rule this is, in words; the shipped one is this tool's proposal."""
    reasons: Mapping[RequirementKey, Text] = field(default_factory=dict)
    """Why a critical requirement is critical; one without a reason is missing here."""
