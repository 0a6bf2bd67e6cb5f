"""The ratings of an assessment as a spreadsheet: taken out, filled in elsewhere, brought back.

What a file would change is shown cell by cell before anything is saved; conflicts and breaches are
ticked by a person. Not here: the table's form (``exchange.rating_tables``), the grid (``by_code``).
"""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.launch import Role
from lti_tool.exchange.rating_tables import (
    MAX_COMMENT,
    Change,
    ChangeKind,
    TablePlan,
    plan_of,
    rating_rows,
    shown_first,
)
from lti_tool.exchange.spreadsheets import (
    MAX_BYTES,
    CellProblem,
    TableError,
    csv_file,
    read_table,
    xlsx_file,
)
from lti_tool.persistence import assessments
from lti_tool.services.rate_by_code import (
    Cell,
    CellOutcome,
    CellState,
    Floor,
    give_cells,
    show_floor,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import gettext, language, ngettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LISTED = 20
"""So many cells that were left are named after saving."""


@blueprint.get("/assessments/<assessment_id>/table")
@requires(Role.TEACHER)
def rating_table(assessment_id: str) -> ResponseReturnValue:
    """Take the table out, or bring it back."""
    return _page(_floor(assessment_id), None)


@blueprint.get("/assessments/<assessment_id>/table.csv")
@requires(Role.TEACHER)
def ratings_as_csv(assessment_id: str) -> ResponseReturnValue:
    """The ratings as CSV."""
    floor = _floor(assessment_id)
    return _file(floor, csv_file(_rows(floor)), "text/csv; charset=utf-8", "csv")


@blueprint.get("/assessments/<assessment_id>/table.xlsx")
@requires(Role.TEACHER)
def ratings_as_xlsx(assessment_id: str) -> ResponseReturnValue:
    """The ratings as a workbook."""
    floor = _floor(assessment_id)
    return _file(floor, xlsx_file(_rows(floor), gettext("Ratings")), XLSX, "xlsx")


@blueprint.post("/assessments/<assessment_id>/table")
@requires(Role.TEACHER)
def look_at_table(assessment_id: str) -> ResponseReturnValue:
    """Show what a file would change; nothing is saved."""
    floor = _floor(assessment_id)
    sent = request.files.get("table")
    content = sent.read(MAX_BYTES + 1) if sent else b""
    try:
        plan = plan_of(read_table(content), floor, now=wired().clock())
    except TableError as error:
        plan = TablePlan(problems=[CellProblem(error.cell, "", "", error.reason)])
    return _page(floor, plan), 422 if plan.problems else 200


@blueprint.post("/assessments/<assessment_id>/table/save")
@requires(Role.TEACHER)
def save_table(assessment_id: str) -> ResponseReturnValue:
    """Save the cells that were shown, with the conflicts and breaches that were ticked."""
    cells = _cells_sent()
    with working() as work:
        found = assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        for each in cells:
            found.key(each.code)
        outcomes = give_cells(work, found, cells, course_id=member().course_id)
    _say(_floor(assessment_id), outcomes)
    return redirect(url_for("teacher.by_code", assessment_id=assessment_id), 303)


def _floor(assessment_id: str) -> Floor:
    with reading() as session:
        return show_floor(
            session,
            wired().catalogue,
            assessment_id,
            course_id=member().course_id,
            viewer_id=member().id,
        )


def _page(floor: Floor, plan: TablePlan | None) -> str:
    remember(floor.assessment.id)
    changes = shown_first(plan.changes) if plan else []
    return render_template(
        "teacher/rating_table.html",
        page=frame(Place.BY_CODE, standard=floor.bundle.standard),
        floor=floor,
        plan=plan,
        changes=changes,
        conflicts=[each for each in changes if each.kind is ChangeKind.CONFLICT],
        names={each.number: each.name for each in floor.rubric.performance_levels},
        cells=_packed(changes),
        identity=identity,
    )


def identity(change: Change) -> str:
    """Names a cell among those of a file."""
    return f"{change.learner.id}/{change.code}"


def _packed(changes: Sequence[Change]) -> str:
    """The cells for the form that saves them; what was seen goes along, so that a word given
    between looking and saving is not overwritten."""
    rows = [
        [
            each.learner.id,
            each.code,
            each.level,
            each.comment,
            each.current.id if each.current else None,
            each.kind is ChangeKind.CONFLICT or each.breach,
        ]
        for each in changes
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _cells_sent() -> Sequence[Cell]:
    """The cells of the form, those to be ticked only where they are."""
    ticked = set(request.form.getlist("take"))
    try:
        rows = json.loads(request.form.get("cells", ""))
        return [_cell(each) for each in rows if not each[5] or f"{each[0]}/{each[1]}" in ticked]
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise BadRatingError("", "table") from error


def _cell(row: Sequence[Any]) -> Cell:
    learner, code, level, comment, seen = row[:5]
    kinds = isinstance(learner, int), isinstance(code, str), isinstance(level, int)
    if not all((*kinds, isinstance(comment, str), seen is None or isinstance(seen, str))):
        raise TypeError("a cell is not as the page sends it")
    return Cell(learner, code, level, comment[:MAX_COMMENT], seen, confirmed=bool(row[5]))


def _say(floor: Floor, outcomes: Sequence[CellOutcome]) -> None:
    """How many cells were saved, and which were not."""
    saved = sum(each.state is CellState.SAVED for each in outcomes)
    flash(ngettext("Saved %(num)s cell.", "Saved %(num)s cells.", saved), "ok")
    left = [each for each in outcomes if each.state is not CellState.SAVED]
    if left:
        names = {each.learner.id: each.learner.label for each in floor.rows}
        cells = [f"{names[each.cell.learner_id]} {each.cell.code}" for each in left]
        words = ngettext(
            "%(num)s cell was rated or frozen meanwhile and is left as it is:",
            "%(num)s cells were rated or frozen meanwhile and are left as they are:",
            len(left),
        )
        more = "…" if len(cells) > MOST_LISTED else ""
        flash(f"{words} {', '.join(cells[:MOST_LISTED])}{more}", "warn")


def _rows(floor: Floor) -> list[list[str]]:
    return rating_rows(floor, language(), now=wired().clock())


def _file(floor: Floor, content: bytes, kind: str, ending: str) -> Response:
    day = wired().clock().astimezone(wired().zone).strftime("%Y%m%d")
    name = f"ratings-{floor.assessment.id}-{day}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    with working() as work:
        work.note("export", f"assessment:{floor.assessment.id}", f"ratings {ending}")
    return Response(content, content_type=kind, headers=headers)
