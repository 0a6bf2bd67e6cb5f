"""Mastery of one requirement by one learner, from the released ratings of its class.

Not here: the formulas (``mastery_methods``) and what mastery means for a level (``attainment``).
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from .mapping import MasteryRule
from .mastery_methods import MasteryMethod, mean, value_of
from .rating import Rating
from .rubric import Rubric, Rubrics
from .standard import RequirementKey


class MasteryState(StrEnum):
    """Where a learner stands on one requirement (equivalence class)."""

    NO_EVIDENCE = "no_evidence"
    """Nothing was rated and released. Never the same as zero."""
    INSUFFICIENT = "insufficient"
    """Fewer ratings, or by fewer raters, than the rule needs to decide."""
    BELOW = "below"
    """Enough ratings, and they fall short of the cut."""
    MASTERED = "mastered"
    """The ratings reach the cut as the rule asks."""
    RED_LINE = "red_line"
    """A proven breach of a red line is among the ratings that decide."""
    EXPIRED = "expired"
    """It was mastered but for ratings that no longer count, being too old; or all are."""
    UNDER_REVIEW = "under_review"
    """A rating is being reviewed (成绩复核): nothing is decided until that is answered."""


WORTHLESS = frozenset({MasteryState.RED_LINE, MasteryState.EXPIRED, MasteryState.UNDER_REVIEW})
"""States that earn nothing towards a weighted total."""


@dataclass(frozen=True, slots=True)
class Mastery:
    """The state, and the ratings (oldest first) it rests on; empty without evidence."""

    requirement: RequirementKey
    """The class's representative, its member of the lowest level."""
    state: MasteryState
    ratings: tuple[Rating, ...] = ()
    """Those that decide: of an expired one also those too old to count."""
    count: int = 0
    """All ratings in force for the class."""
    value: Fraction | None = None
    """Percent (0 to 100) under a method that has one, from the ratings that still count."""
    points: Fraction = Fraction()
    """Percent (0 to 100) towards a weighted total: ``value``, or under n of m the mean of the
    ratings that decide; 0 where nothing counts, is under review, or a red line is broken."""
    until: datetime | None = None
    """When the first of the ratings that decide grows too old; None: never, or all are."""

    @property
    def latest(self) -> Rating | None:
        """The newest rating that counts, None without evidence."""
        return self.ratings[-1] if self.ratings else None


def mastery_of(
    requirement: RequirementKey,
    ratings: Sequence[Rating],
    *,
    rule: MasteryRule,
    rubric: Rubrics,
    now: datetime,
    under_review: bool = False,
) -> Mastery:
    """Decide mastery from the ratings in force of one class, oldest performance first.

    A breach of a red line stands while it is among the ratings that decide (:func:`_deciding`),
    whatever else was given: one proven breach fails. A review freezes the requirement and
    nothing else. From the ratings of the result alone the same result follows at the same
    ``now``, so that a stored decision can be computed again. Each rating is read on the rubric it
    was given with; an average is held against the cut of the newest.
    """
    if not ratings:
        state = MasteryState.UNDER_REVIEW if under_review else MasteryState.NO_EVIDENCE
        return Mastery(requirement, state)
    lapse = [_lapses_at(each, rule) for each in ratings]
    fresh = [each for each, at in zip(ratings, lapse, strict=True) if at is None or now < at]
    state, decides = _decided(ratings, fresh, rule, rubric)
    state = MasteryState.UNDER_REVIEW if under_review else state
    counting = _deciding(fresh, rule)
    ends = [_lapses_at(each, rule) for each in decides if each in fresh]
    return Mastery(
        requirement,
        state,
        decides,
        len(ratings),
        _value(counting, rule, rubric),
        Fraction() if state in WORTHLESS else _points(counting, rule, rubric),
        min((at for at in ends if at is not None), default=None),
    )


def _decided(
    ratings: Sequence[Rating], fresh: Sequence[Rating], rule: MasteryRule, rubric: Rubrics
) -> tuple[MasteryState, tuple[Rating, ...]]:
    """The state, and the ratings it rests on."""
    decides = _deciding(fresh, rule)
    state = _state(decides, rule, rubric)
    if len(fresh) < len(ratings) and state not in {MasteryState.MASTERED, MasteryState.RED_LINE}:
        before = _deciding(ratings, rule)
        if not fresh or _state(before, rule, rubric) is MasteryState.MASTERED:
            return MasteryState.EXPIRED, before
    return state, decides


def _deciding(ratings: Sequence[Rating], rule: MasteryRule) -> tuple[Rating, ...]:
    """The last ``window`` under n of m, else all: what the method looks at."""
    last = rule.window if rule.method is MasteryMethod.N_OF_M else len(ratings)
    return tuple(ratings[-last:]) if ratings else ()


def _state(decides: Sequence[Rating], rule: MasteryRule, rubric: Rubrics) -> MasteryState:
    if any(_is_breach(each, rubric) for each in decides):
        return MasteryState.RED_LINE
    if len(decides) < rule.least or len(_raters(decides)) < rule.minimum_raters:
        return MasteryState.INSUFFICIENT
    reached = _reaches_the_cut(decides, rule, rubric)
    return MasteryState.MASTERED if reached else MasteryState.BELOW


def _raters(ratings: Iterable[Rating]) -> set[int]:
    """Everybody who judged, those who marked a second time included: what they gave is not counted
    again, since one performance is one piece of evidence."""
    both = ((each.rater_id, each.second_rater_id) for each in ratings)
    return {rater for pair in both for rater in pair if rater is not None}


def _reaches_the_cut(decides: Sequence[Rating], rule: MasteryRule, rubric: Rubrics) -> bool:
    value = _value(decides, rule, rubric)
    if value is None:
        reached = (each.performance_level >= _of(each, rubric).cut for each in decides)
        return sum(reached) >= rule.needed
    newest = _of(decides[-1], rubric)
    return value >= newest.percent(newest.cut)


def _value(decides: Sequence[Rating], rule: MasteryRule, rubric: Rubrics) -> Fraction | None:
    """Percents and not level numbers are averaged: the rubric says how far apart levels are."""
    if not decides:
        return None
    return value_of(rule.method, _percents(decides, rubric), rule.rate)


def _points(decides: Sequence[Rating], rule: MasteryRule, rubric: Rubrics) -> Fraction:
    value = _value(decides, rule, rubric)
    return mean(_percents(decides, rubric)) if value is None else value


def _percents(decides: Sequence[Rating], rubric: Rubrics) -> Sequence[Fraction]:
    return [Fraction(_of(each, rubric).percent(each.performance_level)) for each in decides]


def _of(rating: Rating, rubrics: Rubrics) -> Rubric:
    return rubrics.of(rating.assessment_id)


def _is_breach(rating: Rating, rubrics: Rubrics) -> bool:
    return _of(rating, rubrics).is_breach(rating.judged, rating.performance_level)


def _lapses_at(rating: Rating, rule: MasteryRule) -> datetime | None:
    """When a rating stops to count: the same day and time so many months on, or the last day of
    a month that is too short. None: never."""
    if rule.expires_months is None:
        return None
    years, month = divmod(rating.performed_at.month - 1 + rule.expires_months, 12)
    year = rating.performed_at.year + years
    day = min(rating.performed_at.day, calendar.monthrange(year, month + 1)[1])
    return rating.performed_at.replace(year=year, month=month + 1, day=day)
