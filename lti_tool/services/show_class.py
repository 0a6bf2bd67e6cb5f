"""The class as a map: each student's mastery of each requirement of a level.

Not here: how mastery is decided (``lti_tool.domain.mastery``); the map shows what was stored.
Nor the ratings behind a cell (``show_history``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    WorkTask,
)
from lti_tool.persistence import assessments, courses, groups, standings
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.standings import Standing

from .standing import level_rule
from .work import as_in_force


class ClassOrder(StrEnum):
    """How the students are sorted."""

    NUMBER = "number"
    """By student number."""
    FEWEST = "fewest"
    """Those with the fewest requirements missing first."""
    MOST = "most"
    """Those with the most requirements missing first."""


@dataclass(frozen=True, slots=True)
class ClassView:
    """What of the class to show. None: what the course assesses first.

    ``cumulative`` adds the lower levels' requirements, each equivalence class once; ``area`` is
    the code of the only work area shown, ``group`` our id of the only group.
    """

    standard_id: str | None = None
    level: str | None = None
    area: str | None = None
    cumulative: bool = False
    group: int | None = None
    order: ClassOrder = ClassOrder.NUMBER


@dataclass(frozen=True, slots=True)
class Column:
    """A requirement of the map. ``key`` is its class representative, under which mastery is
    stored; ``mastered`` counts the students who master it, ``decided`` those with ratings enough
    to decide either way."""

    requirement: Requirement
    key: RequirementKey
    mastered: int
    decided: int

    @property
    def is_lost(self) -> bool:
        """Whether the text of the requirement is lost in the source."""
        return self.requirement.status is SourceStatus.LOST


@dataclass(frozen=True, slots=True)
class TaskColumns:
    """A work task's columns, with the level it is printed under."""

    level: Level
    task: WorkTask
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A student: one cell per column, None without evidence. ``missing`` counts the requirements
    not mastered; ``attainment`` is None before any evidence."""

    learner: Account
    cells: tuple[Standing | None, ...]
    missing: int
    attainment: AttainmentState | None


@dataclass(frozen=True, slots=True)
class ClassMap:
    """The map. ``red_lines`` counts the students with a proven breach at this level. ``left`` are
    those with evidence who are no longer in the course; no count has them."""

    standard: Standard
    level: Level
    rule: AttainmentRule
    rubric: Rubric
    tasks: tuple[TaskColumns, ...]
    rows: tuple[ClassRow, ...]
    has_evidence: bool
    red_lines: int
    attained: int
    left: tuple[ClassRow, ...] = ()

    @property
    def columns(self) -> Sequence[Column]:
        """All columns, left to right."""
        return [column for task in self.tasks for column in task.columns]

    def weakest(self, most: int = 5) -> Sequence[Column]:
        """The columns that the fewest students master, weakest first; those everybody masters
        and those not decided for anybody yet are left out."""
        everybody = len(self.rows)
        weak = [each for each in self.columns if each.decided and each.mastered < everybody]
        return sorted(weak, key=lambda each: each.mastered)[:most]


def show_class(
    session: Session, catalogue: Catalogue, view: ClassView, *, course_id: int
) -> ClassMap:
    """The map of a course, in a constant number of queries.

    Raises UnknownStandardError, UnknownRequirementError, NotFoundError for another course's group.
    """
    found = assessments.assessments_of(session, course_id)
    bundle = _bundle(catalogue, view, found)
    level = bundle.standard.level(view.level or _first_level(bundle.standard, found))
    students = _students(session, view, course_id)
    gone = () if view.group is not None else courses.former_students_of(session, course_id)
    held = standings.standings_of(session, {each.id for each in students}, bundle.standard.id)
    school_id = courses.course(session, course_id).school_id
    rules = level_rule(session, bundle, school_id)
    tasks = tuple(_tasks(rules, level, view, held))
    states = _attainments(session, bundle, level, [*students, *gone], course_id)
    rows = [_row(each, tasks, held[each.id], states.get(each.id)) for each in students]
    kept = standings.standings_of(session, {each.id for each in gone}, bundle.standard.id)
    return ClassMap(
        standard=bundle.standard,
        level=level,
        rule=rules.rule,
        rubric=as_in_force(session, bundle, school_id).rubric,
        tasks=tasks,
        rows=tuple(_sorted(rows, view.order)),
        has_evidence=any(cell is not None for row in rows for cell in row.cells),
        red_lines=sum(_has_breach(row) for row in rows),
        attained=sum(row.attainment is AttainmentState.ATTAINED for row in rows),
        left=tuple(
            _row(each, tasks, kept[each.id], states.get(each.id)) for each in gone if kept[each.id]
        ),
    )


def _students(session: Session, view: ClassView, course_id: int) -> Sequence[Account]:
    found = courses.students_of(session, course_id)
    if view.group is None:
        return found
    inside = groups.members_of(session, course_id, view.group)
    return [each for each in found if each.id in inside]


def _bundle(catalogue: Catalogue, view: ClassView, found: Sequence[Assessment]) -> StandardBundle:
    if view.standard_id is not None:
        return catalogue.find(view.standard_id)
    return catalogue.find(found[0].standard_id) if found else catalogue.standards[-1]


def _first_level(standard: Standard, found: Sequence[Assessment]) -> str:
    own = (each.level for each in found if each.standard_id == standard.id)
    return next(own, standard.levels[0].key)


def _tasks(
    rules: LevelRule,
    level: Level,
    view: ClassView,
    held: Mapping[int, Mapping[RequirementKey, Standing]],
) -> Iterable[TaskColumns]:
    shown: set[RequirementKey] = set()
    for each in rules.standard.up_to(level.key) if view.cumulative else (level,):
        for area in each.areas:
            for task in area.tasks:
                columns = tuple(_columns(rules, task, held, shown))
                if columns and view.area in (None, area.code):
                    yield TaskColumns(each, task, columns)


def _columns(
    rules: LevelRule,
    task: WorkTask,
    held: Mapping[int, Mapping[RequirementKey, Standing]],
    shown: set[RequirementKey],
) -> Iterable[Column]:
    """The task's requirements whose class is not shown yet, noted in ``shown``."""
    for requirement in task.requirements:
        key = rules.classes.class_of(requirement.key).key
        if key not in shown:
            shown.add(key)
            found = [each.get(key) for each in held.values()]
            mastered = sum(map(_is_mastered, found))
            yield Column(requirement, key, mastered, sum(map(_is_decided, found)))


