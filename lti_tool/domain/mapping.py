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
    def never_shares(self) -> bool:
        """Whether a tag says that the two are different competences."""
        return bool(NEVER_SHARED.intersection(self.tags))

    @property
    def shares_evidence(self) -> bool:
        """Whether evidence for one side counts for the other."""
        if self.never_shares:
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
        known = tuple(links)
        self._class_of = _united(standard, known)
        self._continued_by = _continuations(self._class_of, known)
        self._standard = standard

    def class_of(self, key: RequirementKey) -> EquivalenceClass:
        """The class a requirement belongs to."""
        return self._class_of[key]

    def continued_by(self, key: RequirementKey) -> frozenset[RequirementKey]:
        """The class representatives that continue this one, directly or through others: the
        higher sides of reviewed links of progress."""
        return self._continued_by.get(key, frozenset())

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


def _continuations(
    class_of: Mapping[RequirementKey, EquivalenceClass], links: Iterable[EquivalenceLink]
) -> Mapping[RequirementKey, frozenset[RequirementKey]]:
    """Higher levels first, so that what continues the higher side is known already."""
    found: dict[RequirementKey, frozenset[RequirementKey]] = {}
    steps = {
        (class_of[each.lower].key, class_of[each.higher].key)
        for each in links
        if each.tags[0] is LinkTag.PROGRESS and each.reviewer is not None
    }
    place = {key: index for index, key in enumerate(class_of)}
    for lower, higher in sorted(steps, key=lambda step: place[step[0]], reverse=True):
        found[lower] = found.get(lower, frozenset()) | {higher} | found.get(higher, frozenset())
    return found


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
class TotalPart:
    """A part of a weighted total, such as 理论 (theory) or 实践 (practice).

    ``weight`` is its percent of the total; ``minimum`` the percent (0 to 100) it must reach by
    itself. Its requirements count equally.
    """

    name: Text
    weight: int
    minimum: int
    requirements: tuple[RequirementKey, ...]


@dataclass(frozen=True, slots=True)
class TotalRule:
    """The weighted total a level needs, in percent (0 to 100); weights of parts add up to 100.

    1+X assessment bodies differ here; a common shape is theory 40, practice 60, at least 60.
    """

    minimum: int
    parts: tuple[TotalPart, ...]


@dataclass(frozen=True, slots=True)
class AttainmentRule:
    """When a level is attained. ``version`` is recorded with every decision made under it.

    ``critical`` requirements must each be mastered; in each work area at least ``area_cut``
    percent (0 to 100) of the requirements, so that compensation stays inside an area;
    ``area_cuts`` has other cuts for some areas, by level key and area code.
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
    area_cuts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    totals: Mapping[str, TotalRule] = field(default_factory=dict)
    """The weighted total by level key; a level without one asks for none."""
    downward_credit: bool = False
    """Whether mastery of a requirement counts for those that it continues (links of progress)."""

    def cut_of(self, level: str, area: str) -> int:
        """The percent of a work area's requirements that must be mastered."""
        return self.area_cuts.get((level, area), self.area_cut)
