"""How far two raters of the same work agree: shares, weighted kappa, Krippendorff's alpha.

Only for pairs where neither rater knew what the other gave; a correction is no second opinion.
Each figure with its source. Not here: which ratings make a pair (``lti_tool.services``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain, combinations
from math import lcm
from operator import mul

from .resampling import resamples

ENOUGH_PAIRS = 30
"""Below this the figures say little and no coefficient is shown."""
RESAMPLES = 1000
CERTAINTY = 95
"""Percent of the resamples that lie within an interval."""

Pair = tuple[int, int]
"""The performance level that the first and the second rater gave to one requirement."""
Ratio = tuple[int, int]
"""A figure as numerator and denominator; nothing can be said where the latter is 0."""
Reckoning = Callable[[Sequence[int]], Ratio]
"""A figure from how often each kind of pair was given."""
Coefficient = Callable[[Sequence[Pair]], Reckoning]
"""How to reckon a figure from these kinds of pairs: asked once, used for every resample."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a coefficient lies in the middle ``CERTAINTY`` percent of the resamples."""

    low: float
    high: float


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
        """Whether there are enough pairs for the figures to say something."""
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
    """Of kappa and alpha. Kept, since a page of many codes is opened again and again between two
    new pairs."""
    return bootstrap(pairs, (_kappa, _alpha), seed=seed)


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
    return _figure(_kappa, Counter(pairs))


def _kappa(kinds: Sequence[Pair]) -> Reckoning:
    """The distance expected is that of every first from every second rating, multiplied out: so
    it takes sums over the pairs alone."""
    apart = [(one - two) ** 2 for one, two in kinds]
    squares = [one * one + two * two for one, two in kinds]
    firsts, seconds = ([pair[place] for pair in kinds] for place in (0, 1))

    def reckon(times: Sequence[int]) -> Ratio:
        number = sum(times)
        crossed = sum(map(mul, times, firsts)) * sum(map(mul, times, seconds))
        expected = number * sum(map(mul, times, squares)) - 2 * crossed
        return expected - number * sum(map(mul, times, apart)), expected

    return reckon


def ordinal_alpha(units: Iterable[Sequence[int]]) -> Fraction | None:
    """Krippendorff's alpha for ordinal data (K. Krippendorff, Computing Krippendorff's
    Alpha-Reliability, 2011): one less observed over expected disagreement.

    ``units`` are the levels given to one thing each, by any number of raters; one that only one
    rater judged says nothing. None where nothing differs, or nothing can be compared.
    """
    counted = Counter(tuple(sorted(each)) for each in units if len(each) > 1)
    scale = lcm(*(len(each) - 1 for each in counted))
    return _figure(partial(_alpha, scale=scale), _coincidences(counted, scale))


def _coincidences(units: Mapping[tuple[int, ...], int], scale: int) -> Counter[Pair]:
    """How often two levels meet in a unit: each value of a unit weighs ``scale``, which makes
    every weight a whole number."""
    found: Counter[Pair] = Counter()
    for unit, times in units.items():
        for both in combinations(unit, 2):
            found[both] += times * scale // (len(unit) - 1)
    return found


def _alpha(kinds: Sequence[Pair], scale: int = 1) -> Reckoning:
    """Each value weighs ``scale``. The distance of two levels is how many values lie from one to
    the other, the two themselves counted half; here doubled. That expected is multiplied out: the
    middles of all values add up to the square of their number."""
    place = {level: number for number, level in enumerate(sorted(set(chain(*kinds))))}
    both = [(place[one], place[two]) for one, two in kinds]
    differing = [(kind, one, two) for kind, (one, two) in enumerate(both) if one != two]

    def reckon(times: Sequence[int]) -> Ratio:
        totals = [0] * len(place)
        for (one, two), often in zip(both, times, strict=True):
            totals[one] += often
            totals[two] += often
        middles, spread = _middles(totals)
        number = sum(totals)
        expected = number * (spread - number**3)
        far = sum(times[kind] * (middles[one] - middles[two]) ** 2 for kind, one, two in differing)
        return expected - (number - scale) * far, expected

    return reckon


def _middles(totals: Sequence[int]) -> tuple[Sequence[int], int]:
    """Twice the place of the middle value of each level when all stand in a row, lowest first, and
    the sum of their squares over all values."""
    found: list[int] = []
    below = spread = 0
    for often in totals:
        found.append(2 * below + often)
        spread += often * found[-1] ** 2
        below += often
    return found, spread


def _figure(coefficient: Coefficient, met: Mapping[Pair, int]) -> Fraction | None:
    above, below = coefficient(tuple(met))(tuple(met.values()))
    return Fraction(above, below) if below else None


def drift(pairs_by_rater: Mapping[int, Sequence[Pair]]) -> Mapping[int, Fraction]:
    """By rater, how many performance levels above (or, negative, below) the other rater they are
    on average; ``pairs_by_rater`` has the rater's own level first. Without a pair: missing."""
    return {
        rater: Fraction(sum(own - other for own, other in pairs), len(pairs))
        for rater, pairs in pairs_by_rater.items()
        if pairs
    }


def bootstrap(
    pairs: Iterable[Pair],
    coefficients: Sequence[Coefficient],
    *,
    seed: int,
    number: int = RESAMPLES,
) -> Sequence[Interval | None]:
    """The percentile interval of each coefficient (B. Efron, Annals of Statistics 7, 1979) from
    the same pairs drawn with replacement; a draw without any difference is passed over. None
    where all are. The order of ``pairs`` does not matter."""
    met = sorted(Counter(pairs).items())
    drawn = resamples([times for _, times in met], number, seed=seed)
    kinds = [pair for pair, _ in met]
    return [_middle(map(each(kinds), drawn)) for each in coefficients]


def _middle(found: Iterable[Ratio]) -> Interval | None:
    ordered = sorted(above / below for above, below in found if below)
    if not ordered:
        return None
    tail = len(ordered) * (100 - CERTAINTY) // 200
    return Interval(ordered[tail], ordered[-1 - tail])
