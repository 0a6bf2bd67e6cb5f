"""Who attained which level, when and where: the outcomes of a whole school under one standard.

Not here: why (``explain_decision``). What was stored is shown; nothing is computed anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import AttainmentState, Decision
from lti_tool.domain.roll import Enrolment
from lti_tool.domain.standard import Level, Standard
from lti_tool.persistence import courses, outcomes, rolls, schools
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.outcomes import Found, Ledger, OutcomeFilter
from lti_tool.persistence.people import Account
from lti_tool.persistence.rolls import Places
from lti_tool.persistence.schools import School
from lti_tool.persistence.standings import Outcome

__all__ = [
    "LevelTotals",
    "OutcomeFilter",
    "OutcomeRow",
    "Outcomes",
    "show_outcomes",
]

PAGE_SIZE = 100
Counts = Mapping[tuple[str, AttainmentState], int]
"""By level and state."""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One learner and one level. ``last`` is the newest decision, None if there was none."""

    outcome: Outcome
    level: Level
    courses: tuple[Course, ...]
    last: Decision | None

    @property
    def learner(self) -> Account:
        return self.outcome.learner

    @property
    def state(self) -> AttainmentState:
        return self.outcome.state

    @property
    def changed_at(self) -> datetime:
        """When it was decided, or failing that when the standing last changed."""
        return self.last.decided_at if self.last else self.outcome.changed_at

    @property
    def is_shaken(self) -> bool:
        """Whether the level is signed off though today's ratings would not meet the rule."""
        return self.state is AttainmentState.ATTAINED and not self.outcome.met


@dataclass(frozen=True, slots=True)
class LevelTotals:
    """How many learners are in which state at one level, among those the filter leaves."""

    level: Level
    counts: Mapping[AttainmentState, int]

    @property
    def total(self) -> int:
        """How many learners, in whatever state."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The page. ``rows`` are those of this page of the list, ``found`` counts all.

    ``proposed`` counts what awaits sign-off in the whole school, whatever the filter;
    ``learners`` everybody with an outcome. ``totals`` follow course, place and search, not level
    and state, so that choosing a state does not hide the others' figures. ``places`` are those of
    the registrar's lists, ``enrolled`` what these say of the rows' learners, by student number: of
    the term of the filter, else of the one told last.
    """

    school: School
    standard: Standard
    standards: tuple[Standard, ...]
    courses: tuple[Course, ...]
    rows: tuple[OutcomeRow, ...]
    found: int
    page: int
    pages: int
    totals: tuple[LevelTotals, ...]
    proposed: int
    learners: int
    places: Places
    enrolled: Mapping[str, Enrolment]


def show_outcomes(
    session: Session, catalogue: Catalogue, wanted: OutcomeFilter, *, school_id: int
) -> Outcomes:
    """The outcomes of a school, those that await sign-off first, in a constant number of queries.

    Raises UnknownStandardError, NotFoundError for a school that is gone.
    """
    school = schools.school(session, school_id)
    standard = _standard(catalogue, wanted.standard_id)
    ledger = _ledger(standard, school_id)
    known = tuple(courses.courses_of_school(session, school_id))
    counts = outcomes.count_by_state(session, ledger, wanted)
    everything = outcomes.count_by_state(session, ledger, OutcomeFilter())
    found = _count(counts, wanted)
    pages = max(1, -(-found // PAGE_SIZE))
    page = min(max(1, wanted.page), pages)
    start = (page - 1) * PAGE_SIZE
    listed = outcomes.page_of(session, ledger, wanted, start=start, most=PAGE_SIZE)
    people = {each.outcome.learner.id for each in listed}
    attended = courses.courses_by_student(session, school_id, people)
    return Outcomes(
        school=school,
        standard=standard,
        standards=tuple(each.standard for each in catalogue.standards),
        courses=known,
        rows=tuple(_rows(listed, standard, known, attended)),
        found=found,
        page=page,
        pages=pages,
        totals=tuple(_totals(level, counts) for level in standard.levels),
        proposed=_count(everything, OutcomeFilter(state=AttainmentState.PROPOSED)),
        learners=outcomes.count_learners(session, ledger),
        places=rolls.places(session, school_id),
        enrolled=_enrolled(session, listed, wanted, school_id),
    )


def _enrolled(
    session: Session, listed: Iterable[Found], wanted: OutcomeFilter, school_id: int
) -> Mapping[str, Enrolment]:
    numbers = {each.outcome.learner.student_number for each in listed}
    known = rolls.enrolments(session, school_id, numbers - {""})
    return {
        number: next((each for each in told if each.term == wanted.term), told[0])
        for number, told in known.items()
    }


def _standard(catalogue: Catalogue, standard_id: str | None) -> Standard:
    if standard_id is None:
        return catalogue.standards[-1].standard
    return catalogue.find(standard_id).standard


def _ledger(standard: Standard, school_id: int) -> Ledger:
    return Ledger(school_id, standard.id, tuple(each.key for each in standard.levels))


def _rows(
    listed: Iterable[Found],
    standard: Standard,
    known: Iterable[Course],
    attended: Mapping[int, Sequence[int]],
) -> Iterator[OutcomeRow]:
    by_id = {each.id: each for each in known}
    for each in listed:
        yield OutcomeRow(
            outcome=each.outcome,
            level=standard.level(each.outcome.level),
            courses=tuple(by_id[one] for one in attended.get(each.outcome.learner.id, ())),
            last=each.last,
        )


def _count(counts: Counts, wanted: OutcomeFilter) -> int:
    """How many of those counted have the level and the state of the filter."""
    return sum(
        count
        for (level, state), count in counts.items()
        if wanted.level in (None, level) and wanted.state in (None, state)
    )


def _totals(level: Level, counts: Counts) -> LevelTotals:
    return LevelTotals(
        level, {state: counts.get((level.key, state), 0) for state in AttainmentState}
    )
