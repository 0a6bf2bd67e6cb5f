"""The weighted total of a level, where its rule asks for one, and the points still missing.

Points are earned so far: a requirement without evidence has earned none yet, which is not a
mark of zero. Not here: the other conditions of a level (``level_rule``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .attainment import Gap, GapReason, TotalStanding
from .mapping import EquivalenceClasses, TotalPart, TotalRule
from .standard import RequirementKey

Points = Mapping[RequirementKey, Fraction]
"""Percent (0 to 100) earned by class representative; a missing one has earned nothing yet."""

FULL = Fraction(100)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part with its classes, each once, those that cannot be judged left out."""

    part: TotalPart
    keys: tuple[RequirementKey, ...]

    def earned(self, points: Points) -> Fraction:
        if not self.keys:
            return FULL
        return sum((points.get(key, Fraction()) for key in self.keys), Fraction()) / len(self.keys)

    def gain(self, key: RequirementKey, points: Points) -> Fraction:
        """What full points in this requirement add to the part."""
        return (FULL - points.get(key, Fraction())) / len(self.keys)


@dataclass(frozen=True, slots=True)
class WeightedTotal:
    """The total of one level, ready to be evaluated for any learner."""

    level: str
    minimum: int
    parts: tuple[_Part, ...]

    def standings(self, points: Points) -> Iterator[TotalStanding]:
        """Its parts in order, then the total."""
        for each in self.parts:
            part, earned = each.part, each.earned(points)
            yield TotalStanding(self.level, earned, part.minimum, part.name, part.weight)
        yield TotalStanding(self.level, self._earned(points), self.minimum)

    def gaps(self, points: Points) -> Iterator[Gap]:
        """The parts below their minimum, then what the total needs beyond them; each the fewest
        requirements that could bring the points, those with most to gain first."""
        for each in self.parts:
            gains = {key: each.gain(key, points) for key in each.keys}
            missing = each.part.minimum - each.earned(points)
            gap = self._gap(GapReason.PART, gains, missing, each.part)
            if gap is not None:
                yield gap
                points = {**points, **dict.fromkeys(gap.options[: gap.needed], FULL)}
        gap = self._gap(GapReason.TOTAL, self._gains(points), self.minimum - self._earned(points))
        if gap is not None:
            yield gap

    def _earned(self, points: Points) -> Fraction:
        shares = (each.earned(points) * each.part.weight for each in self.parts)
        return sum(shares, Fraction()) / 100

    def _gains(self, points: Points) -> Mapping[RequirementKey, Fraction]:
        found: dict[RequirementKey, Fraction] = {}
        for each in self.parts:
            for key in each.keys:
                gain = each.gain(key, points) * each.part.weight / 100
                found[key] = found.get(key, Fraction()) + gain
        return found

    def _gap(
        self,
        reason: GapReason,
        gains: Mapping[RequirementKey, Fraction],
        missing: Fraction,
        part: TotalPart | None = None,
    ) -> Gap | None:
        if missing <= 0:
            return None
        options = tuple(sorted((key for key in gains if gains[key]), key=lambda key: -gains[key]))
        needed = _fewest([gains[key] for key in options], missing)
        return Gap(reason, self.level, "", options, needed, part.name if part else None)


def weighted_total(
    level: str, rule: TotalRule, classes: EquivalenceClasses, judged: Iterable[RequirementKey]
) -> WeightedTotal:
    """The total of a level over the classes that can be ``judged``, by representative."""
    known = frozenset(judged)
    parts = tuple(_Part(each, _keys(each, classes, known)) for each in rule.parts)
    return WeightedTotal(level, rule.minimum, parts)


def _keys(
    part: TotalPart, classes: EquivalenceClasses, judged: frozenset[RequirementKey]
) -> tuple[RequirementKey, ...]:
    representatives = (classes.class_of(each).key for each in part.requirements)
    return tuple(dict.fromkeys(key for key in representatives if key in judged))


def _fewest(gains: Sequence[Fraction], missing: Fraction) -> int:
    """How many of the gains, largest first, make up what is missing."""
    got, count = Fraction(), 0
    while got < missing and count < len(gains):
        got += gains[count]
        count += 1
    return count
