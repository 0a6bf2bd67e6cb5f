"""The rule of a level applied: what it asks for, what is missing at the least.

A level is cumulative (高级别涵盖低级别职业技能要求, section 6.1): its rule ranges over the
equivalence classes of the level and of all lower levels. The rule only proposes; a person
signs off. Not here: what comes of it (``attainment``), weighted totals (``totals``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from itertools import chain

from .attainment import AreaStanding, Attainment, Gap, GapReason
from .mapping import AttainmentRule, EquivalenceClass, EquivalenceClasses, LostPolicy
from .mastery import Mastery, MasteryState, mastery_of
from .rating import Rating
from .rubric import Rubrics
from .standard import Level, RequirementKey, SourceStatus, Standard
from .totals import FULL, Points, WeightedTotal, weighted_total


@dataclass(frozen=True)
class LevelRule:
    """All the data the rule of a standard works with. What it asks for is worked out once, on
    the first evaluation: build one and use it for every learner."""

    standard: Standard
    classes: EquivalenceClasses
    rule: AttainmentRule
    waived: frozenset[RequirementKey] = frozenset()
    """Requirements lost in source that the school waived with a reason."""

    def masteries(
        self,
        ratings: Iterable[Rating],
        rubric: Rubrics,
        *,
        now: datetime,
        reviewed: Collection[RequirementKey] = (),
    ) -> dict[RequirementKey, Mastery]:
        """Mastery by class representative from a learner's ratings in force, oldest performance
        first. Only classes with a rating are there; a missing one has no evidence. ``reviewed``
        are the requirements with a review under way, whose classes are frozen."""
        frozen = {self.classes.class_of(each).key for each in reviewed}
        by_class: dict[RequirementKey, list[Rating]] = {}
        for each in ratings:
            group = by_class.setdefault(self.classes.class_of(each.requirement).key, [])
            # A rating carried to two requirements of one class counts once.
            if each.carried_from is None or all(one.id != each.id for one in group):
                group.append(each)
        return {
            key: mastery_of(
                key,
                group,
                rule=self.rule.mastery,
                rubric=rubric,
                now=now,
                under_review=key in frozen,
            )
            for key, group in by_class.items()
        }

    def evaluate(self, level: str, masteries: Mapping[RequirementKey, Mastery]) -> Attainment:
        """Apply the rule to a learner's masteries, given by class representative.

        A class that is missing from ``masteries`` has no evidence. Raises
        UnknownRequirementError for a level the standard does not have.
        """
        demand = self._demands[self.standard.level(level).key]
        broken = demand.in_state(MasteryState.RED_LINE, masteries)
        reviewed = demand.in_state(MasteryState.UNDER_REVIEW, masteries)
        credited = self._credited(demand.members - broken - reviewed, masteries)
        mastered = demand.in_state(MasteryState.MASTERED, masteries).union(credited)
        points = _points(masteries, credited)
        return Attainment(
            level,
            self.rule.version,
            len(mastered),
            len(demand.keys) + len(demand.lost),
            tuple(each.standing(mastered) for each in demand.areas),
            tuple(demand.gaps(mastered, broken, reviewed, points)),
            tuple(chain(*(each.standings(points) for each in demand.totals))),
            frozenset(credited),
        )

    def scope(self, level: str) -> tuple[EquivalenceClass, ...]:
        """The classes whose ratings bear on a level: its own, those of all lower levels, and
        under downward credit those that continue them."""
        own = self.classes.up_to(level)
        if not self.rule.downward_credit:
            return own
        higher = set(chain(*(self.classes.continued_by(each.key) for each in own)))
        ordered = sorted(higher, key=lambda key: key.sort_key)
        return tuple(dict.fromkeys([*own, *map(self.classes.class_of, ordered)]))

    def _credited(
        self, candidates: Iterable[RequirementKey], masteries: Mapping[RequirementKey, Mastery]
    ) -> Mapping[RequirementKey, Fraction]:
        """The candidates that a mastered class continues, with the points they have by that."""
        if not self.rule.downward_credit:
            return {}
        mastered = {k: m.points for k, m in masteries.items() if m.state is MasteryState.MASTERED}
        found = {key: self.classes.continued_by(key) & mastered.keys() for key in candidates}
        return {key: max(mastered[one] for one in by) for key, by in found.items() if by}

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
    """Each distinct area; one that a higher level repeats, class for class, counts once, with
    the stricter cut."""
    totals: tuple[WeightedTotal, ...]
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
        points: Points,
    ) -> Iterator[Gap]:
        """Red lines, critical requirements, reviews, areas, points, lost requirements, each in
        source order.

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
        sought = {**points, **dict.fromkeys(broken | critical | reviewed, FULL)}
        yield from chain(*(each.gaps(sought) for each in self.totals))
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
        totals=tuple(
            weighted_total(each.key, rules.rule.totals[each.key], rules.classes, members)
            for each in levels
            if each.key in rules.rule.totals
        ),
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
            needed = -(-len(keys) * rules.rule.cut_of(level.key, area.code) // 100)
            made = _Area(level.key, area.code, keys, frozenset(keys), needed)
            if keys:
                known = found.get(made.members, made)
                found[made.members] = replace(known, needed=max(known.needed, made.needed))
    return tuple(found.values())


def _points(
    masteries: Mapping[RequirementKey, Mastery], credited: Mapping[RequirementKey, Fraction]
) -> Points:
    own = {key: each.points for key, each in masteries.items()}
    return own | {key: max(points, own.get(key, points)) for key, points in credited.items()}
