"""The rubric as a spreadsheet: taken out, and taken back with every problem listed by cell."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.standard import Text
from lti_tool.exchange.rubric_tables import rubric_from, rubric_rows
from lti_tool.exchange.spreadsheets import (
    MAX_BYTES,
    CellProblem,
    TableError,
    csv_file,
    read_table,
    xlsx_file,
)
from lti_tool.services.author_rubric import Authoring, take_rubric
from lti_tool.web.access import member, requires, working
from lti_tool.web.localisation import gettext, language

from .frame import (
    READERS,
    WRITERS,
    blueprint,
    may_write,
    page_of,
    seen_revision,
    shown_rubric,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<standard_id>/rubric.csv")
@requires(*READERS)
def as_csv(standard_id: str) -> ResponseReturnValue:
    """The draft, or what is in force, as CSV."""
    shown = shown_rubric(standard_id)
    return _file(shown, csv_file(_rows(shown)), "text/csv; charset=utf-8", "csv")


@blueprint.get("/<standard_id>/rubric.xlsx")
@requires(*READERS)
def as_xlsx(standard_id: str) -> ResponseReturnValue:
    """The draft, or what is in force, as a workbook."""
    shown = shown_rubric(standard_id)
    return _file(shown, xlsx_file(_rows(shown), gettext("Rubric")), XLSX, "xlsx")


@blueprint.post("/<standard_id>/import")
@requires(*WRITERS)
def take_table(standard_id: str) -> ResponseReturnValue:
    """Read a table into the draft; with any problem nothing is saved and all are listed."""
    shown = shown_rubric(standard_id)
    sent = request.files.get("table")
    content = sent.read(MAX_BYTES + 1) if sent else b""
    try:
        rows = read_table(content)
    except TableError as error:
        return _problems(shown, [CellProblem(error.cell, "", "", error.reason)]), 422
    rubric, problems = rubric_from(rows, shown.shown, shown.bundle.classes, shown.keys)
    if problems:
        return _problems(shown, problems), 422
    try:
        with working() as work:
            take_rubric(
                work,
                shown.bundle.standard.id,
                rubric,
                school_id=member().school_id,
                seen=seen_revision(),
            )
    except StaleFormError:
        words = Text(
            "草稿已在别处修改，请重新上传", "the draft was changed meanwhile: upload again"
        )
        return _problems(shown, [CellProblem("", "", "", words)]), 409
    flash(gettext("Read into the draft. Look at the changes, then publish."), "ok")
    return redirect(url_for("rubrics.changes", standard_id=shown.bundle.standard.id), 303)


def _rows(shown: Authoring) -> list[list[str]]:
    rubric = shown.shown if may_write() else shown.rubric
    return rubric_rows(shown.bundle.standard, rubric, shown.keys, language())


def _file(shown: Authoring, content: bytes, kind: str, ending: str) -> Response:
    state = "draft" if may_write() and shown.draft else f"v{shown.number}"
    name = f"rubric-{shown.bundle.standard.id}-{state}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)


def _problems(shown: Authoring, problems: Sequence[CellProblem]) -> str:
    return render_template(
        "rubrics/problems.html", page=page_of(shown), shown=shown, problems=problems
    )
