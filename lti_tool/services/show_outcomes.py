"""Who attained which level, when and where: the outcomes of a whole school under one standard.

Not here: why (``explain_decision``). What was stored is shown; nothing is computed anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import AttainmentState, Decision
from lti_tool.domain.standard import Level, Standard
from lti_tool.persistence import courses, decisions, schools, standings
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.schools import School
from lti_tool.persistence.standings import Outcome

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """What of the outcomes to show. None or empty: everything; no standard: the newest one.

    ``search`` is part of a name or of a student number. ``page`` counts from 1.
    """

    standard_id: str | None = None
    level: str | None = None
    state: AttainmentState | None = None
    course_id: int | None = None
    search: str = ""
    page: int = 1


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
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The page. ``rows`` are those of this page of the list, ``found`` counts all.

    ``proposed`` counts what awaits sign-off in the whole school, whatever the filter;
    ``learners`` everybody with an outcome. ``totals`` follow course and search, not level
    and state, so that choosing a state does not hide the others' figures.
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


def show_outcomes(
    session: Session, catalogue: Catalogue, wanted: OutcomeFilter, *, school_id: int
) -> Outcomes:
    """The outcomes of a school, those that await sign-off first, in a constant number of queries.

    A level shows for a learner once one of its own requirements is rated or it was decided on.
    Raises UnknownStandardError, NotFoundError for a school that is gone.
    """
    standard = _standard(catalogue, wanted.standard_id)
    known = tuple(courses.courses_of_school(session, school_id))
    everything = _rows(session, standard, known, school_id)
    people = [each for each in everything if _is_among(each, wanted)]
    chosen = [each for each in people if _is_chosen(each, wanted)]
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(max(1, wanted.page), pages)
    return Outcomes(
        school=schools.school(session, school_id),
        standard=standard,
        standards=tuple(each.standard for each in catalogue.standards),
        courses=known,
        rows=tuple(chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        found=len(chosen),
        page=page,
        pages=pages,
        totals=tuple(_totals(level, people) for level in standard.levels),
        proposed=sum(each.state is AttainmentState.PROPOSED for each in everything),
        learners=len({each.learner.id for each in everything}),
    )


def _standard(catalogue: Catalogue, standard_id: str | None) -> Standard:
    if standard_id is None:
        return catalogue.standards[-1].standard
    return catalogue.find(standard_id).standard


def _rows(
    session: Session, standard: Standard, known: Iterable[Course], school_id: int
) -> Sequence[OutcomeRow]:
    outcomes = standings.outcomes_of_school(session, school_id, standard.id)
    begun = standings.levels_begun(session, school_id, standard.id)
    made = decisions.decisions_of_school(session, school_id, standard.id)
    last = {(each.learner_id, each.level): each for each in made}
    by_id = {each.id: each for each in known}
    attended = courses.courses_by_student(session, school_id)
    levels = {each.key: each for each in standard.levels}
    rows = [
        OutcomeRow(
            outcome=each,
            level=levels[each.level],
            courses=tuple(by_id[course] for course in attended.get(each.learner.id, ())),
            last=last.get((each.learner.id, each.level)),
        )
        for each in outcomes
        if each.level in levels
        and ((each.learner.id, each.level) in begun or (each.learner.id, each.level) in last)
    ]
    ranks = {key: rank for rank, key in enumerate(levels)}
    return sorted(rows, key=lambda each: _place(each, ranks))


def _place(row: OutcomeRow, ranks: Mapping[str, int]) -> tuple[bool, str, int, int]:
    """What awaits sign-off first, then by student number and level."""
    waits = row.state is AttainmentState.PROPOSED
    return not waits, row.learner.student_number, row.learner.id, ranks[row.level.key]


def _is_among(row: OutcomeRow, wanted: OutcomeFilter) -> bool:
    search = wanted.search.strip().casefold()
    named = (row.learner.label, row.learner.student_number)
    return any(search in each.casefold() for each in named) and (
        wanted.course_id is None or wanted.course_id in {each.id for each in row.courses}
    )


def _is_chosen(row: OutcomeRow, wanted: OutcomeFilter) -> bool:
    return wanted.level in (None, row.level.key) and wanted.state in (None, row.state)


def _totals(level: Level, rows: Iterable[OutcomeRow]) -> LevelTotals:
    found = Counter(each.state for each in rows if each.level == level)
    return LevelTotals(level, {state: found[state] for state in AttainmentState})
