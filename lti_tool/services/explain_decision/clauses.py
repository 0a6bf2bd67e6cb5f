"""The rule of a level, clause by clause, and how far each is met."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.domain.attainment import Decision, DecisionKind, GapReason
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import Level

from .requirements import AreaShown
from .subject import Subject


class ClauseKind(StrEnum):
    """The clauses of the rule, in the order they are shown."""

    MASTERY = "mastery"
    """n of the last m ratings reach the cut; counts mastered requirements, decides nothing."""
    CRITICAL = "critical"
    """Every critical requirement is mastered."""
    AREA = "area"
    """Each work area reaches its cut; counts areas."""
    TOTAL = "total"
    """The weighted totals, each part and each whole, reach their minimum; counts them."""
    CREDIT = "credit"
    """A mastered requirement counts for those it continues; counts these, decides nothing."""
    RED_LINE = "red_line"
    """No breach of a red line stands; counts breaches."""
    REVIEW = "review"
    """No rating is under review; counts those that are."""
    LOWER = "lower"
    """Nothing of the lower levels is missing; counts lower levels."""
    LOST = "lost"
    """Every requirement lost in source is waived; counts the waived."""
    SIGN_OFF = "sign_off"
    """A registrar signed off."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and how far it is met. ``met`` is None where the clause alone decides nothing."""

    kind: ClauseKind
    met: bool | None
    done: int = 0
    total: int = 0
    names: tuple[tuple[Level | None, str], ...] = ()
    """The codes it speaks of, each with its level where two levels meet."""


def clauses_of(
    subject: Subject, areas: Sequence[AreaShown], last: Decision | None
) -> Iterator[Clause]:
    """The clauses in order; on red lines, reviews and lost texts only where there are any."""
    attainment = subject.attainment
    yield Clause(ClauseKind.MASTERY, None, attainment.mastered, attainment.total)
    yield _critical(subject)
    reached = sum(each.mastered >= each.needed for each in attainment.areas)
    total = len(attainment.areas)
    yield Clause(ClauseKind.AREA, reached == total, reached, total)
    if attainment.totals:
        enough = sum(each.earned >= each.minimum for each in attainment.totals)
        asked = len(attainment.totals)
        yield Clause(ClauseKind.TOTAL, enough == asked, enough, asked)
    if subject.rules.rule.downward_credit:
        yield Clause(ClauseKind.CREDIT, None, len(attainment.credited))
    yield from _red_lines(subject, areas)
    yield from _reviews(subject, areas)
    lower = [gap for gap in attainment.gaps if gap.level != subject.level.key]
    yield Clause(ClauseKind.LOWER, not lower, len(lower), len(subject.levels) - 1)
    yield from _lost(subject, areas)
    in_force = last is not None and last.kind is DecisionKind.SIGN_OFF
    yield Clause(ClauseKind.SIGN_OFF, in_force)


def _critical(subject: Subject) -> Clause:
    keys = tuple(subject.critical)
    got = sum(subject.state_of(key) is MasteryState.MASTERED for key in keys)
    names = tuple(subject.name(key) for key in keys)
    return Clause(ClauseKind.CRITICAL, got == len(keys), got, len(keys), names)


def _red_lines(subject: Subject, areas: Iterable[AreaShown]) -> Iterator[Clause]:
    broken = MasteryState.RED_LINE
    found = [
        each
        for area in areas
        for each in area.requirements
        if each.red_line or each.mastery.state is broken
    ]
    if found:
        breaches = sum(each.mastery.state is broken for each in found)
        names = tuple(subject.name(each.requirement.key) for each in found)
        yield Clause(ClauseKind.RED_LINE, not breaches, breaches, len(found), names)


def _reviews(subject: Subject, areas: Iterable[AreaShown]) -> Iterator[Clause]:
    state = MasteryState.UNDER_REVIEW
    found = [each for area in areas for each in area.requirements if each.mastery.state is state]
    if found:
        names = tuple(subject.name(each.requirement.key) for each in found)
        yield Clause(ClauseKind.REVIEW, met=False, done=len(found), total=len(found), names=names)


def _lost(subject: Subject, areas: Iterable[AreaShown]) -> Iterator[Clause]:
    found = [each for area in areas for each in area.requirements if each.lost]
    if found:
        blocks = any(gap.reason is GapReason.LOST for gap in subject.attainment.gaps)
        waived = sum(each.waiver is not None for each in found)
        names = tuple(subject.name(each.requirement.key) for each in found)
        yield Clause(ClauseKind.LOST, not blocks, waived, len(found), names)
