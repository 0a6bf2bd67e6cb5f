"""What holds for attainment whatever the standard, the rule and the learner."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from lti_tool.domain.attainment import GapReason
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import LostPolicy
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import RequirementKey, SourceStatus, WorkArea
from tests.domain.strategies import level_rules

Held = dict[RequirementKey, Mastery]
Case = tuple[LevelRule, str, Held]


def representatives(rules: LevelRule) -> list[RequirementKey]:
    return [each.key for each in rules.classes.up_to(rules.standard.levels[-1].key)]


@st.composite
def cases(draw: st.DrawFn, *, overlapping: bool = True) -> Case:
    """A rule, a level of its standard, and a learner's masteries."""
    rules = draw(level_rules(overlapping=overlapping))
    level = draw(st.sampled_from([each.key for each in rules.standard.levels]))
    keys = representatives(rules)
    held = dict.fromkeys(keys if draw(st.booleans()) else (), MasteryState.MASTERED)
    held |= draw(st.dictionaries(st.sampled_from(keys), st.sampled_from(MasteryState)))
    return rules, level, {each: Mastery(each, state) for each, state in held.items()}


def plainly_met(rules: LevelRule, level: str, held: Held) -> bool:
    """The rule once more, requirement by requirement and area by area, none left out as double."""
    lower = rules.standard.up_to(level)
    return all(
        _stands(rules, each.key, r.key, held) for each in lower for r in each.requirements
    ) and all(_reaches_the_cut(rules, area, held) for each in lower for area in each.areas)


def _stands(rules: LevelRule, level: str, each: RequirementKey, held: Held) -> bool:
    if _lost(rules, each):
        members = rules.classes.class_of(each).members
        return rules.rule.lost is LostPolicy.WAIVE or any(m in rules.waived for m in members)
    if each in rules.rule.critical[level]:
        return _state(rules, each, held) is MasteryState.MASTERED
    return _state(rules, each, held) not in {MasteryState.RED_LINE, MasteryState.UNDER_REVIEW}


def _reaches_the_cut(rules: LevelRule, area: WorkArea, held: Held) -> bool:
    judged = [r.key for r in area.requirements if not _lost(rules, r.key)]
    states = {rules.classes.class_of(each): _state(rules, each, held) for each in judged}
    mastered = sum(each is MasteryState.MASTERED for each in states.values())
    return mastered * 100 >= rules.rule.area_cut * len(states)


def _lost(rules: LevelRule, each: RequirementKey) -> bool:
    members = rules.classes.class_of(each).members
    return all(rules.standard.requirement(m).status is SourceStatus.LOST for m in members)


def _state(rules: LevelRule, each: RequirementKey, held: Held) -> MasteryState:
    found = held.get(rules.classes.class_of(each).key)
    return found.state if found else MasteryState.NO_EVIDENCE


@given(cases())
def test_a_level_is_met_exactly_when_the_rule_written_out_plainly_says_so(
    case: Case,
) -> None:
    rules, level, held = case
    assert rules.evaluate(level, held).met is plainly_met(rules, level, held)


@given(cases(), st.data())
def test_one_more_mastered_class_never_turns_met_into_not_met_nor_lengthens_the_list(
    case: Case, data: st.DataObject
) -> None:
    rules, level, held = case
    one = data.draw(st.sampled_from(representatives(rules)))
    before = rules.evaluate(level, held)
    after = rules.evaluate(level, held | {one: Mastery(one, MasteryState.MASTERED)})
    assert after.met or not before.met
    assert after.steps <= before.steps


@given(cases())
def test_a_higher_level_is_met_only_with_all_lower_ones(case: Case) -> None:
    rules, level, held = case
    met = [rules.evaluate(each.key, held).met for each in rules.standard.up_to(level)]
    assert all(met) or not met[-1]


def closed(rules: LevelRule, held: Held, steps: Iterable[RequirementKey]) -> tuple[LevelRule, Held]:
    """The rule with these waived and the learner with these mastered; each where it applies."""
    done = list(steps)
    waived = replace(rules, waived=rules.waived.union(done))
    return waived, held | {each: Mastery(each, MasteryState.MASTERED) for each in done}


@given(cases(), st.data())
def test_closing_the_gaps_with_any_choice_of_options_meets_the_level(
    case: Case, data: st.DataObject
) -> None:
    rules, level, held = case
    steps: list[RequirementKey] = []
    for gap in rules.evaluate(level, held).gaps:
        steps += data.draw(st.permutations(gap.options))[: gap.needed]
    then, learner = closed(rules, held, steps)
    assert then.evaluate(level, learner).met


@given(cases(overlapping=False), st.data())
def test_closing_all_gaps_but_one_step_does_not_meet_the_level(
    case: Case, data: st.DataObject
) -> None:
    rules, level, held = case
    steps: list[RequirementKey] = []
    for gap in rules.evaluate(level, held).gaps:
        steps += data.draw(st.permutations(gap.options))[: gap.needed]
    assume(steps)
    spared = data.draw(st.sampled_from(steps))
    then, learner = closed(rules, held, (each for each in steps if each != spared))
    assert not then.evaluate(level, learner).met
    assert then.evaluate(level, learner).steps == 1


@given(cases())
def test_a_gap_offers_at_least_what_it_needs_and_nothing_already_mastered(
    case: Case,
) -> None:
    rules, level, held = case
    attainment = rules.evaluate(level, held)
    mastered = {each for each, m in held.items() if m.state is MasteryState.MASTERED}
    for gap in attainment.gaps:
        assert 1 <= gap.needed <= len(gap.options) == len(set(gap.options))
        assert gap.reason is GapReason.LOST or not mastered.intersection(gap.options)
    assert attainment.mastered <= attainment.total


@given(cases())
def test_the_order_masteries_come_in_changes_nothing(
    case: Case,
) -> None:
    rules, level, held = case
    backwards = dict(reversed(held.items()))
    assert rules.evaluate(level, backwards) == rules.evaluate(level, held)
