"""Whether a learner has attained a level, and if not, the shortest list of what is missing.

A level is cumulative (高级别涵盖低级别职业技能要求, section 6.1): its rule ranges over the
equivalence classes of the level and of all lower levels. The rule only proposes; a person
signs off. Not here: what is told to the LMS (``score``).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import chain

from .mapping import AttainmentRule, EquivalenceClass, EquivalenceClasses, LostPolicy
from .mastery import Mastery, MasteryState
from .standard import Level, RequirementKey, SourceStatus, Standard


class GapReason(StrEnum):
    """Why a level is not attained yet."""

    RED_LINE = "red_line"
    """A breach of a red line stands against the learner."""
    CRITICAL = "critical"
    """A critical requirement is not mastered."""
    REVIEW = "review"
    """A rating is under review; the level waits for the answer."""
    AREA = "area"
    """Too few requirements of a work area are mastered; any ``needed`` of the options do."""
    LOST = "lost"
    """A requirement is lost in source; the school has not waived it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One step that is missing: master ``needed`` of ``options`` (in the order of the source)."""

    reason: GapReason
    level: str
    area: str
    options: tuple[RequirementKey, ...]
    needed: int = 1


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """A work area under the rule: how many of its requirements are mastered and needed."""

    level: str
    area: str
    mastered: int
    total: int
    needed: int


@dataclass(frozen=True, slots=True)
class Attainment:
    """How a learner stands to a level: counts over equivalence classes, areas, and gaps.

    ``total`` leaves out requirements lost in source that were waived.
    """

    level: str
    rule_version: str
    mastered: int
    total: int
    areas: tuple[AreaStanding, ...]
    gaps: tuple[Gap, ...]

    @property
    def met(self) -> bool:
        return not self.gaps

    @property
    def steps(self) -> int:
        """How many requirements are still to be mastered or settled, at the least."""
        return sum(each.needed for each in self.gaps)


class DecisionKind(StrEnum):
    """What a person with that right decided about a level."""

    SIGN_OFF = "sign_off"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Decision:
    """A sign-off (认定) or its revocation (撤销), never changed afterwards.

    ``digest`` covers everything the decision rests on, see :func:`digest_of`.
    """

    id: str
    learner_id: int
    standard_id: str
    level: str
    kind: DecisionKind
    rule_version: str
    mastered: int
    total: int
    rating_ids: tuple[str, ...]
    digest: str
    decided_by: int
    decided_at: datetime
    reason: str = ""


class AttainmentState(StrEnum):
    """What the registrar sees for a learner and a level."""

    NO_EVIDENCE = "no_evidence"
    """No requirement of the level has a released rating; the LMS is told nothing."""
    NOT_MET = "not_met"
    """The rule is not met; the LMS shows 0 and the gap."""
    PROPOSED = "proposed"
    """The rule is met and waits for sign-off; the LMS shows 0 and says so."""
    ATTAINED = "attained"
    """Signed off; the LMS shows 1. It stays so until it is revoked."""
    REVOKED = "revoked"
    """Signed off once and revoked since."""


def attainment_state(
    attainment: Attainment, *, has_evidence: bool, last: Decision | None
) -> AttainmentState:
    """The state from the rule's outcome and the last decision, None if there was none."""
    if last is not None and last.kind is DecisionKind.SIGN_OFF:
        return AttainmentState.ATTAINED
    if last is not None:
        return AttainmentState.REVOKED
    if not has_evidence:
        return AttainmentState.NO_EVIDENCE
    return AttainmentState.PROPOSED if attainment.met else AttainmentState.NOT_MET


