"""Which ratings count: the newest released word of each chain of corrections."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.rating import Rating, in_force, latest
from tests.domain.builders import DAY_0, key, rating
from tests.domain.strategies import records


def names(ratings: Sequence[Rating]) -> list[str]:
    return [each.id for each in ratings]


# --- In force -------------------------------------------------------------------------------------


def test_without_ratings_none_is_in_force() -> None:
    assert in_force([]) == ()


def test_a_draft_is_not_in_force() -> None:
    assert in_force([rating(released=False)]) == ()


def test_a_released_correction_takes_the_place_of_what_it_corrects() -> None:
    first, correction = rating("first"), rating("correction", supersedes="first")
    assert in_force([first, correction]) == (correction,)


def test_a_draft_correction_leaves_the_released_rating_in_force() -> None:
    first, draft = rating("first"), rating("draft", supersedes="first", released=False)
    assert in_force([first, draft]) == (first,)


def test_a_release_also_retires_what_drafts_in_between_corrected() -> None:
    chain = [
        rating("first"),
        rating("draft", supersedes="first", released=False),
        rating("last", supersedes="draft"),
    ]
    assert names(in_force(chain)) == ["last"]


def test_a_correction_released_after_its_own_correction_does_not_come_back() -> None:
    early, late = rating("b", supersedes="a", day=1), rating("c", supersedes="b", day=2)
    released_last = replace(early, released_at=DAY_0 + timedelta(days=9))
    assert in_force([rating("a"), released_last, late]) == (late,)


def test_a_correction_of_a_rating_that_is_not_in_the_list_counts() -> None:
    assert names(in_force([rating("b", supersedes="elsewhere")])) == ["b"]


def test_ratings_in_force_run_by_when_the_work_was_done_not_when_it_was_judged() -> None:
    done_late_judged_early = replace(rating("late", day=5), rated_at=DAY_0)
    done_early_judged_late = replace(rating("early", day=1), rated_at=DAY_0 + timedelta(days=9))
    found = in_force([done_late_judged_early, done_early_judged_late])
    assert names(found) == ["early", "late"]


def test_of_work_done_at_one_time_what_was_judged_first_comes_first() -> None:
    second = replace(rating("a"), rated_at=DAY_0 + timedelta(hours=1))
    assert names(in_force([second, rating("b")])) == ["b", "a"]


@given(records(), st.randoms())
def test_the_order_of_the_list_does_not_change_what_is_in_force(
    ratings: list[Rating], random: Random
) -> None:
    shuffled = list(ratings)
    random.shuffle(shuffled)
    assert in_force(shuffled) == in_force(ratings)


@given(records())
def test_drafts_never_change_what_is_in_force(ratings: list[Rating]) -> None:
    corrected = {each.supersedes for each in ratings}
    drafts = [
        rating(f"draft of {each.id}", 1, of=each.requirement, released=False, supersedes=each.id)
        for each in ratings
        if each.id not in corrected
    ]
    assert in_force([rating("new", released=False), *ratings, *drafts]) == in_force(ratings)


@given(records())
def test_what_is_in_force_is_released_and_nothing_released_corrects_it(
    ratings: list[Rating],
) -> None:
    by_name = {each.id: each for each in ratings}
    counted = in_force(ratings)
    assert all(each.released_at is not None for each in counted)
    for each in ratings:
        earlier = each.supersedes
        while each.released_at is not None and earlier is not None:
            assert by_name[earlier] not in counted
            earlier = by_name[earlier].supersedes


@given(records())
def test_every_chain_with_a_release_has_exactly_one_rating_in_force(
    ratings: list[Rating],
) -> None:
    by_name = {each.id: each for each in ratings}

    def first(each: Rating) -> str:
        return each.id if each.supersedes is None else first(by_name[each.supersedes])

    released = {first(each) for each in ratings if each.released_at is not None}
    counted = [first(each) for each in in_force(ratings)]
    assert sorted(counted) == sorted(released)


@given(records())
def test_what_is_in_force_stays_so_when_asked_again(ratings: list[Rating]) -> None:
    assert in_force(in_force(ratings)) == in_force(ratings)


# --- The newest word ------------------------------------------------------------------------------


def test_the_newest_word_on_a_code_is_the_last_correction_even_a_draft() -> None:
    chain = [rating("a"), rating("b", supersedes="a", released=False)]
    assert {code: each.id for code, each in latest(chain).items()} == {"1.1.1": "b"}


def test_each_code_has_its_own_newest_word() -> None:
    other = rating("other", of=key("low/1.1.2"))
    assert set(latest([rating("a"), other])) == {"1.1.1", "1.1.2"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_words_on_a_code_the_later_counts_whatever_the_order(
    order: tuple[int, int],
) -> None:
    words = [rating("z", day=1), rating("a", day=2)]
    assert latest([words[n] for n in order])["1.1.1"].id == "a"
