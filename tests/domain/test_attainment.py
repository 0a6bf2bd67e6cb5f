"""When a level is attained, and what the list of gaps promises."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.attainment import (
    AreaStanding,
    Attainment,
    AttainmentState,
    Decision,
    DecisionKind,
    Gap,
    GapReason,
    attainment_state,
    digest_of,
    in_scope,
)
from lti_tool.domain.errors import UnknownRequirementError
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import EquivalenceClasses, LostPolicy
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import RequirementKey
from tests.domain.builders import (
    DAY_0,
    LOST,
    RED_LINE,
    STANDARD_ID,
    attainment_rule,
    key,
    keys,
    large_rule,
    masteries,
    rating,
    same,
    small_rule,
    standard,
)

RULES = small_rule()
LEVELS = ("low", "mid", "high")
LOW = keys("low/1.1.1", "low/1.1.2", "low/1.1.3", "low/2.1.1", "low/2.1.2", "low/2.1.3") | {
    RED_LINE
}
MID = LOW | keys("mid/2.1.1", "mid/2.1.2", "mid/2.1.3", "mid/2.2.1", "mid/2.2.2")
HIGH = MID | keys("high/2.1.2", "high/2.1.3", "high/2.2.1")


def evaluated(
    level: str,
    mastered: Iterable[RequirementKey],
    broken: Iterable[RequirementKey] = (),
    rules: LevelRule = RULES,
) -> Attainment:
    return rules.evaluate(level, masteries(mastered, broken))


def listed(attainment: Attainment) -> list[tuple[GapReason, str, int]]:
    """Each gap by its reason, its first option and the number needed."""
    return [(gap.reason, str(gap.options[0]), gap.needed) for gap in attainment.gaps]


# --- One level after the other --------------------------------------------------------------------


@pytest.mark.parametrize(("level", "mastered"), [("low", LOW), ("mid", MID)])
def test_a_level_is_met_when_everything_it_ranges_over_is_mastered(
    level: str, mastered: frozenset[RequirementKey]
) -> None:
    attainment = evaluated(level, mastered)
    assert attainment.met
    assert (attainment.mastered, attainment.total) == (len(mastered), len(mastered))
    assert attainment.steps == 0


@pytest.mark.parametrize(("level", "total"), [("low", 49), ("mid", 76), ("high", 96)])
def test_a_level_ranges_over_the_classes_of_all_lower_levels_too(level: str, total: int) -> None:
    assert evaluated(level, (), rules=large_rule()).total == total


def test_everything_of_a_higher_level_is_not_enough_without_the_lower_ones() -> None:
    attainment = evaluated("mid", MID - keys("low/2.1.1", "low/2.1.2"))
    assert listed(attainment) == [(GapReason.AREA, "low/2.1.1", 2)]
    assert attainment.gaps[0].level == "low"


def test_evidence_for_a_repeated_requirement_counts_once_for_both_levels() -> None:
    assert evaluated("mid", MID).areas == (
        AreaStanding("low", "1", 3, 3, 3),
        AreaStanding("low", "2", 4, 4, 4),
        AreaStanding("mid", "2", 5, 5, 4),
    )


def test_an_area_below_its_cut_offers_a_choice_in_the_order_of_the_source() -> None:
    attainment = evaluated("mid", LOW | keys("mid/2.1.1", "mid/2.1.3"))
    options = (key("mid/2.1.2"), key("mid/2.2.1"), key("mid/2.2.2"))
    assert attainment.gaps == (Gap(GapReason.AREA, "mid", "2", options, 2),)


def test_a_strong_area_does_not_make_up_for_a_weak_one() -> None:
    assert not evaluated("mid", MID - keys("low/2.1.1")).met
    assert evaluated("mid", MID - keys("mid/2.2.2")).met


def test_a_critical_requirement_must_be_mastered_though_its_area_reaches_the_cut() -> None:
    attainment = evaluated("mid", MID - keys("mid/2.1.1"))
    assert listed(attainment) == [(GapReason.CRITICAL, "mid/2.1.1", 1)]


def test_what_a_critical_gap_brings_is_not_asked_for_again_by_its_area() -> None:
    attainment = evaluated("mid", MID - keys("mid/2.1.1", "mid/2.1.2"))
    assert listed(attainment) == [(GapReason.CRITICAL, "mid/2.1.1", 1)]


def test_a_critical_requirement_of_a_lower_level_is_asked_for_at_the_higher_one() -> None:
    attainment = evaluated("high", HIGH - keys("low/1.1.1"))
    assert (GapReason.CRITICAL, "low/1.1.1", 1) in listed(attainment)


def test_a_breach_fails_the_level_and_is_listed_once_though_it_is_critical() -> None:
    attainment = evaluated("low", LOW - {RED_LINE}, broken={RED_LINE})
    assert listed(attainment) == [(GapReason.RED_LINE, str(RED_LINE), 1)]
    assert attainment.mastered == 6


def test_a_breach_of_a_higher_level_does_not_touch_the_lower_one() -> None:
    mastered = LOW | keys("mid/2.1.1")
    assert evaluated("low", mastered, broken=keys("mid/2.2.2")).met


def test_gaps_run_red_lines_critical_areas_lost() -> None:
    attainment = evaluated("high", (), broken={RED_LINE})
    assert listed(attainment) == [
        (GapReason.RED_LINE, "low/2.2.1", 1),
        (GapReason.CRITICAL, "low/1.1.1", 1),
        (GapReason.CRITICAL, "mid/2.1.1", 1),
        (GapReason.AREA, "low/1.1.2", 2),
        (GapReason.AREA, "low/2.1.1", 3),
        (GapReason.AREA, "mid/2.1.2", 3),
        (GapReason.AREA, "high/2.1.2", 3),
        (GapReason.LOST, "high/2.1.1", 1),
    ]
    assert attainment.steps == 15


def test_masteries_of_other_levels_and_other_standards_are_passed_over() -> None:
    extra = keys("high/2.2.1", "other/1.1.1")
    assert evaluated("low", LOW | extra) == evaluated("low", LOW)


def test_no_mastery_and_a_mastery_without_evidence_are_the_same() -> None:
    empty = {each: Mastery(each, MasteryState.NO_EVIDENCE) for each in LOW}
    assert RULES.evaluate("low", empty) == RULES.evaluate("low", {})


@pytest.mark.parametrize("state", [MasteryState.INSUFFICIENT, MasteryState.BELOW])
def test_evidence_short_of_mastery_closes_no_gap(state: MasteryState) -> None:
    short = {each: Mastery(each, state) for each in LOW}
    assert RULES.evaluate("low", short) == RULES.evaluate("low", {})


def test_a_level_the_standard_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownRequirementError):
        RULES.evaluate("top", {})


# --- Lost in source -------------------------------------------------------------------------------


def test_a_lost_requirement_blocks_its_level_and_no_lower_one() -> None:
    assert listed(evaluated("high", HIGH)) == [(GapReason.LOST, str(LOST), 1)]
    assert evaluated("high", HIGH).total == 16
    assert evaluated("mid", HIGH).met


@pytest.mark.parametrize(
    "rules", [small_rule(waived=frozenset({LOST})), small_rule(LostPolicy.WAIVE)]
)
def test_a_waived_requirement_is_left_out_of_the_level(rules: LevelRule) -> None:
    attainment = evaluated("high", HIGH, rules=rules)
    assert attainment.met
    assert (attainment.mastered, attainment.total) == (15, 15)


def test_only_a_requirement_lost_in_source_can_be_waived() -> None:
    rules = small_rule(waived=keys("low/1.1.1") | {LOST})
    assert listed(evaluated("low", LOW - keys("low/1.1.1"), rules=rules)) == [
        (GapReason.CRITICAL, "low/1.1.1", 1)
    ]


def test_an_area_does_not_ask_for_what_is_lost() -> None:
    attainment = evaluated("high", MID)
    options = (key("high/2.1.2"), key("high/2.1.3"), key("high/2.2.1"))
    assert attainment.gaps[0] == Gap(GapReason.AREA, "high", "2", options, 3)
    assert attainment.areas[-1] == AreaStanding("high", "2", 0, 3, 3)


def test_a_lost_requirement_is_not_asked_for_twice_when_it_is_critical() -> None:
    rule = attainment_rule({"high": frozenset({LOST})}, area_cut=0)
    made = standard()
    rules = LevelRule(made, EquivalenceClasses(made, ()), rule)
    assert listed(evaluated("high", (), rules=rules)) == [(GapReason.LOST, str(LOST), 1)]


def test_a_lost_requirement_that_shares_evidence_with_a_printed_one_is_judged_by_that() -> None:
    made = standard()
    links = [same(key("low/1.1.1"), LOST)]
    rules = LevelRule(made, EquivalenceClasses(made, links), attainment_rule(area_cut=100))
    every = [each.key for each in made.requirements() if each.key != LOST]
    assert evaluated("high", every, rules=rules).met
    assert not evaluated("high", every[1:], rules=rules).met


def test_the_large_standard_lists_its_shortest_way_to_the_lowest_level() -> None:
    assert evaluated("low", (), rules=large_rule()).steps == 9 + 14 + 8 + 10


def test_one_rule_object_judges_many_learners_apart() -> None:
    rules = small_rule()
    first = rules.evaluate("low", masteries(LOW))
    assert not rules.evaluate("low", {}).met
    assert rules.evaluate("low", masteries(LOW)) == first


# --- The state a registrar sees -------------------------------------------------------------------


def decision(kind: DecisionKind) -> Decision:
    return Decision("d1", 1, STANDARD_ID, "low", kind, "r1", 7, 7, (), "digest", 9, DAY_0)


@pytest.mark.parametrize(
    ("mastered", "has_evidence", "last", "state"),
    [
        ((), False, None, AttainmentState.NO_EVIDENCE),
        ((), True, None, AttainmentState.NOT_MET),
        (LOW, True, None, AttainmentState.PROPOSED),
        (LOW, True, DecisionKind.SIGN_OFF, AttainmentState.ATTAINED),
        ((), True, DecisionKind.SIGN_OFF, AttainmentState.ATTAINED),
        ((), False, DecisionKind.SIGN_OFF, AttainmentState.ATTAINED),
        (LOW, True, DecisionKind.REVOKE, AttainmentState.REVOKED),
        ((), False, DecisionKind.REVOKE, AttainmentState.REVOKED),
    ],
)
def test_the_last_decision_stands_and_without_one_the_rule_only_proposes(
    mastered: frozenset[RequirementKey],
    has_evidence: bool,
    last: DecisionKind | None,
    state: AttainmentState,
) -> None:
    decided = decision(last) if last else None
    attainment = evaluated("low", mastered)
    assert attainment_state(attainment, has_evidence=has_evidence, last=decided) is state


def test_evidence_of_a_level_is_what_its_classes_have_in_their_order() -> None:
    rated = [
        Mastery(key(name), MasteryState.INSUFFICIENT, (rating(name),), 1)
        for name in ("mid/2.1.1", "low/2.1.1", "low/1.1.1")
    ]
    unrated = Mastery(key("low/1.1.2"), MasteryState.NO_EVIDENCE)
    held = {each.requirement: each for each in [*rated, unrated]}
    found = in_scope(RULES.classes.up_to("low"), held)
    assert [str(each.requirement) for each in found] == ["low/1.1.1", "low/2.1.1"]


# --- The digest of a decision ---------------------------------------------------------------------

EVIDENCE = (
    Mastery(key("low/1.1.1"), MasteryState.MASTERED, (rating("a"), rating("b", 4)), 2),
    Mastery(RED_LINE, MasteryState.MASTERED, (rating("c", of=RED_LINE),), 1),
)
RULE = attainment_rule()


def digest(
    held: Iterable[Mastery] = EVIDENCE,
    *,
    learner: int = 1,
    level: str = "low",
    standard_id: str = STANDARD_ID,
    version: str = "r1",
    waived: Iterable[RequirementKey] = (),
) -> str:
    rule = replace(RULE, standard_id=standard_id, version=version)
    return digest_of(learner_id=learner, level=level, rule=rule, masteries=held, waived=waived)


@given(st.permutations(EVIDENCE), st.permutations(sorted(LOW)))
def test_a_digest_does_not_depend_on_any_order(
    held: list[Mastery], waived: list[RequirementKey]
) -> None:
    turned = [replace(each, ratings=each.ratings[::-1]) for each in held]
    assert digest(turned, waived=waived) == digest(waived=sorted(LOW))


@pytest.mark.parametrize(
    "changed",
    [
        digest(learner=2),
        digest(level="mid"),
        digest(standard_id="T1-2"),
        digest(version="r2"),
        digest(waived=[LOST]),
        digest(EVIDENCE[:1]),
        digest(()),
        digest([replace(EVIDENCE[0], ratings=(rating("a"),)), EVIDENCE[1]]),
        digest([replace(EVIDENCE[0], ratings=(rating("a"), rating("b", 3))), EVIDENCE[1]]),
        digest([replace(EVIDENCE[0], ratings=(rating("a"), rating("x", 4))), EVIDENCE[1]]),
        digest([replace(EVIDENCE[0], requirement=key("low/1.1.2")), EVIDENCE[1]]),
    ],
)
def test_a_digest_changes_with_everything_a_decision_rests_on(changed: str) -> None:
    assert changed != digest()


def test_a_digest_can_be_computed_again_by_anybody_from_the_evidence() -> None:
    content = (
        '{"learner": 1, "level": "low", "ratings": [["low/1.1.1", "a", 3], ["low/1.1.1", "b", 4],'
        ' ["low/2.2.1", "c", 3]], "rule": "r1", "standard": "T1-1", "waived": ["high/2.1.1"]}'
    )
    assert digest(waived=[LOST]) == hashlib.sha256(content.encode()).hexdigest()