@dataclass(frozen=True)
class LevelRule:
    """All the data the rule of a standard works with. What it asks for is worked out once, on
    the first evaluation: build one and use it for every learner."""

    standard: Standard
    classes: EquivalenceClasses
    rule: AttainmentRule
    waived: frozenset[RequirementKey] = frozenset()
    """Requirements lost in source that the school waived with a reason."""

    def evaluate(self, level: str, masteries: Mapping[RequirementKey, Mastery]) -> Attainment:
        """Apply the rule to a learner's masteries, given by class representative.

        A class that is missing from ``masteries`` has no evidence. Raises
        UnknownRequirementError for a level the standard does not have.
        """
        demand = self._demands[self.standard.level(level).key]
        mastered = demand.in_state(MasteryState.MASTERED, masteries)
        broken = demand.in_state(MasteryState.RED_LINE, masteries)
        reviewed = demand.in_state(MasteryState.UNDER_REVIEW, masteries)
        return Attainment(
            level,
            self.rule.version,
            len(mastered),
            len(demand.keys) + len(demand.lost),
            tuple(each.standing(mastered) for each in demand.areas),
            tuple(demand.gaps(mastered, broken, reviewed)),
        )

    @cached_property
    def _demands(self) -> Mapping[str, "_Demand"]:
        return {level.key: _demand(self, level.key) for level in self.standard.levels}


@dataclass(frozen=True, slots=True)
class _Area:
    """A work area: the classes of it that can be mastered, and how many of them must be.

    A requirement lost in source is not among them: it is a gap of its own until it is waived.
    """

    level: str
    code: str
    keys: tuple[RequirementKey, ...]
    members: frozenset[RequirementKey]
    needed: int

    def standing(self, mastered: frozenset[RequirementKey]) -> AreaStanding:
        count = len(self.members & mastered)
        return AreaStanding(self.level, self.code, count, len(self.keys), self.needed)

    def gap(self, settled: frozenset[RequirementKey]) -> Gap | None:
        """What is missing when ``settled`` are mastered: now, or as other gaps ask anyway."""
        missing = self.needed - len(self.members & settled)
        if missing <= 0:
            return None
        options = tuple(key for key in self.keys if key not in settled)
        return Gap(GapReason.AREA, self.level, self.code, options, missing)


@dataclass(frozen=True, slots=True)
class _Demand:
    """What the rule asks of any learner for one level, over it and all lower ones.

    Keys are class representatives in the order of the source.
    """

    keys: tuple[RequirementKey, ...]
    """Every class that can be mastered."""
    members: frozenset[RequirementKey]
    critical: frozenset[RequirementKey]
    lost: tuple[RequirementKey, ...]
    """Classes lost in source and not waived."""
    areas: tuple[_Area, ...]
    """Each distinct area; one that a higher level repeats, class for class, counts once."""
    places: Mapping[RequirementKey, tuple[str, str]]
    """The level and area code each requirement is printed under."""

    def in_state(
        self, state: MasteryState, masteries: Mapping[RequirementKey, Mastery]
    ) -> frozenset[RequirementKey]:
        return self.members.intersection(k for k, each in masteries.items() if each.state is state)

    def gaps(
        self,
        mastered: frozenset[RequirementKey],
        broken: frozenset[RequirementKey],
        reviewed: frozenset[RequirementKey],
    ) -> Iterator[Gap]:
        """Red lines, critical requirements, reviews, areas, lost requirements, in source order.

        A class that stands in two different areas is counted in each: where such areas are
        both below the cut, the list may be longer than the very shortest, never too short.
        """
        critical = self.critical - mastered - broken - reviewed
        yield from self._single(GapReason.RED_LINE, broken)
        yield from self._single(GapReason.CRITICAL, critical)
        yield from self._single(GapReason.REVIEW, reviewed)
        settled = mastered | broken | critical | reviewed
        in_areas = (each.gap(settled) for each in self.areas)
        yield from (gap for gap in in_areas if gap is not None)
        yield from (Gap(GapReason.LOST, *self.places[key], (key,)) for key in self.lost)

    def _single(self, reason: GapReason, keys: frozenset[RequirementKey]) -> Iterator[Gap]:
        ordered = (key for key in self.keys if key in keys) if keys else ()
        return (Gap(reason, *self.places[key], (key,)) for key in ordered)


