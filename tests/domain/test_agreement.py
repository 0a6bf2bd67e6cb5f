"""Agreement between raters: published worked examples, and what holds for any pairs."""

from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.agreement import (
    ENOUGH_PAIRS,
    Pair,
    agreement,
    drift,
    ordinal_alpha,
    quadratic_kappa,
    share_within,
)

LEVELS = st.integers(1, 4)
PAIRS = st.lists(st.tuples(LEVELS, LEVELS), min_size=1, max_size=60)

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers,
# twelve units, 0 where one gave nothing.
FOUR_OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)


def repeated(table: dict[Pair, int]) -> list[Pair]:
    return list(chain.from_iterable([pair] * times for pair, times in table.items()))


def test_ordinal_alpha_is_that_of_the_published_example() -> None:
    units = [[each for each in unit if each] for unit in zip(*FOUR_OBSERVERS, strict=True)]

    alpha = ordinal_alpha(units)

    assert alpha is not None
    assert float(alpha) == pytest.approx(0.815, abs=0.0005)


def test_quadratic_kappa_is_that_of_a_known_table() -> None:
    """The table that scikit-learn tests its own weights with: 0.9541 with quadratic ones."""
    first, second = [0] * 46 + [1] * 44 + [2] * 10, [0] * 50 + [1] * 40 + [2] * 10

    kappa = quadratic_kappa(list(zip(first, second, strict=True)))

    assert kappa is not None
    assert float(kappa) == pytest.approx(0.9541, abs=0.00005)


@given(PAIRS)
def test_quadratic_kappa_is_the_concordance_of_both_raters(pairs: list[Pair]) -> None:
    """The identity of J. Fleiss and J. Cohen (1973) with moments of the population: twice the
    covariance over both variances and the squared difference of the means."""
    count = len(pairs)
    first, second = (Fraction(sum(each), count) for each in zip(*pairs, strict=True))
    together = sum((one - first) * (two - second) for one, two in pairs) / count
    spread = sum((one - first) ** 2 + (two - second) ** 2 for one, two in pairs) / count
    below = spread + (first - second) ** 2

    assert quadratic_kappa(pairs) == (2 * together / below if below else None)


@given(PAIRS)
def test_alpha_is_the_same_by_its_definition_over_single_values(pairs: list[Pair]) -> None:
    """Without coincidences: mean distance within pairs over that between any two values."""
    values = list(chain.from_iterable(pairs))

    def distance(one: int, two: int) -> Fraction:
        low, high = min(one, two), max(one, two)
        return (
            sum(low <= each <= high for each in values)
            - Fraction(values.count(low) + values.count(high), 2)
        ) ** 2

    within = Fraction(sum(distance(*pair) for pair in pairs), len(pairs))
    every = [
        distance(one, two)
        for place, one in enumerate(values)
        for other, two in enumerate(values)
        if place != other
    ]
    expected = Fraction(sum(every), len(every))

    assert ordinal_alpha(pairs) == (1 - within / expected if expected else None)


@given(PAIRS)
def test_both_are_one_exactly_when_all_agree_and_something_differs(pairs: list[Pair]) -> None:
    agreeing = [(one, one) for one, _ in pairs]
    differs = len({one for one, _ in pairs}) > 1

    assert quadratic_kappa(agreeing) == (1 if differs else None)
    assert ordinal_alpha(agreeing) == (1 if differs else None)


@given(PAIRS)
def test_neither_depends_on_who_is_called_the_first(pairs: list[Pair]) -> None:
    turned = [(two, one) for one, two in pairs]

    assert quadratic_kappa(turned) == quadratic_kappa(pairs)
    assert ordinal_alpha(turned) == ordinal_alpha(pairs)


@given(PAIRS)
def test_exact_agreement_is_never_above_adjacent(pairs: list[Pair]) -> None:
    exact, adjacent = share_within(pairs, 0), share_within(pairs, 1)

    assert exact is not None
    assert adjacent is not None
    assert 0 <= exact <= adjacent <= 1


def test_fewer_than_thirty_pairs_are_told_to_be_too_few() -> None:
    pairs = repeated({(3, 3): 20, (2, 3): 9})

    few, enough = agreement(pairs, seed=1), agreement([*pairs, (4, 4)], seed=1)

    assert (few.is_enough, few.kappa, few.alpha, few.kappa_interval) == (False, None, None, None)
    assert few.exact == Fraction(20, 29)
    assert enough.pairs == ENOUGH_PAIRS
    assert enough.kappa is not None


def test_without_a_pair_there_is_no_share() -> None:
    told = agreement([], seed=1)

    assert (told.pairs, told.exact, told.adjacent) == (0, None, None)
    assert ordinal_alpha([[3], [2]]) is None


def test_the_same_pairs_in_another_order_give_the_same_intervals() -> None:
    pairs = repeated({(3, 3): 20, (2, 3): 9, (4, 3): 4, (1, 1): 3})

    told = agreement(pairs, seed=7)

    assert agreement(pairs[::-1], seed=7) == told
    assert told.kappa_interval is not None
    assert told.kappa is not None
    assert told.kappa_interval.low < told.kappa < told.kappa_interval.high
    assert told.alpha_interval is not None


def test_a_level_that_everybody_gets_leaves_nothing_to_tell_apart() -> None:
    told = agreement([(3, 3)] * 40, seed=1)

    assert told.exact == 1
    assert (told.kappa, told.kappa_interval, told.alpha) == (None, None, None)


def test_a_rater_drifts_by_as_many_levels_as_they_are_above_the_other() -> None:
    told = drift({7: [(4, 3), (3, 3)], 8: [(2, 3), (1, 3)], 9: []})

    assert told == {7: Fraction(1, 2), 8: Fraction(-3, 2)}
