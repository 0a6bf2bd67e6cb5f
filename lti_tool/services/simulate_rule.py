"""Whose level would change under another rule, told before anything is saved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.attainment import Decision, DecisionKind
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.rubric import Rubrics
from lti_tool.domain.standard import Level, RequirementKey
from lti_tool.persistence import courses, decisions, learners, people, recomputations
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .standing import level_rule
from .work import ratings_of, reviewed_of, rubrics_of

BATCH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One learner and level that would stand differently: ``met`` under the other rule and not
    today, or the reverse. ``signed_off``: a sign-off is in force, which stays until it is
    revoked; ``steps`` are still missing under the other rule."""

    learner: Account
    level: Level
    met: bool
    signed_off: bool
    steps: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What another rule would do to the ``learners`` looked at; changes by student number."""

    learners: int
    changes: tuple[Change, ...]

    def count(self, level: Level) -> tuple[int, int]:
        """How many would newly meet the rule of a level, and how many no longer."""
        met = [each.met for each in self.changes if each.level.key == level.key]
        return sum(met), len(met) - sum(met)


def simulate_rule(
    session: Session,
    bundle: StandardBundle,
    rule: AttainmentRule,
    *,
    school_id: int,
    now: datetime,
    course_id: int | None = None,
) -> Simulation:
    """Evaluate the school's learners with evidence, or those of one course, under today's rule
    and under ``rule``, from the ratings themselves."""
    today = level_rule(session, bundle, school_id)
    trial = replace(today, rule=rule)
    learners = _learners(session, bundle.standard.id, school_id, course_id)
    found: list[Change] = []
    for start in range(0, len(learners), BATCH):
        batch = learners[start : start + BATCH]
        found += _changes(_Trial(bundle, school_id, today, trial, now), session, batch)
    found.sort(key=lambda each: (each.learner.student_number or "", each.learner.id))
    return Simulation(len(learners), tuple(found))


def _learners(
    session: Session, standard_id: str, school_id: int, course_id: int | None
) -> Sequence[int]:
    if course_id is not None:
        return [each.id for each in courses.students_of(session, course_id)]
    count = recomputations.learners_with_evidence(session, school_id, standard_id)
    found = recomputations.next_learners(session, school_id, standard_id, after_id=0, most=count)
    return list(dict.fromkeys(own[0] for own in learners.accounts_of(session, found).values()))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Both rules, to be compared for a learner."""

    bundle: StandardBundle
    school_id: int
    today: LevelRule
    other: LevelRule
    now: datetime

    def changes(
        self,
        learner: Account,
        counted: Sequence[Rating],
        rubrics: Rubrics,
        made: Mapping[str, Decision],
        reviewed: frozenset[RequirementKey],
    ) -> Iterator[Change]:
        before = self.today.masteries(counted, rubrics, now=self.now, reviewed=reviewed)
        after = self.other.masteries(counted, rubrics, now=self.now, reviewed=reviewed)
        for level in self.bundle.standard.levels:
            then = self.today.evaluate(level.key, before)
            instead = self.other.evaluate(level.key, after)
            if then.met is not instead.met:
                last = made.get(level.key)
                yield Change(
                    learner=learner,
                    level=level,
                    met=instead.met,
                    signed_off=last is not None and last.kind is DecisionKind.SIGN_OFF,
                    steps=instead.steps,
                )


def _changes(trial: _Trial, session: Session, batch: Sequence[int]) -> Iterator[Change]:
    standard_id = trial.bundle.standard.id
    school_id = trial.school_id
    stored = ratings_of(session, trial.bundle, batch, school_id=school_id)
    accounts = people.accounts(session, batch)
    last = decisions.last_decisions_of(session, batch, standard_id)
    rubrics = rubrics_of(session, trial.bundle, chain.from_iterable(stored.values()))
    under = reviewed_of(session, trial.bundle, batch, school_id=school_id)
    for each in batch:
        counted = in_force(stored.get(each, ()))
        frozen = under.get(each, frozenset())
        yield from trial.changes(accounts[each], counted, rubrics, last.get(each, {}), frozen)
