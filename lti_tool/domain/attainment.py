"""How a learner stands to a level, the shortest list of what is missing, and what was decided.

Not here: applying the rule (``level_rule``) and what is told to the LMS (``score``).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from .mapping import AttainmentRule, EquivalenceClass
from .mastery import Mastery
from .standard import RequirementKey, Text


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
    PART = "part"
    """A part of the weighted total falls short of its minimum; the first ``needed`` of the
    options suffice, brought to full points."""
    TOTAL = "total"
    """The weighted total falls short; the first ``needed`` of the options suffice likewise."""
    LOST = "lost"
    """A requirement is lost in source; the school has not waived it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One step that is missing: master ``needed`` of ``options``, in the order of the source;
    for points, those with most to gain come first. ``area`` and ``part`` say where, if
    the reason speaks of one."""

    reason: GapReason
    level: str
    area: str
    options: tuple[RequirementKey, ...]
    needed: int = 1
    part: Text | None = None


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """A work area under the rule: how many of its requirements are mastered and needed."""

    level: str
    area: str
    mastered: int
    total: int
    needed: int


@dataclass(frozen=True, slots=True)
class TotalStanding:
    """A weighted total, or a part of it: the percent earned so far, and the least it must be.

    ``name`` and ``weight`` (percent of the total) are None for the total itself.
    """

    level: str
    earned: Fraction
    minimum: int
    name: Text | None = None
    weight: int | None = None


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
    totals: tuple[TotalStanding, ...] = ()
    """By level from the lowest, where the rule asks for one: its parts, then the total."""
    credited: frozenset[RequirementKey] = frozenset()
    """Classes that count as mastered because one that continues them is (downward credit)."""

    @property
    def met(self) -> bool:
        """Whether the rule is met: nothing is missing and nothing blocks."""
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

    ``digest`` covers everything the decision rests on, see :func:`digest_of`. ``waived`` are the
    waivers it rests on; None for a decision from before these were kept. ``links`` counts the
    school's decisions on equivalence that it rests on, ``carried`` those on evidence for older
    versions; None likewise.
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
    waived: frozenset[RequirementKey] | None = None
    links: int | None = None
    carried: int | None = None


def sign_offs_in_force(decisions: Iterable[Decision]) -> Mapping[str, tuple[Decision, ...]]:
    """The sign-offs that nobody revoked since, by level key; ``decisions`` are a learner's, oldest
    first. There are several of a level only where accounts with one each were merged."""
    found: dict[str, tuple[Decision, ...]] = {}
    for each in decisions:
        signed = each.kind is DecisionKind.SIGN_OFF
        found[each.level] = (*found.get(each.level, ()), each) if signed else ()
    return found


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
