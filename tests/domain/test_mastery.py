"""Mastery of one requirement: two of the last three, no evidence is not zero, red lines stand."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery import Mastery, MasteryState, mastery_of
from lti_tool.domain.rating import Rating, in_force
from tests.domain.builders import DAY_0, RED_LINE, key, rating, rubric
from tests.domain.strategies import ORDINARY, records

RULE = MasteryRule(needed=2, window=3)
RUBRIC = rubric()
NO_EVIDENCE, INSUFFICIENT, BELOW, MASTERED, BROKEN, EXPIRED, UNDER_REVIEW = MasteryState
TODAY = DAY_0 + timedelta(days=100)


def decided(
    ratings: Sequence[Rating], *, rule: MasteryRule = RULE, of: str = "low/1.1.1"
) -> Mastery:
    return mastery_of(key(of), ratings, rule=rule, rubric=RUBRIC, now=TODAY)


def given_levels(*levels: int, of: str = "low/1.1.1") -> list[Rating]:
    return [rating(f"r{day}", n, of=key(of), day=day) for day, n in enumerate(levels)]


@pytest.mark.parametrize(
    ("levels", "state"),
    [
        ((), NO_EVIDENCE),
        ((1,), INSUFFICIENT),
        ((4,), INSUFFICIENT),
        ((3, 3), MASTERED),
        ((4, 3), MASTERED),
        ((2, 3), BELOW),
        ((1, 1), BELOW),
        ((3, 2, 3), MASTERED),
        ((2, 3, 4), MASTERED),
        ((2, 2, 3), BELOW),
        ((1, 1, 3, 3), MASTERED),
        ((3, 3, 1, 1), BELOW),
        ((4, 4, 2, 3), MASTERED),
        ((4, 4, 2, 2), BELOW),
    ],
)
def test_two_of_the_last_three_at_the_cut_are_mastery(
    levels: Sequence[int], state: MasteryState
) -> None:
    assert decided(given_levels(*levels)).state is state


@pytest.mark.parametrize(
    ("levels", "state"),
    [
        ((1,), BROKEN),
        ((3, 3, 1), BROKEN),
        ((1, 3, 3), BROKEN),
        ((1, 3, 3, 3), MASTERED),
        ((3,), INSUFFICIENT),
        ((3, 3), MASTERED),
    ],
)
def test_a_breach_of_a_red_line_stands_while_it_is_among_the_last_three(
    levels: Sequence[int], state: MasteryState
) -> None:
    assert decided(given_levels(*levels, of=str(RED_LINE)), of=str(RED_LINE)).state is state


@pytest.mark.parametrize(
    ("rule", "levels", "state"),
    [
        (MasteryRule(1, 1), (3, 1), BELOW),
        (MasteryRule(1, 1), (1, 3), MASTERED),
        (MasteryRule(3, 5), (3, 1, 3, 1, 3), MASTERED),
        (MasteryRule(3, 5), (3, 3), INSUFFICIENT),
        (MasteryRule(3, 3), (3, 3, 3, 2), BELOW),
    ],
)
def test_another_rule_counts_its_own_number_of_its_own_last_ones(
    rule: MasteryRule, levels: Sequence[int], state: MasteryState
) -> None:
    assert decided(given_levels(*levels), rule=rule).state is state


def test_no_evidence_is_not_zero() -> None:
    nothing, failed = decided([]), decided(given_levels(1, 1, 1))
    assert nothing.state is not failed.state
    assert (nothing.ratings, nothing.count, nothing.latest) == ((), 0, None)


def test_mastery_names_the_ratings_it_rests_on_oldest_first_and_counts_all() -> None:
    ratings = given_levels(1, 2, 3, 4)
    mastery = decided(ratings)
    assert mastery.ratings == tuple(ratings[1:])
    assert mastery.count == 4
    assert mastery.latest == ratings[-1]


def test_ratings_of_any_member_of_the_class_count_for_its_representative() -> None:
    ratings = [rating("a"), rating("b", of=key("mid/1.1.1"), day=1)]
    mastery = decided(ratings)
    assert (mastery.state, mastery.requirement) == (MASTERED, key("low/1.1.1"))


def plainly_decided(ratings: Sequence[Rating]) -> MasteryState:
    """The rule once more, in the words of the product: newest first, counting up."""
    corrected: set[str] = set()
    for each in ratings:
        link = each if each.released_at is not None else None
        while link is not None and link.supersedes is not None:
            corrected.add(link.supersedes)
            link = next((r for r in ratings if r.id == link.supersedes), None)
    counted = [r for r in ratings if r.released_at is not None and r.id not in corrected]
    counted.sort(key=lambda r: (r.performed_at, r.rated_at, r.id), reverse=True)
    good = bad = 0
    for each in counted[:3]:
        if each.requirement == RED_LINE and each.performance_level == 1:
            return BROKEN
        good, bad = good + (each.performance_level >= 3), bad + (each.performance_level < 3)
    if good >= 2:
        return MASTERED
    return (NO_EVIDENCE, INSUFFICIENT, BELOW, BELOW)[good + bad]


@pytest.mark.parametrize("of", [ORDINARY, RED_LINE])
@given(data=st.data())
def test_mastery_equals_the_rule_written_out_plainly(of: object, data: st.DataObject) -> None:
    requirement = RED_LINE if of == RED_LINE else ORDINARY
    ratings = data.draw(records(of=(requirement,)))
    mastery = mastery_of(requirement, in_force(ratings), rule=RULE, rubric=RUBRIC, now=TODAY)
    assert mastery.state is plainly_decided(ratings)


@given(records(of=(ORDINARY,)), st.data())
def test_drafts_never_change_mastery(ratings: list[Rating], data: st.DataObject) -> None:
    corrected = {each.supersedes for each in ratings}
    ends: list[str | None] = [each.id for each in ratings if each.id not in corrected]
    draft = rating(
        "draft",
        data.draw(st.integers(1, 4)),
        day=data.draw(st.integers(0, 9)),
        released=False,
        supersedes=data.draw(st.sampled_from([None, *ends])),
    )
    assert decided(in_force([*ratings, draft])) == decided(in_force(ratings))


@given(
    records(of=(ORDINARY,)).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made)))
)
def test_the_order_of_the_record_does_not_change_mastery(
    orders: tuple[list[Rating], list[Rating]],
) -> None:
    kept, shuffled = orders
    assert decided(in_force(shuffled)) == decided(in_force(kept))


@given(st.lists(st.integers(1, 4), max_size=6), st.integers(1, 4), st.integers(0, 5))
def test_a_superseded_rating_never_counts(levels: list[int], wrong: int, place: int) -> None:
    right = given_levels(*levels)
    if not right:
        return
    corrected = right[place % len(right)]
    mistake = rating("mistake", wrong, day=place % len(right))
    correction = rating(
        corrected.id, corrected.performance_level, day=place % len(right), supersedes="mistake"
    )
    kept = [mistake, *(correction if each == corrected else each for each in right)]
    plain = decided(in_force(right))
    counted = decided(in_force(kept))
    assert (counted.state, counted.count) == (plain.state, plain.count)


@given(st.lists(st.integers(1, 4), max_size=6))
def test_a_better_newest_rating_never_turns_mastered_into_something_less(
    levels: list[int],
) -> None:
    before = decided(given_levels(*levels, 3)).state
    after = decided(given_levels(*levels, 4)).state
    assert after is before


@given(st.lists(st.integers(1, 4), min_size=3), st.lists(st.integers(1, 4)))
def test_what_lies_before_the_window_changes_the_count_only(
    recent: list[int], old: list[int]
) -> None:
    long, short = decided(given_levels(*old, *recent)), decided(given_levels(*recent))
    assert long.state is short.state
    assert long.count == short.count + len(old)
