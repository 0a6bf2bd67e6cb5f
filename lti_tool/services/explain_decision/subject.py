"""A learner and a level, with all that the parts of the page are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.attainment import Attainment, in_scope
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import EquivalenceClass
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.rubric import Rubric, Rubrics
from lti_tool.domain.standard import Level, RequirementKey, Text
from lti_tool.persistence.people import Account


@dataclass(frozen=True)
class Subject:
    """Whose level it is, and how they stand to it now. ``rubric`` is the one in force at their
    school, ``rubrics`` those that the ratings behind ``masteries`` were given with."""

    bundle: StandardBundle
    rubric: Rubric
    rubrics: Rubrics
    level: Level
    learner: Account
    masteries: Mapping[RequirementKey, Mastery]
    rules: LevelRule

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The level and all below it, lowest first."""
        return self.bundle.standard.up_to(self.level.key)

    @cached_property
    def classes(self) -> tuple[EquivalenceClass, ...]:
        """The equivalence classes the level ranges over."""
        return self.rules.classes.up_to(self.level.key)

    @cached_property
    def attainment(self) -> Attainment:
        return self.rules.evaluate(self.level.key, self.masteries)

    @cached_property
    def evidence(self) -> tuple[Mastery, ...]:
        """The masteries with ratings that bear on the level."""
        return in_scope(self.rules.scope(self.level.key), self.masteries)

    @cached_property
    def critical(self) -> Mapping[RequirementKey, Text]:
        """Why each critical class of the level and all lower ones is critical."""
        rule = self.rules.rule
        return {
            self.rules.classes.class_of(key).key: rule.reasons.get(key, Text(""))
            for level in self.levels
            for key in sorted(rule.critical.get(level.key, ()), key=lambda key: key.sort_key)
        }

    def state_of(self, key: RequirementKey) -> MasteryState:
        """The state of a class, by its representative."""
        mastery = self.masteries.get(key)
        return mastery.state if mastery else MasteryState.NO_EVIDENCE

    def name(self, key: RequirementKey) -> tuple[Level | None, str]:
        """The code, with its level where two levels meet (else None)."""
        several = len(self.levels) > 1
        return self.bundle.standard.level(key.level) if several else None, key.code
