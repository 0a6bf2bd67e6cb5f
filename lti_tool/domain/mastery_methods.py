"""The formulas by which several ratings of one requirement become one value.

Values are percents (0 to 100) as the rubric gives them for a performance level, oldest
performance first, exact (``Fraction``) so that a value on the cut is never lost to rounding.
Not here: which ratings count and what the value means (``mastery``).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

TREND_MINIMUM = 3
"""A power law through fewer points says nothing: two always lie on a curve."""


class MasteryMethod(StrEnum):
    """How ratings, oldest first, decide mastery."""

    N_OF_M = "n_of_m"
    """At least n of the last m reach the cut. It has no value of its own. Source: the
    shipped rule; compare Canvas n_mastery, which means the scores at or above mastery."""
    LATEST = "latest"
    """The newest: s_n. Source: Canvas ``latest``."""
    HIGHEST = "highest"
    """The best: max(s). Source: Canvas ``highest``."""
    MEAN = "mean"
    """The arithmetic mean: (s_1 + … + s_n) / n. Source: Canvas ``average``."""
    WEIGHTED = "weighted"
    """w·s_n + (1 − w)·mean(s_1 … s_n−1); the only score alone is itself. Source: Canvas
    ``decaying_average`` of old (1 to 5 at 65 percent: 4.125)."""
    DECAYING = "decaying"
    """d = s_1, then d = d·(1 − r) + s·r for each later score. Source: Canvas
    ``standard_decaying_average`` (1 to 5 at 65 percent: 4.4696)."""


def weighted(values: Sequence[Fraction], weight: Fraction) -> Fraction:
    """See ``MasteryMethod.WEIGHTED``. ``weight`` of the newest is between 0 and 1."""
    *earlier, last = values
    return weight * last + (1 - weight) * mean(earlier) if earlier else last


def decaying(values: Sequence[Fraction], rate: Fraction) -> Fraction:
    """See ``MasteryMethod.DECAYING``. ``rate`` of each newer score is between 0 and 1."""
    value, *later = values
    for each in later:
        value = value * (1 - rate) + each * rate
    return value


def mean(values: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean of one value or more."""
    return sum(values, Fraction()) / len(values)


_FORMULAS: Mapping[MasteryMethod, Callable[[Sequence[Fraction], Fraction], Fraction]] = {
    MasteryMethod.LATEST: lambda values, _: values[-1],
    MasteryMethod.HIGHEST: lambda values, _: max(values),
    MasteryMethod.MEAN: lambda values, _: mean(values),
    MasteryMethod.WEIGHTED: weighted,
    MasteryMethod.DECAYING: decaying,
}


def value_of(method: MasteryMethod, values: Sequence[Fraction], rate: int) -> Fraction | None:
    """The value of the scores, of which there is at least one, under a method.

    ``rate`` is the percent (1 to 99) by which the newest score counts, for the two methods that
    ask for it. None for n of m, which counts and does not average.
    """
    formula = _FORMULAS.get(method)
    return formula(values, Fraction(rate, 100)) if formula else None


def power_law(levels: Sequence[int]) -> float | None:
    """The standing after the newest performance by a power law of learning; for display only.

    ``levels`` are performance level numbers (1 and up), oldest first. Fits
    log y = log a + b·log x through the attempts x = 1 … n by least squares and gives a·n^b.
    None under three attempts. Source: the estimate of a "true score" in R. J. Marzano,
    Transforming Classroom Grading (2000).
    """
    if len(levels) < TREND_MINIMUM:
        return None
    xs = [math.log(number) for number in range(1, len(levels) + 1)]
    ys = [math.log(level) for level in levels]
    middle_x, middle_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    spread = math.fsum((x - middle_x) ** 2 for x in xs)
    slope = math.fsum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
    return math.exp(middle_y + slope * (xs[-1] - middle_x))