def _is_mastered(standing: Standing | None) -> bool:
    return standing is not None and standing.state is MasteryState.MASTERED


def _is_decided(standing: Standing | None) -> bool:
    return standing is not None and standing.state is not MasteryState.INSUFFICIENT


def _attainments(
    session: Session,
    bundle: StandardBundle,
    level: Level,
    students: Sequence[Account],
    course_id: int,
) -> Mapping[int, AttainmentState]:
    if not students:
        return {}
    outcomes = standings.outcomes_of_school(
        session, students[0].school_id, bundle.standard.id, course_id=course_id
    )
    return {each.learner.id: each.state for each in outcomes if each.level == level.key}


def _row(
    learner: Account,
    tasks: Sequence[TaskColumns],
    held: Mapping[RequirementKey, Standing],
    attainment: AttainmentState | None,
) -> ClassRow:
    keys = [column.key for task in tasks for column in task.columns]
    cells = tuple(held.get(key) for key in keys)
    missing = len(cells) - sum(map(_is_mastered, cells))
    return ClassRow(learner, cells, missing, attainment)


def _has_breach(row: ClassRow) -> bool:
    return any(cell is not None and cell.state is MasteryState.RED_LINE for cell in row.cells)


def _sorted(rows: Sequence[ClassRow], order: ClassOrder) -> Sequence[ClassRow]:
    if order is ClassOrder.NUMBER:
        return rows
    return sorted(rows, key=lambda each: each.missing, reverse=order is ClassOrder.MOST)
