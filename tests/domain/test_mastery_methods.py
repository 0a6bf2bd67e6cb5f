"""The methods of mastery: each against its formula written out plainly, minimum, raters, expiry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery import Mastery, MasteryState, mastery_of
from lti_tool.domain.mastery_methods import (
    MasteryMethod,
    decaying,
    power_law,
    value_of,
    weighted,
)
from lti_tool.domain.rating import Rating, in_force
from tests.domain.builders import DAY_0, RED_LINE, rating, rubric
from tests.domain.strategies import ORDINARY, records

RUBRIC = rubric()
PERCENT = {1: 0.0, 2: 50.0, 3: 80.0, 4: 100.0}
TODAY = DAY_0 + timedelta(days=100)
AVERAGING = [each for each in MasteryMethod if each is not MasteryMethod.N_OF_M]
ONE_TO_FIVE = [Fraction(each) for each in range(1, 6)]


def decided(ratings: Sequence[Rating], rule: MasteryRule, *, now: datetime = TODAY) -> Mastery:
    return mastery_of(ORDINARY, ratings, rule=rule, rubric=RUBRIC, now=now)


def given_levels(*levels: int) -> list[Rating]:
    return [rating(f"r{day}", level, day=day) for day, level in enumerate(levels)]


def test_one_to_five_at_65_percent_give_the_figures_that_canvas_documents() -> None:
    rate = Fraction(65, 100)
    assert weighted(ONE_TO_FIVE, rate) == Fraction("4.125")
    assert round(float(decaying(ONE_TO_FIVE, rate)), 4) == 4.4696


def plain_value(method: MasteryMethod, scores: list[float], rate: float) -> float:
    """The formulas once more, with other means: floats, sums and powers."""
    newest, count = scores[-1], len(scores)
    if method is MasteryMethod.LATEST or count == 1:
        return newest if method is not MasteryMethod.HIGHEST else max(scores)
    if method is MasteryMethod.HIGHEST:
        return sorted(scores)[-1]
    if method is MasteryMethod.MEAN:
        return sum(scores) / count
    if method is MasteryMethod.WEIGHTED:
        return rate * newest + (1 - rate) * (sum(scores) - newest) / (count - 1)
    weights = [
        (1 - rate) ** (count - 1),
        *(rate * (1 - rate) ** (count - k) for k in range(2, count + 1)),
    ]
    return sum(weight * score for weight, score in zip(weights, scores, strict=True))


@pytest.mark.parametrize("method", AVERAGING)
@given(levels=st.lists(st.integers(1, 4), min_size=1, max_size=12), rate=st.integers(1, 99))
def test_every_method_agrees_with_its_formula_written_out_plainly(
    method: MasteryMethod, levels: list[int], rate: int
) -> None:
    expected = plain_value(method, [PERCENT[each] for each in levels], rate / 100)
    mastery = decided(given_levels(*levels), MasteryRule(method=method, rate=rate))
    assert mastery.value is not None
    assert float(mastery.value) == pytest.approx(expected, abs=1e-9)
    assert (mastery.state is MasteryState.MASTERED) is (mastery.value >= 80)


def test_n_of_m_counts_and_has_no_value() -> None:
    assert value_of(MasteryMethod.N_OF_M, [Fraction(80)], 65) is None
    assert decided(given_levels(3, 3), MasteryRule()).value is None


def test_a_value_on_the_cut_is_mastered_whatever_the_fractions() -> None:
    third = MasteryRule(method=MasteryMethod.MEAN)
    assert decided(given_levels(3, 3, 3), third).value == 80
    assert decided(given_levels(3, 3, 3), third).state is MasteryState.MASTERED


@pytest.mark.parametrize("method", MasteryMethod)
def test_fewer_ratings_than_the_minimum_decide_nothing(method: MasteryMethod) -> None:
    rule = MasteryRule(needed=1, window=3, method=method, minimum_evidence=2)
    assert decided(given_levels(4), rule).state is MasteryState.INSUFFICIENT
    assert decided(given_levels(1), rule).state is MasteryState.INSUFFICIENT
    assert decided(given_levels(4, 4), rule).state is MasteryState.MASTERED


@pytest.mark.parametrize("method", MasteryMethod)
def test_one_rater_alone_decides_nothing_where_two_are_asked_for(method: MasteryMethod) -> None:
    rule = MasteryRule(method=method, minimum_raters=2)
    alone = given_levels(4, 4)
    assert decided(alone, rule).state is MasteryState.INSUFFICIENT
    two = [alone[0], replace(alone[1], rater_id=alone[0].rater_id + 1)]
    assert decided(two, rule).state is MasteryState.MASTERED


@pytest.mark.parametrize("method", MasteryMethod)
def test_a_breach_among_the_deciding_ratings_fails_whatever_the_method(
    method: MasteryMethod,
) -> None:
    broken = [rating("r1", 3, of=RED_LINE), rating("r2", 1, of=RED_LINE, day=1)]
    mastery = mastery_of(
        RED_LINE, broken, rule=MasteryRule(method=method), rubric=RUBRIC, now=TODAY
    )
    assert mastery.state is MasteryState.RED_LINE


YEAR = MasteryRule(expires_months=12)


def test_ratings_count_for_so_many_calendar_months() -> None:
    ratings = given_levels(3, 3)
    end = ratings[0].performed_at.replace(year=ratings[0].performed_at.year + 1)
    before = decided(ratings, YEAR, now=end - timedelta(seconds=1))
    assert (before.state, before.until) == (MasteryState.MASTERED, end)
    after = decided(ratings, YEAR, now=end)
    assert (after.state, after.ratings) == (MasteryState.EXPIRED, tuple(ratings))
    assert decided(ratings, MasteryRule(), now=end).until is None


def test_the_end_of_a_short_month_stands_for_a_day_it_does_not_have() -> None:
    made = replace(rating(), performed_at=datetime(2026, 8, 31, 9, tzinfo=UTC))
    half = MasteryRule(needed=1, window=1, expires_months=6)
    assert decided([made], half).until == datetime(2027, 2, 28, 9, tzinfo=UTC)


def test_fresh_ratings_outlive_the_old_ones() -> None:
    old, fresh = given_levels(1), [rating("f1", 3, day=400), rating("f2", 3, day=401)]
    mastery = decided([*old, *fresh], YEAR, now=DAY_0 + timedelta(days=410))
    assert (mastery.state, mastery.ratings) == (MasteryState.MASTERED, tuple(fresh))


def test_never_mastered_and_all_too_old_is_expired_not_below() -> None:
    assert decided(given_levels(1, 1), YEAR, now=DAY_0 + timedelta(days=800)).state is (
        MasteryState.EXPIRED
    )


def test_an_expired_breach_no_longer_stands() -> None:
    old = [rating("r1", 1, of=RED_LINE)]
    rule = MasteryRule(needed=1, window=3, expires_months=1)
    mastery = mastery_of(RED_LINE, old, rule=rule, rubric=RUBRIC, now=TODAY)
    assert mastery.state is MasteryState.EXPIRED


def test_a_review_freezes_the_requirement_whatever_its_ratings() -> None:
    for ratings in ([], given_levels(4, 4)):
        mastery = mastery_of(
            ORDINARY, ratings, rule=MasteryRule(), rubric=RUBRIC, now=TODAY, under_review=True
        )
        assert (mastery.state, mastery.ratings) == (MasteryState.UNDER_REVIEW, tuple(ratings))


rules = st.builds(
    MasteryRule,
    needed=st.integers(1, 3),
    window=st.integers(3, 4),
    method=st.sampled_from(MasteryMethod),
    rate=st.integers(1, 99),
    minimum_evidence=st.integers(1, 3),
    minimum_raters=st.integers(1, 2),
    expires_months=st.none() | st.integers(1, 3),
)


@given(records(of=(ORDINARY,)), rules, st.integers(0, 120))
def test_the_ratings_of_a_result_give_the_same_result_again(
    ratings: list[Rating], rule: MasteryRule, day: int
) -> None:
    now = DAY_0 + timedelta(days=day)
    first = decided(in_force(ratings), rule, now=now)
    again = decided(first.ratings, rule, now=now)
    assert (again.state, again.ratings) == (first.state, first.ratings)


@given(records(of=(ORDINARY,)), rules, st.randoms())
def test_the_order_ratings_arrive_in_changes_nothing(
    ratings: list[Rating], rule: MasteryRule, random: Random
) -> None:
    shuffled = list(ratings)
    random.shuffle(shuffled)
    assert decided(in_force(shuffled), rule) == decided(in_force(ratings), rule)


@pytest.mark.parametrize(
    "method",
    [MasteryMethod.N_OF_M, MasteryMethod.LATEST, MasteryMethod.HIGHEST, MasteryMethod.MEAN],
)
@given(
    levels=st.lists(st.integers(1, 4), max_size=8),
    better=st.integers(3, 4),
    least=st.integers(1, 3),
)
def test_one_more_mastered_rating_never_takes_mastery_away(
    method: MasteryMethod, levels: list[int], better: int, least: int
) -> None:
    rule = MasteryRule(method=method, minimum_evidence=least)
    before = decided(given_levels(*levels), rule)
    after = decided(given_levels(*levels, better), rule)
    assert after.state is MasteryState.MASTERED or before.state is not MasteryState.MASTERED


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((3, 3), None), ((2, 2, 2), 2.0), ((1, 2, 3, 4), 3.99)],
)
def test_the_power_law_is_a_trend_through_three_attempts_or_more(
    levels: Sequence[int], expected: float | None
) -> None:
    found = power_law(levels)
    assert found == (expected if expected is None else pytest.approx(expected, abs=0.1))


def test_levels_that_follow_a_power_law_lie_on_the_trend() -> None:
    assert power_law([1, 2, 3]) == pytest.approx(3.0)
