"""Whether a learner has attained a level, and if not, the shortest list of what is missing.

A level is cumulative (高级别涵盖低级别职业技能要求, section 6.1): its rule ranges over the
equivalence classes of the level and of all lower levels. The rule only proposes; a person
signs off. Not here: what is told to the LMS (``score``).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .mapping import AttainmentRule, EquivalenceClass, EquivalenceClasses, LostPolicy
from .mastery import Mastery, MasteryState
from .standard import Level, RequirementKey, SourceStatus, Standard


class GapReason(StrEnum):
    """Why a level is not attained yet."""

    RED_LINE = "red_line"
    """A breach of a red line stands against the learner."""
    CRITICAL = "critical"
    """A critical requirement is not mastered."""
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


@dataclass(frozen=True, slots=True)
class LevelRule:
    """All the data the rule of a standard works with."""

    standard: Standard
    classes: EquivalenceClasses
    rule: AttainmentRule
    waived: frozenset[RequirementKey] = frozenset()
    """Requirements lost in source that the school waived with a reason."""

    def evaluate(self, level: str, masteries: Mapping[RequirementKey, Mastery]) -> Attainment:
        """Apply the rule to a learner's masteries, given by class representative.

        A class that is missing from ``masteries`` has no evidence.
        """
        return _Evaluation(self, level, masteries).attainment()


class _Evaluation:
    """One application of the rule to one learner and level."""

    def __init__(
        self, rules: LevelRule, level: str, masteries: Mapping[RequirementKey, Mastery]
    ) -> None:
        self._rules = rules
        self._level = level
        left_out = self._left_out()
        self._scope = tuple(c for c in rules.classes.up_to(level) if c.key not in left_out)
        self._keys = frozenset(each.key for each in self._scope)
        states = {key: each.state for key, each in masteries.items()}
        self._state = {key: states.get(key, MasteryState.NO_EVIDENCE) for key in self._keys}

    def attainment(self) -> Attainment:
        areas = tuple(standing for standing, _ in self._areas())
        gaps = (*self._red_lines(), *self._critical(), *self._area_gaps(), *self._lost())
        return Attainment(
            self._level,
            self._rules.rule.version,
            sum(state is MasteryState.MASTERED for state in self._state.values()),
            len(self._keys),
            areas,
            gaps,
        )

    def _left_out(self) -> frozenset[RequirementKey]:
        """Class representatives of lost requirements that are waived."""
        policy_waives = self._rules.rule.lost is LostPolicy.WAIVE
        return frozenset(
            self._class(each.key)
            for each in self._rules.standard.requirements()
            if each.status is SourceStatus.LOST
            and (policy_waives or each.key in self._rules.waived)
        )

    def _class(self, key: RequirementKey) -> RequirementKey:
        return self._rules.classes.class_of(key).key

    def _missing(self, key: RequirementKey) -> bool:
        return self._state[key] is not MasteryState.MASTERED

    def _place(self, key: RequirementKey) -> tuple[str, str]:
        """The level and area code a class representative is printed under."""
        level = self._rules.standard.level(key.level)
        area = next(a for a in level.areas if key in {r.key for r in a.requirements})
        return level.key, area.code

    def _gap(self, reason: GapReason, key: RequirementKey) -> Gap:
        level, area = self._place(key)
        return Gap(reason, level, area, (key,))

    def _red_lines(self) -> tuple[Gap, ...]:
        broken = (c.key for c in self._scope if self._state[c.key] is MasteryState.RED_LINE)
        return tuple(self._gap(GapReason.RED_LINE, key) for key in broken)

    def _lost_keys(self) -> tuple[RequirementKey, ...]:
        return tuple(
            each.key
            for level in self._rules.standard.up_to(self._level)
            for each in level.requirements
            if each.status is SourceStatus.LOST and self._class(each.key) in self._keys
        )

    def _lost(self) -> tuple[Gap, ...]:
        return tuple(self._gap(GapReason.LOST, key) for key in self._lost_keys())

    def _must(self) -> tuple[RequirementKey, ...]:
        """Critical classes of the level and the lower ones that are not mastered, in order."""
        critical = {
            self._class(key)
            for level in self._rules.standard.up_to(self._level)
            for key in self._rules.rule.critical.get(level.key, frozenset())
        }
        return tuple(c.key for c in self._scope if c.key in critical and self._missing(c.key))

    def _critical(self) -> tuple[Gap, ...]:
        return tuple(
            self._gap(GapReason.CRITICAL, key)
            for key in self._must()
            if self._state[key] is not MasteryState.RED_LINE
        )

    def _areas(self) -> tuple[tuple[AreaStanding, tuple[RequirementKey, ...]], ...]:
        """Each distinct area of the level and the lower ones, with its class representatives.

        An area that a higher level repeats, requirement for requirement, is counted once.
        """
        found: dict[frozenset[RequirementKey], tuple[AreaStanding, tuple[RequirementKey, ...]]] = {}
        for level in self._rules.standard.up_to(self._level):
            for code, keys in self._area_keys(level):
                if keys and frozenset(keys) not in found:
                    found[frozenset(keys)] = (self._standing(level.key, code, keys), keys)
        return tuple(found.values())

    def _area_keys(self, level: Level) -> Iterable[tuple[str, tuple[RequirementKey, ...]]]:
        for area in level.areas:
            keys = (self._class(each.key) for each in area.requirements)
            yield area.code, tuple(dict.fromkeys(key for key in keys if key in self._keys))

    def _standing(self, level: str, area: str, keys: tuple[RequirementKey, ...]) -> AreaStanding:
        mastered = sum(not self._missing(key) for key in keys)
        needed = -(-len(keys) * self._rules.rule.area_cut // 100)
        return AreaStanding(level, area, mastered, len(keys), needed)

    def _area_gaps(self) -> Iterable[Gap]:
        """Areas below the cut, less what the other gaps will bring in any case.

        A class that stands in two areas is counted in each: the list may then be a step
        longer than the very shortest, never too short.
        """
        due = {*self._must(), *(gap.options[0] for gap in self._red_lines())}
        lost = {self._class(key) for key in self._lost_keys()}
        for standing, keys in self._areas():
            coming = sum(key in due for key in keys)
            more = standing.needed - standing.mastered - coming
            options = tuple(k for k in keys if self._missing(k) and k not in due | lost)
            if more > 0:
                yield Gap(GapReason.AREA, standing.level, standing.area, options, more)


def digest_of(
    *,
    learner_id: int,
    level: str,
    rule: AttainmentRule,
    masteries: Iterable[Mastery],
    waived: Iterable[RequirementKey] = (),
) -> str:
    """SHA-256, in hexadecimal, of everything a decision rests on.

    Covers learner, standard and version, level, rule version, waivers, and every rating that
    counts, with its performance level. The same evidence gives the same digest anywhere.
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
