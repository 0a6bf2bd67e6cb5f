"""Drawing with replacement from things of few kinds."""

from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.resampling import MOST_KINDS, resamples


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20), st.integers(0, 5))
def test_every_sample_is_as_large_as_what_it_is_drawn_from(times: list[int], seed: int) -> None:
    drawn = resamples(times, 3, seed=seed)

    assert [sum(each) for each in drawn] == [sum(times)] * 3
    assert drawn == resamples(times, 3, seed=seed)


def test_another_seed_draws_others() -> None:
    assert resamples([30, 30], 5, seed=1) != resamples([30, 30], 5, seed=2)


def test_only_one_kind_comes_out_always() -> None:
    assert resamples([7], 2, seed=1) == [[7], [7]]


@pytest.mark.parametrize("times", [(1, 2), (2, 1, 2), (3, 299)], ids=["3", "5", "302"])
def test_each_kind_comes_out_as_often_as_chance_has_it(times: tuple[int, ...]) -> None:
    """Held against the binomial distribution of the first kind, within four standard errors."""
    size, number = sum(times), 20_000
    share = times[0] / size
    found = Counter(each[0] for each in resamples(times, number, seed=3))

    for came in range(min(size, 8) + 1):
        likely = comb(size, came) * share**came * (1 - share) ** (size - came)
        assert found[came] / number == pytest.approx(likely, abs=4 * (likely / number) ** 0.5)


def test_more_kinds_than_a_byte_holds_are_drawn_one_by_one() -> None:
    times = [1] * (MOST_KINDS + 1)

    (drawn,) = resamples(times, 1, seed=1)

    assert sum(drawn) == len(times)
    assert len(drawn) == len(times)
