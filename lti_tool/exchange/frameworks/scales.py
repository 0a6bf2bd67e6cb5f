"""The performance levels of a rubric in formats that have no place for all of them.

Not here: the words of each level for one requirement (``facts``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import Text

from .facts import Fact, Facts, first, records

Scale = tuple[tuple[PerformanceLevel, ...], int]
"""The performance levels, lowest first, and the cut."""
MOST = 20
PASS = 60
"""Percent: where a file names no cut, the lowest level that reaches it is proposed."""


def read_scale(facts: Facts) -> Scale | None:
    """The levels and the cut that the facts say; None where they are incomplete."""
    levels = []
    for each in records(facts, "scale"):
        number, percent = first(each, "scale"), first(each, "scale_percent")
        name = first(each, "scale_name")
        if not (_is_number(number) and _is_number(percent) and name):
            return None
        levels.append(
            PerformanceLevel(
                int(number), Text(name, first(each, "scale_name:en") or None), int(percent)
            )
        )
    cut = first(facts, "cut")
    sound = _rises(levels) and _is_number(cut) and 1 < int(cut) <= len(levels)
    return (tuple(levels), int(cut)) if sound else None


def scale_of(ratings: Iterable[tuple[float, str]], mastery: float | None) -> Scale | None:
    """The levels of ratings (points and name, in any order) and the cut at ``mastery`` points, or
    the one proposed. None where they do not make a scale."""
    ordered = sorted(ratings)
    top = ordered[-1][0] if ordered else 0
    if top <= 0 or ordered[0][0] < 0:
        return None
    levels = [
        PerformanceLevel(number, Text(name or str(number)), round(100 * points / top))
        for number, (points, name) in enumerate(ordered, 1)
    ]
    least = PASS if mastery is None else 100 * mastery / top
    reached = [each.number for each in levels if each.percent >= round(least)]
    if not _rises(levels) or not reached or reached[0] == 1:
        return None
    return tuple(levels), reached[0]


def descriptors(
    ratings: Sequence[tuple[float, str, str]], scale: Scale | None, top: float | None
) -> Iterator[Fact]:
    """The words of ratings (points, name, words) as facts by performance level; none where nobody
    wrote any. ``top`` is the points of 100 percent, None where they are those of the best."""
    best = top or max((points for points, _, _ in ratings), default=0)
    numbers: Mapping[int, int] = {one.percent: one.number for one in scale[0]} if scale else {}
    written_out = any(words for _, _, words in ratings)
    for points, name, words in ratings if written_out and best else ():
        number = numbers.get(round(100 * points / best))
        if number is not None and (words or name):
            yield str(number), words or name


def _rises(levels: Sequence[PerformanceLevel]) -> bool:
    if not 2 <= len(levels) <= MOST or levels[-1].percent > 100:
        return False
    numbered = [each.number for each in levels] == list(range(1, len(levels) + 1))
    return numbered and all(one.percent < other.percent for one, other in pairwise(levels))


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdecimal() and len(words) < 4
