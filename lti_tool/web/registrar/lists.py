"""Lists of terms, programmes and classes: brought as a table, looked at, kept, taken back."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.domain.roll import LONGEST
from lti_tool.domain.standard import Text
from lti_tool.exchange.roll_tables import COLUMNS, MOST_ROWS, RollTable, roll_from, sample_rows
from lti_tool.exchange.spreadsheets import (
    MAX_BYTES,
    CellProblem,
    TableError,
    csv_file,
    read_table,
)
from lti_tool.persistence import schools
from lti_tool.persistence.database import Session
from lti_tool.services.import_roll import (
    bring_roll,
    discard_roll,
    keep_roll,
    preview_roll,
    show_rolls,
    undo_roll,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext, language, ngettext
from lti_tool.web.page import Page
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

SHOWN = 200
"""So many problems or conflicts stand on a page; a whole school's would be no use to anybody."""
NO_FILE = Text("还没有选择文件", "no file was chosen")


@blueprint.get("/lists")
@requires(Role.REGISTRAR)
def lists() -> ResponseReturnValue:
    """What was brought so far, and the form to bring another."""
    return _lists_page()


@blueprint.get("/lists/sample.csv")
@requires(Role.REGISTRAR)
def sample_list() -> ResponseReturnValue:
    """A table to begin with."""
    headers = {"Content-Disposition": 'attachment; filename="list.csv"'}
    content = csv_file(sample_rows(language()))
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/lists")
@requires(Role.REGISTRAR)
def bring_list() -> ResponseReturnValue:
    """Read a list as a draft; with any problem nothing is kept and all are named."""
    sent = request.files.get("list")
    try:
        table = _read(sent.read(MAX_BYTES + 1) if sent else b"", text("term", LONGEST["term"]))
    except FormError as refused:
        return _lists_page({refused.field: refused.message}, status=422)
    if table.problems:
        return _problems_page(table.problems), 422
    name = (sent.filename if sent else None) or gettext("List")
    with working() as work:
        roll_id = bring_roll(work, name, table.entries, school_id=member().school_id)
    if table.left_out:
        columns = gettext(", ").join(table.left_out)
        flash(gettext("Columns that were not read: %(columns)s", columns=columns), "warn")
    return redirect(url_for("registrar.list_draft", roll_id=roll_id), 303)


@blueprint.get("/lists/<int:roll_id>")
@requires(Role.REGISTRAR)
def list_draft(roll_id: int) -> ResponseReturnValue:
    """What a draft would change, conflicts by row."""
    return _draft_page(roll_id)


@blueprint.post("/lists/<int:roll_id>/keep")
@requires(Role.REGISTRAR)
def keep_list(roll_id: int) -> ResponseReturnValue:
    """Let the list count, but for the rows that were ticked."""
    leave = {int(each) for each in request.form.getlist("leave") if each.isdecimal()}
    seen = request.form.get("seen", "")
    try:
        with working() as work:
            kept = keep_roll(work, roll_id, school_id=member().school_id, leave=leave, seen=seen)
    except StaleFormError:
        message = gettext("Another list was kept meanwhile. Look at this one as it stands now.")
        return _draft_page(roll_id, message, status=409)
    words = ngettext("Kept: %(num)s student.", "Kept: %(num)s students.", kept)
    flash(words, "ok")
    return redirect(url_for("registrar.lists"), 303)


@blueprint.post("/lists/<int:roll_id>/discard")
@requires(Role.REGISTRAR)
def discard_list(roll_id: int) -> ResponseReturnValue:
    """Forget a draft."""
    with working() as work:
        discard_roll(work, roll_id, school_id=member().school_id)
    flash(gettext("The list was not kept. Nothing has changed."), "ok")
    return redirect(url_for("registrar.lists"), 303)


@blueprint.post("/lists/<int:roll_id>/undo")
@requires(Role.REGISTRAR)
def undo_list(roll_id: int) -> ResponseReturnValue:
    """Take a list back."""
    with working() as work:
        undo_roll(work, roll_id, school_id=member().school_id)
    flash(gettext("Undone: what earlier lists said of its students counts again."), "ok")
    return redirect(url_for("registrar.lists"), 303)


def _read(content: bytes, term: str) -> RollTable:
    if not content:
        return RollTable((), (CellProblem("", "", "", NO_FILE),), ())
    try:
        return roll_from(read_table(content, most_rows=MOST_ROWS), term=term)
    except TableError as error:
        return RollTable((), (CellProblem(error.cell, "", "", error.reason),), ())


def _lists_page(errors: dict[str, str] | None = None, *, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        shown = show_rolls(session, member().school_id)
        page = _page(session)
    body = render_template(
        "registrar/lists.html",
        page=page,
        shown=shown,
        errors=errors or {},
        columns=gettext(", ").join(each.in_language(language()) for each in COLUMNS.values()),
        longest_term=LONGEST["term"],
    )
    return body, status


def _draft_page(roll_id: int, message: str = "", *, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        preview = preview_roll(session, roll_id, school_id=member().school_id)
        page = _page(session)
    body = render_template(
        "registrar/list.html",
        page=page,
        preview=preview,
        columns=COLUMNS,
        conflicts=preview.conflicts[:SHOWN],
        message=message,
    )
    return body, status


def _problems_page(problems: Sequence[CellProblem]) -> str:
    with reading() as session:
        page = _page(session)
    return render_template(
        "registrar/list_problems.html", page=page, problems=problems, shown=problems[:SHOWN]
    )


def _page(session: Session) -> Page:
    """The frame; lists belong to no standard, so the newest one stands in it."""
    school = schools.school(session, member().school_id)
    return frame(school, wired().catalogue.standards[-1].standard, Place.LISTS)