def _demand(rules: LevelRule, level: str) -> _Demand:
    levels = rules.standard.up_to(level)
    scope = tuple(each.key for each in rules.classes.up_to(level))
    lost = _lost_classes(rules)
    waived = _waived(rules, lost)
    members = frozenset(scope) - lost
    critical = chain(*(rules.rule.critical.get(each.key, ()) for each in levels))
    return _Demand(
        keys=tuple(key for key in scope if key in members),
        members=members,
        critical=members.intersection(rules.classes.class_of(key).key for key in critical),
        lost=tuple(key for key in scope if key in lost - waived),
        areas=_distinct_areas(rules, levels, members),
        places=_places(levels),
    )


def _lost_classes(rules: LevelRule) -> frozenset[RequirementKey]:
    """The classes without any text left; one that still has a text elsewhere can be judged."""
    lost = {r.key for r in rules.standard.requirements() if r.status is SourceStatus.LOST}
    classes = (rules.classes.class_of(key) for key in lost)
    return frozenset(each.key for each in classes if lost.issuperset(each.members))


def _waived(rules: LevelRule, lost: frozenset[RequirementKey]) -> frozenset[RequirementKey]:
    """The lost classes that the rule leaves out, or the school for one of their members."""
    if rules.rule.lost is LostPolicy.WAIVE:
        return lost
    members = ((key, rules.classes.class_of(key).members) for key in lost)
    return frozenset(key for key, each in members if not rules.waived.isdisjoint(each))


def _places(levels: Iterable[Level]) -> Mapping[RequirementKey, tuple[str, str]]:
    return {
        requirement.key: (level.key, area.code)
        for level in levels
        for area in level.areas
        for requirement in area.requirements
    }


def _distinct_areas(
    rules: LevelRule, levels: Iterable[Level], members: frozenset[RequirementKey]
) -> tuple[_Area, ...]:
    found: dict[frozenset[RequirementKey], _Area] = {}
    for level in levels:
        for area in level.areas:
            classes = (rules.classes.class_of(each.key).key for each in area.requirements)
            keys = tuple(dict.fromkeys(key for key in classes if key in members))
            needed = -(-len(keys) * rules.rule.area_cut // 100)
            made = _Area(level.key, area.code, keys, frozenset(keys), needed)
            if keys:
                found.setdefault(made.members, made)
    return tuple(found.values())


def digest_of(
    *,
    learner_id: int,
    level: str,
    rule: AttainmentRule,
    masteries: Iterable[Mastery],
    waived: Iterable[RequirementKey] = (),
) -> str:
    """SHA-256, in hexadecimal, of everything a decision rests on.

    Covers learner, standard and version, level, rule version, the waivers that concern the level
    (:func:`waived_in`), and every rating that counts, with its performance level. The same
    evidence gives the same digest anywhere.
    """
    ratings = sorted(
        [str(each.requirement), rating.id, rating.performance_level]
        for each in masteries
        for rating in each.ratings
    )
    content = {
        "learner": learner_id,
        "standard": rule.standard_id,
        "level": level,
        "rule": rule.version,
        "waived": sorted(str(key) for key in waived),
        "ratings": ratings,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def in_scope(
    classes: Iterable[EquivalenceClass], masteries: Mapping[RequirementKey, Mastery]
) -> tuple[Mastery, ...]:
    """The masteries with evidence among these classes, in their order."""
    found = (masteries.get(each.key) for each in classes)
    return tuple(each for each in found if each is not None and each.ratings)


def waived_in(
    classes: Iterable[EquivalenceClass], waived: Iterable[RequirementKey]
) -> frozenset[RequirementKey]:
    """The waived requirements among these classes: a level does not rest on the others."""
    members = (key for each in classes for key in each.members)
    return frozenset(waived).intersection(members)
