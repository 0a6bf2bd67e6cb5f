"""Whether a level can be decided from what a course plans: requirements against assessments.

Warns before the teaching, not after it. Not here: what was rated (``show_class``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    WorkArea,
)
from lti_tool.persistence import assessments, courses
from lti_tool.persistence.database import Session

from .standing import level_rule


@dataclass(frozen=True, slots=True)
class Planned:
    """One requirement (equivalence class) of the level. ``places`` are the assessments of the
    course that ask for it or for an equal one."""

    requirement: Requirement
    critical: bool
    lost: bool
    places: tuple[Assessment, ...]

    @property
    def count(self) -> int:
        """How many assessments give an opportunity to show it; further attempts add to that."""
        return len(self.places)


@dataclass(frozen=True, slots=True)
class AreaPlanned:
    """A work area. ``decidable`` counts the requirements with opportunities enough, ``needed`` how
    many the rule wants mastered."""

    level: Level
    area: WorkArea
    requirements: tuple[Planned, ...]
    decidable: int
    needed: int

    @property
    def enough(self) -> bool:
        """Whether as many can be decided as the rule needs mastered."""
        return self.decidable >= self.needed


@dataclass(frozen=True, slots=True)
class Coverage:
    """The plan of a course for one level. ``least`` is how many ratings decide a requirement."""

    standard: Standard
    level: Level
    rule: AttainmentRule
    least: int
    assessments: tuple[Assessment, ...]
    areas: tuple[AreaPlanned, ...]

    @property
    def critical_short(self) -> tuple[Planned, ...]:
        """Critical requirements with fewer opportunities than the rule needs."""
        every = (each for area in self.areas for each in area.requirements)
        return tuple(each for each in every if each.critical and each.count < self.least)

    @property
    def areas_short(self) -> tuple[AreaPlanned, ...]:
        """The work areas of which too few requirements can be decided."""
        return tuple(each for each in self.areas if not each.enough)

    @property
    def decidable(self) -> bool:
        """Whether the level can be decided from these assessments alone."""
        return not self.critical_short and not self.areas_short


def show_coverage(
    session: Session,
    catalogue: Catalogue,
    *,
    course_id: int,
    standard_id: str | None = None,
    level: str | None = None,
) -> Coverage:
    """The plan of a course; without a choice for the standard and level it assesses first.

    Ranges over the level and all below it. Raises UnknownStandardError,
    UnknownRequirementError for a level the standard does not have.
    """
    found = assessments.assessments_of(session, course_id)
    first = found[0] if found else None
    bundle = catalogue.find(standard_id or (first.standard_id if first else _newest(catalogue)))
    standard = bundle.standard
    own = tuple(each for each in found if each.standard_id == standard.id)
    chosen = standard.level(level or (own[0].level if own else standard.levels[0].key))
    rules = level_rule(session, bundle, courses.course(session, course_id).school_id)
    plan = _Plan(bundle, rules, own)
    return Coverage(
        standard=standard,
        level=chosen,
        rule=rules.rule,
        least=rules.rule.mastery.least,
        assessments=own,
        areas=tuple(plan.areas(chosen)),
    )


def _newest(catalogue: Catalogue) -> str:
    return catalogue.standards[-1].standard.id


class _Plan:
    """Draws the areas of a level; each class stands where it is printed first."""

    def __init__(
        self, bundle: StandardBundle, rules: LevelRule, planned: Sequence[Assessment]
    ) -> None:
        self._bundle = bundle
        self._rules = rules
        classes = rules.classes
        self._asked = [
            (one, {classes.class_of(each.key).key for each in one.requirements}) for one in planned
        ]
        self._critical = {
            classes.class_of(key).key for keys in rules.rule.critical.values() for key in keys
        }
        self._shown: set[RequirementKey] = set()

    def areas(self, level: Level) -> Iterator[AreaPlanned]:
        least = self._rules.rule.mastery.least
        for each in self._bundle.standard.up_to(level.key):
            for area in each.areas:
                shown = tuple(self._requirements(area))
                judged = [one for one in shown if not one.lost]
                if shown:
                    decidable = sum(one.count >= least for one in judged)
                    cut = self._rules.rule.cut_of(each.key, area.code)
                    needed = -(-len(judged) * cut // 100)
                    yield AreaPlanned(each, area, shown, decidable, needed)

    def _requirements(self, area: WorkArea) -> Iterator[Planned]:
        for requirement in area.requirements:
            cls = self._rules.classes.class_of(requirement.key)
            if cls.key not in self._shown:
                self._shown.add(cls.key)
                members = map(self._bundle.standard.requirement, cls.members)
                yield Planned(
                    requirement=requirement,
                    critical=cls.key in self._critical,
                    lost=all(each.status is SourceStatus.LOST for each in members),
                    places=tuple(one for one, asked in self._asked if cls.key in asked),
                )
