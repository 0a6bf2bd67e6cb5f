"""How far two raters of the same work agree: shares, weighted kappa, Krippendorff's alpha.

Only for pairs where neither rater knew what the other gave; a correction is no second opinion.
Each figure with its source. Not here: which ratings make a pair (``lti_tool.services``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from math import lcm
from random import Random

ENOUGH_PAIRS = 30
"""Below this the figures say little and no coefficient is shown."""
RESAMPLES = 1000
CERTAINTY = 95
"""Percent of the resamples that lie within an interval."""

Pair = tuple[int, int]
"""The performance level that the first and the second rater gave to one requirement."""
Coefficient = Callable[[Mapping[Pair, int]], Fraction | None]
"""A figure from how often each pair of levels was given; None where nothing differs."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a coefficient lies in the middle ``CERTAINTY`` percent of the resamples."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the raters of one requirement agree, over ``pairs``.

    ``exact`` and ``adjacent`` (at most one level apart) are shares from 0 to 1, None without a
    pair. The coefficients are None with too few pairs, and where every rating is the same: then
    there is nothing to tell apart and no chance to correct for. So are their intervals.
    """

    pairs: int
    exact: Fraction | None
    adjacent: Fraction | None
    kappa: Fraction | None = None
    kappa_interval: Interval | None = None
    alpha: Fraction | None = None
    alpha_interval: Interval | None = None

    @property
    def is_enough(self) -> bool:
        return self.pairs >= ENOUGH_PAIRS


def agreement(pairs: Sequence[Pair], *, seed: int) -> Agreement:
    """All figures; the same pairs, in whatever order, and seed give the same intervals."""
    ordered = sorted(pairs)
    told = Agreement(len(ordered), share_within(ordered, 0), share_within(ordered, 1))
    if not told.is_enough:
        return told
    kappa, alpha = _intervals(tuple(ordered), seed)
    return replace(
        told,
        kappa=quadratic_kappa(ordered),
        kappa_interval=kappa,
        alpha=ordinal_alpha(ordered),
        alpha_interval=alpha,
    )


@lru_cache(maxsize=512)
def _intervals(pairs: tuple[Pair, ...], seed: int) -> Sequence[Interval | None]:
    """Kept, since a page of many codes is opened again and again between two new pairs."""
    return bootstrap(pairs, (_kappa, _alpha_of_pairs), seed=seed)


def share_within(pairs: Sequence[Pair], levels: int) -> Fraction | None:
    """The share of pairs at most so many performance levels apart; None without a pair."""
    if not pairs:
        return None
    return Fraction(sum(abs(one - other) <= levels for one, other in pairs), len(pairs))


def quadratic_kappa(pairs: Sequence[Pair]) -> Fraction | None:
    """Weighted kappa with quadratic weights (J. Cohen, Psychological Bulletin 70, 1968): one less
    the mean squared distance within pairs over that between all first and all second ratings.

    None where no distance can be expected: all raters gave one and the same level, or no pair.
    """
    return _kappa(Counter(pairs))


def _kappa(met: Mapping[Pair, int]) -> Fraction | None:
    firsts: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    for (one, two), times in met.items():
        firsts[one] += times
        seconds[two] += times
    expected = sum(
        times * often * (one - two) ** 2
        for one, times in firsts.items()
        for two, often in seconds.items()
    )
    if not expected:
        return None
    observed = sum(times * (one - two) ** 2 for (one, two), times in met.items())
    return 1 - Fraction(observed * firsts.total(), expected)


def ordinal_alpha(units: Iterable[Sequence[int]]) -> Fraction | None:
    """Krippendorff's alpha for ordinal data (K. Krippendorff, Computing Krippendorff's
    Alpha-Reliability, 2011): one less observed over expected disagreement.

    ``units`` are the levels given to one thing each, by any number of raters; one that only one
    rater judged says nothing. None where nothing differs, or nothing can be compared.
    """
    counted = Counter(tuple(sorted(each)) for each in units if len(each) > 1)
    scale = lcm(*(len(each) - 1 for each in counted))
    return _alpha(_coincidences(counted, scale), scale)


def _alpha_of_pairs(met: Mapping[Pair, int]) -> Fraction | None:
    """Alpha where each thing was judged by two."""
    found: Counter[Pair] = Counter()
    for (one, two), times in met.items():
        found[one, two] += times
        found[two, one] += times
    return _alpha(found, 1)


def _alpha(coincidences: Counter[Pair], scale: int) -> Fraction | None:
    """One less observed over expected disagreement, each value weighing ``scale``."""
    totals = _totals(coincidences)
    far = _distances(totals)
    expected = sum(totals[one] * totals[two] * apart for (one, two), apart in far.items())
    if not expected:
        return None
    observed = sum(times * far[both] for both, times in coincidences.items())
    return 1 - Fraction((totals.total() - scale) * observed, expected)


def _coincidences(units: Mapping[tuple[int, ...], int], scale: int) -> Counter[Pair]:
    """How often two levels meet in a unit, both ways round: each value of a unit weighs ``scale``,
    which makes every weight a whole number."""
    found: Counter[Pair] = Counter()
    for unit, times in units.items():
        for both in permutations(unit, 2):
            found[both] += times * scale // (len(unit) - 1)
    return found


def _totals(coincidences: Counter[Pair]) -> Counter[int]:
    """How many values of each level there are among the units that can be compared."""
    found: Counter[int] = Counter()
    for (level, _), times in coincidences.items():
        found[level] += times
    return found


def _distances(totals: Counter[int]) -> Mapping[Pair, int]:
    """The squared ordinal distance of any two levels, times four: how many values lie from one to
    the other, the two themselves counted half."""
    middle: dict[int, int] = {}
    below = 0
    for level, times in sorted(totals.items()):
        middle[level] = 2 * below + times
        below += times
    return {(one, two): (middle[one] - middle[two]) ** 2 for one in middle for two in middle}


def drift(pairs_by_rater: Mapping[int, Sequence[Pair]]) -> Mapping[int, Fraction]:
    """By rater, how many performance levels above (or, negative, below) the other rater they are
    on average; ``pairs_by_rater`` has the rater's own level first. Without a pair: missing."""
    return {
        rater: Fraction(sum(own - other for own, other in pairs), len(pairs))
        for rater, pairs in pairs_by_rater.items()
        if pairs
    }


def bootstrap(
    pairs: Sequence[Pair],
    coefficients: Sequence[Coefficient],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Sequence[Interval | None]:
    """The percentile interval of each coefficient (B. Efron, Annals of Statistics 7, 1979) from
    the same pairs drawn with replacement; a draw without any difference is passed over. None
    where all are. ``pairs`` are not empty."""
    luck = Random(seed)  # noqa: S311 - resampling, which shall come out the same again
    drawn = [Counter(luck.choices(pairs, k=len(pairs))) for _ in range(resamples)]
    return [_middle(map(each, drawn)) for each in coefficients]


def _middle(found: Iterable[Fraction | None]) -> Interval | None:
    ordered = sorted((each for each in found if each is not None), key=float)
    if not ordered:
        return None
    tail = len(ordered) * (100 - CERTAINTY) // 200
    return Interval(ordered[tail], ordered[-1 - tail])
