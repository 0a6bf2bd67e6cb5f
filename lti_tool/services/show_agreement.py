"""How far raters agree, per requirement code, from second marking alone: neither rater of a pair
knew what the other gave. In one course for its teachers, in a school for its registrars.

Not here: the figures (``lti_tool.domain.agreement``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lti_tool.catalogue import Catalogue
from lti_tool.domain.agreement import Agreement, Pair, agreement, drift, share_within
from lti_tool.domain.second_marking import Comparison
from lti_tool.domain.standard import Level, Requirement, RequirementKey, Standard
from lti_tool.persistence import people, second_markings
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

SEED = 1
"""What the resamples of every interval are drawn by: the same pairs always show the same one."""


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """One requirement, and how far its raters agree."""

    requirement: Requirement
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class RaterDrift:
    """How many performance levels a rater is above (or, negative, below) the others with whom they
    made ``pairs``, on average."""

    rater: Account
    pairs: int
    levels: Fraction


@dataclass(frozen=True, slots=True)
class Choice:
    """A standard and level that has pairs."""

    standard: Standard
    level: Level
    pairs: int


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """The agreement on one level of one standard; ``choices`` are all that have pairs.

    ``chosen`` is None where nothing was marked a second time yet. ``marked`` of ``handed_in`` works
    were, whatever the level. ``codes`` are in the standard's order, those with a pair only.
    """

    choices: tuple[Choice, ...]
    chosen: Choice | None
    marked: int
    handed_in: int
    exact: Fraction | None
    adjacent: Fraction | None
    open_differences: int
    codes: tuple[CodeAgreement, ...]
    raters: tuple[RaterDrift, ...]

    @property
    def share(self) -> Fraction | None:
        """The share of works marked a second time, None before any was handed in."""
        return Fraction(self.marked, self.handed_in) if self.handed_in else None


def agreement_in_course(
    session: Session,
    catalogue: Catalogue,
    course_id: int,
    *,
    standard_id: str | None,
    level: str | None,
) -> AgreementShown:
    """The agreement of a course's raters on a level; None: the one with the most pairs. What makes
    no sense is passed over."""
    return _shown(
        session,
        catalogue,
        second_markings.comparisons_of_course(session, course_id),
        second_markings.works_in_course(session, course_id),
        lambda each: standard_id in {None, each.standard.id} and level in {None, each.level.key},
    )


def agreement_in_school(
    session: Session, catalogue: Catalogue, school_id: int, standard_id: str, *, level: str | None
) -> AgreementShown:
    """The agreement of a school's raters on a level of a standard; None: the one with the most
    pairs. Raises UnknownStandardError."""
    standard = catalogue.find(standard_id).standard
    return _shown(
        session,
        catalogue,
        second_markings.comparisons_of_school(session, school_id, standard.id),
        second_markings.works_in_school(session, school_id, standard.id),
        lambda each: level in {None, each.level.key},
    )


def _shown(
    session: Session,
    catalogue: Catalogue,
    compared: Sequence[Comparison],
    handed_in: int,
    wanted: Callable[[Choice], bool],
) -> AgreementShown:
    choices = _choices(catalogue, compared)
    asked = [each for each in choices if wanted(each)] or choices
    chosen = max(asked, key=lambda each: each.pairs, default=None)
    here = [each for each in compared if chosen is not None and _belongs(each, chosen)]
    pairs = [(each.first_level, each.second_level) for each in here]
    return AgreementShown(
        choices=choices,
        chosen=chosen,
        marked=len({each.submission_id for each in compared}),
        handed_in=handed_in,
        exact=share_within(pairs, 0),
        adjacent=share_within(pairs, 1),
        open_differences=sum(each.is_open for each in here),
        codes=_codes(chosen, here) if chosen else (),
        raters=_raters(session, here),
    )


def _choices(catalogue: Catalogue, compared: Iterable[Comparison]) -> tuple[Choice, ...]:
    """The standards and levels with pairs, of installed standards, in their order."""
    counted: dict[tuple[str, str], int] = {}
    for each in compared:
        key = each.standard_id, each.requirement.level
        counted[key] = counted.get(key, 0) + 1
    found = (catalogue.installed(standard_id) for standard_id, _ in dict.fromkeys(counted))
    standards = {each.standard.id: each.standard for each in found if each is not None}
    return tuple(
        Choice(standard, level, counted[standard.id, level.key])
        for standard in standards.values()
        for level in standard.levels
        if (standard.id, level.key) in counted
    )


def _belongs(comparison: Comparison, chosen: Choice) -> bool:
    key = comparison.standard_id, comparison.requirement.level
    return key == (chosen.standard.id, chosen.level.key)


def _codes(chosen: Choice, compared: Iterable[Comparison]) -> tuple[CodeAgreement, ...]:
    pairs: dict[RequirementKey, list[Pair]] = {}
    for each in compared:
        pairs.setdefault(each.requirement, []).append((each.first_level, each.second_level))
    return tuple(
        CodeAgreement(each, agreement(pairs[each.key], seed=SEED))
        for each in chosen.level.requirements
        if each.key in pairs
    )


def _raters(session: Session, compared: Iterable[Comparison]) -> tuple[RaterDrift, ...]:
    """Who is furthest from the others first."""
    own = _by_rater(compared)
    known = people.accounts(session, own.keys())
    told = drift(own)
    found = [RaterDrift(known[each], len(own[each]), levels) for each, levels in told.items()]
    return tuple(sorted(found, key=lambda each: (-abs(each.levels), each.rater.label)))


def _by_rater(compared: Iterable[Comparison]) -> Mapping[int, Sequence[Pair]]:
    found: dict[int, list[Pair]] = {}
    for each in compared:
        first, second = each.first_level, each.second_level
        found.setdefault(each.first_rater_id, []).append((first, second))
        found.setdefault(each.second_rater_id, []).append((second, first))
    return found
