"""Where is the class weak? A map of students by requirements, each cell opening to its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey, Text
from lti_tool.persistence import groups, rosters
from lti_tool.persistence.standings import Standing
from lti_tool.services.show_class import ClassMap, ClassOrder, show_class
from lti_tool.services.show_history import show_history
from lti_tool.web import charts
from lti_tool.web.access import member, reading, requires
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.wiring import wired

from .class_view import asked_view, state_words
from .frame import Place, blueprint, frame

MOST_TICKS = 4
UNDECIDED_MARKS = {
    MasteryState.RED_LINE: "cr",
    MasteryState.EXPIRED: "co",
    MasteryState.UNDER_REVIEW: "ch",
}
"""The class of a cell that shows its state and no number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as drawn: its classes, what stands in it, and words where nothing readable does."""

    look: str
    shown: str
    words: str


@dataclass(frozen=True, slots=True)
class AreaShare:
    """A work area: how many cells of the class are mastered, of how many, and the rule's cut for
    one student in percent."""

    name: str
    title: Text
    mastered: int
    cells: int
    cut: int


@blueprint.get("/class")
@requires(Role.TEACHER)
def class_map() -> ResponseReturnValue:
    """The map of the course's students."""
    view = asked_view()
    with reading() as session:
        found = show_class(session, wired().catalogue, view, course_id=member().course_id)
        class_list = rosters.roster_of(session, member().course_id)
        in_course = groups.groups_of(session, member().course_id)
    areas = _areas(found) if found.has_evidence else ()
    return render_template(
        "teacher/class.html",
        page=frame(Place.CLASS, standard=found.standard),
        map=found,
        class_list=class_list,
        groups=in_course,
        view=view,
        cells=_cells(found),
        areas=areas,
        radar=charts.radar([(each.name, each.mastered, each.cells, each.cut) for each in areas]),
        asked=request.args.to_dict(),
        orders=ClassOrder,
        standards=[each.standard for each in wired().catalogue.standards],
    )


@blueprint.get("/class/history")
@requires(Role.TEACHER)
def history() -> ResponseReturnValue:
    """The ratings behind a cell: a piece of the page for its script, a page of its own else."""
    key = RequirementKey.parse(request.args.get("requirement", ""))
    with reading() as session:
        found = show_history(
            session,
            wired().catalogue,
            request.args.get("standard", ""),
            key,
            learner_id=request.args.get("learner", default=0, type=int),
            course_id=member().course_id,
            now=wired().clock(),
        )
    bundle = wired().catalogue.find(request.args.get("standard", ""))
    part = request.headers.get("X-Requested-With") == "fetch"
    return render_template(
        "teacher/_history.html" if part else "teacher/history.html",
        page=frame(Place.CLASS, standard=bundle.standard),
        history=found,
        cut=found.rubric.cut,
    )


def _areas(found: ClassMap) -> Sequence[AreaShare]:
    """The work areas shown, in order, each with its share of all cells that is mastered."""
    shares = []
    levels = {task.level.key: task.level for task in found.tasks}
    for level in levels.values():
        for area in level.areas:
            tasks = [t for t in found.tasks if t.level.key == level.key and t.task in area.tasks]
            columns = [column for task in tasks for column in task.columns]
            if columns:
                name = f"{in_page_language(level.name)} {area.code}"
                mastered = sum(column.mastered for column in columns)
                cells = len(columns) * len(found.rows)
                cut = found.rule.cut_of(level.key, area.code)
                shares.append(AreaShare(name, area.title, mastered, cells, cut))
    return shares


def _cells(found: ClassMap) -> Sequence[Sequence[Cell]]:
    """The rows' cells, each kind made once: a large class has twenty thousand."""
    made: dict[tuple[Standing | None, bool, bool], Cell] = {}
    words = state_words()
    starts = _group_starts(found)
    lost = [column.is_lost for column in found.columns]
    rows = []
    for row in found.rows:
        cells = []
        for standing, first, gone in zip(row.cells, starts, lost, strict=True):
            kind = (standing, first, gone)
            if kind not in made:
                made[kind] = _cell(standing, found.rubric.cut, words, first=first, lost=gone)
            cells.append(made[kind])
        rows.append(cells)
    return rows


def _group_starts(found: ClassMap) -> Sequence[bool]:
    return [place == 0 for task in found.tasks for place, _ in enumerate(task.columns)]


def _cell(
    standing: Standing | None,
    cut: int,
    words: Mapping[MasteryState | None, str],
    *,
    first: bool,
    lost: bool,
) -> Cell:
    gap = " g" if first else ""
    if lost:
        return Cell(f"cl{gap}", "", gettext("Lost in source"))
    if standing is None:
        return Cell(f"c0{gap}", "", words[None])
    ticks = f" n{min(standing.ratings, MOST_TICKS)}"
    if standing.state in UNDECIDED_MARKS:
        return Cell(f"{UNDECIDED_MARKS[standing.state]}{gap}", "", words[standing.state])
    if standing.state is MasteryState.INSUFFICIENT:
        return Cell(f"cf{ticks}{gap}", "+", words[standing.state])
    # The shape says the decision, the number the newest rating: a filled cell is mastered.
    mastered = standing.state is MasteryState.MASTERED
    shape = max(standing.newest, cut) if mastered else min(standing.newest, cut - 1)
    return Cell(f"c{shape}{ticks}{gap}", str(standing.newest), words[standing.state])
