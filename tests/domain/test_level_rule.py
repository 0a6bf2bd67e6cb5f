"""What a school's rule may ask beyond the shipped one: cuts per area, totals, downward credit."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.attainment import Gap, GapReason
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import (
    AttainmentRule,
    EquivalenceClasses,
    EquivalenceLink,
    LinkTag,
    TotalPart,
    TotalRule,
)
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import RequirementKey, Text
from tests.domain.builders import area_keys, attainment_rule, standard

STANDARD = standard({"low": [4, 4], "mid": [4]}, lost=())
FIRST, SECOND = area_keys(STANDARD, "low", "1"), area_keys(STANDARD, "low", "2")
MID = area_keys(STANDARD, "mid", "1")
THEORY = TotalPart(Text("理论"), 40, 0, FIRST)
PRACTICE = TotalPart(Text("实践"), 60, 60, SECOND)
NO_AREAS = attainment_rule(area_cut=0)


def rules(rule: AttainmentRule, *links: EquivalenceLink) -> LevelRule:
    return LevelRule(STANDARD, EquivalenceClasses(STANDARD, links), rule)


def earning(keys: tuple[RequirementKey, ...], percent: int) -> dict[RequirementKey, Mastery]:
    return {each: Mastery(each, MasteryState.BELOW, points=Fraction(percent)) for each in keys}


def total_rule(minimum: int = 60, practice: int = 0) -> LevelRule:
    parts = (THEORY, replace(PRACTICE, minimum=practice))
    return rules(replace(NO_AREAS, totals={"low": TotalRule(minimum, parts)}))


def test_an_area_may_have_a_cut_of_its_own() -> None:
    made = rules(replace(NO_AREAS, area_cuts={("low", "2"): 50}))
    assert made.evaluate("low", {}).gaps == (Gap(GapReason.AREA, "low", "2", SECOND, 2),)


def test_an_area_that_a_higher_level_repeats_keeps_the_stricter_cut() -> None:
    links = [
        EquivalenceLink(low, high, (LinkTag.SAME,), "")
        for low, high in zip(FIRST, MID, strict=True)
    ]
    strict = replace(NO_AREAS, area_cuts={("mid", "1"): 100, ("low", "1"): 25})
    (gap,) = rules(strict, *links).evaluate("mid", {}).gaps
    assert (gap.options, gap.needed) == (FIRST, 4)


def test_a_total_weighs_its_parts() -> None:
    attainment = total_rule().evaluate("low", {**earning(FIRST, 50), **earning(SECOND, 100)})
    earned = {each.name.zh if each.name else "": each.earned for each in attainment.totals}
    assert earned == {"理论": 50, "实践": 100, "": 80}
    assert attainment.met


def test_a_total_on_its_minimum_is_met_and_just_below_is_not() -> None:
    assert total_rule(80).evaluate("low", {**earning(FIRST, 50), **earning(SECOND, 100)}).met
    short = total_rule(81).evaluate("low", {**earning(FIRST, 50), **earning(SECOND, 100)})
    assert [each.reason for each in short.gaps] == [GapReason.TOTAL]


def test_a_part_below_its_own_minimum_fails_whatever_the_total() -> None:
    attainment = total_rule(40, practice=60).evaluate("low", earning(FIRST, 100))
    (gap,) = attainment.gaps
    assert (gap.reason, gap.part, gap.needed) == (GapReason.PART, Text("实践"), 3)
    assert gap.options == SECOND


def test_the_list_names_the_fewest_requirements_that_could_bring_the_points() -> None:
    learner = earning(FIRST[:2], 100) | earning(SECOND[:1], 80)
    (gap,) = total_rule(60).evaluate("low", learner).gaps
    # Theory has 50 of 100, practice 20: 20 + 12 of 60. A whole practice item is worth 15 points.
    assert (gap.reason, gap.needed) == (GapReason.TOTAL, 2)
    assert set(gap.options[: gap.needed]) <= set(SECOND)


def test_no_evidence_has_earned_nothing_yet_and_a_breach_earns_nothing() -> None:
    attainment = total_rule().evaluate("low", {})
    assert [each.earned for each in attainment.totals] == [0, 0, 0]


@given(
    st.lists(st.sampled_from([0, 50, 80, 100]), min_size=8, max_size=8),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_full_points_in_what_the_list_names_first_meet_the_total(
    percents: list[int], minimum: int, practice: int
) -> None:
    made = total_rule(minimum, practice)
    learner = {
        each: Mastery(each, MasteryState.BELOW, points=Fraction(percent))
        for each, percent in zip(FIRST + SECOND, percents, strict=True)
    }
    *earlier, last = made.evaluate("low", learner).gaps or (None,)
    for gap in earlier:
        learner |= earning(gap.options[: gap.needed], 100)
    if last is not None:
        one_fewer = learner | earning(last.options[: last.needed - 1], 100)
        assert not made.evaluate("low", one_fewer).met
        learner |= earning(last.options[: last.needed], 100)
    assert made.evaluate("low", learner).met


LINK = EquivalenceLink(FIRST[0], MID[0], (LinkTag.PROGRESS,), "", "审", None)
CREDIT = replace(attainment_rule(area_cut=25), downward_credit=True)


@pytest.mark.parametrize(
    ("rule", "reviewer", "credited"),
    [(CREDIT, "审", True), (CREDIT, None, False), (attainment_rule(area_cut=25), "审", False)],
    ids=["reviewed", "not reviewed", "not in the rule"],
)
def test_mastery_counts_downwards_only_by_the_rule_and_a_reviewed_link(
    rule: AttainmentRule, reviewer: str | None, credited: bool
) -> None:
    made = rules(rule, replace(LINK, reviewer=reviewer))
    learner = {MID[0]: Mastery(MID[0], MasteryState.MASTERED, points=Fraction(100))}
    attainment = made.evaluate("low", learner)
    assert attainment.areas[0].mastered == int(credited)
    assert attainment.credited == ({FIRST[0]} if credited else set())
    assert (MID[0] in [each.key for each in made.scope("low")]) is credited


@pytest.mark.parametrize("state", [MasteryState.RED_LINE, MasteryState.UNDER_REVIEW])
def test_credit_never_covers_a_breach_or_an_open_review(state: MasteryState) -> None:
    learner = {
        MID[0]: Mastery(MID[0], MasteryState.MASTERED),
        FIRST[0]: Mastery(FIRST[0], state),
    }
    assert rules(CREDIT, LINK).evaluate("low", learner).mastered == 0


def test_credit_runs_through_a_chain_of_links() -> None:
    shape = {"low": [1], "mid": [1], "high": [1]}
    made = standard(shape, lost=())
    low, mid, high = (area_keys(made, level, "1")[0] for level in shape)
    links = [replace(LINK, lower=low, higher=mid), replace(LINK, lower=mid, higher=high)]
    chain = LevelRule(made, EquivalenceClasses(made, links), CREDIT)
    assert chain.evaluate("mid", {high: Mastery(high, MasteryState.MASTERED)}).met


def test_an_open_review_keeps_the_level_waiting_and_freezes_nothing_else() -> None:
    learner = {each: Mastery(each, MasteryState.MASTERED) for each in FIRST + SECOND}
    learner[FIRST[0]] = Mastery(FIRST[0], MasteryState.UNDER_REVIEW)
    gaps = rules(attainment_rule()).evaluate("low", learner).gaps
    assert gaps == (Gap(GapReason.REVIEW, "low", "1", (FIRST[0],)),)
