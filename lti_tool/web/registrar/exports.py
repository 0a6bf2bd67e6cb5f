"""Outcomes to take away: make an export, hand it out again, see what has changed since the last.

Not here: what is in an export (``lti_tool.services.export_outcomes``), the files themselves
(``lti_tool.exchange.outcomes``).
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import ExportContent, ExportKind
from lti_tool.domain.launch import Role
from lti_tool.exchange.outcomes import Kept, media_type, objectives, write_list
from lti_tool.persistence import courses, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.exports import Export
from lti_tool.services.export_outcomes import Manner, draw_outcomes, keep_export, note_taken
from lti_tool.services.note_look import of_list
from lti_tool.services.show_exports import (
    compare_with_last,
    list_exports,
    open_export,
    show_export,
)
from lti_tool.services.show_outcomes import OutcomeFilter
from lti_tool.web.access import member, note_access, reading, requires, working
from lti_tool.web.localisation import language
from lti_tool.web.page import Page
from lti_tool.web.wiring import wired

from .asked import STATES, asked_filter, in_words
from .frame import blueprint, frame

KINDS: Mapping[ExportKind, LazyString] = {
    ExportKind.CSV: _("CSV"),
    ExportKind.XLSX: _("XLSX"),
    ExportKind.ONE_ROSTER: _("OneRoster 1.2"),
    ExportKind.TRANSCRIPT: _("Transcript"),
    ExportKind.CREDENTIAL: _("Signed credential"),
}
PIECE = 1 << 16
MOST_CHANGES = 200
"""More are counted, not listed: the page stays readable."""


@blueprint.get("/exports")
@requires(Role.REGISTRAR)
def exports() -> ResponseReturnValue:
    """Every export of the school."""
    school_id = member().school_id
    with reading() as session:
        shown = list_exports(session, school_id, page=request.args.get("page", 1, type=int))
        school = schools.school(session, school_id)
        known = courses.courses_of_school(session, school_id)
    names = {
        (each.standard.id, level.key): level.name.in_language(language())
        for each in wired().catalogue.standards
        for level in each.standard.levels
    }

    def words(export: Export) -> list[str]:
        levels = {key: name for (id_, key), name in names.items() if id_ == export.standard_id}
        return list(in_words(export.asked, levels, known))

    return render_template(
        "registrar/exports.html",
        page=frame(school, wired().catalogue.standards[-1].standard),
        shown=shown,
        kinds=KINDS,
        words=words,
    )


@blueprint.post("/exports")
@requires(Role.REGISTRAR)
def make_export() -> ResponseReturnValue:
    """Keep an export of everything that the filter leaves."""
    kinds = {each.value: each for each in ExportKind if each.is_list}
    kind = kinds.get(request.form.get("kind", ""))
    if kind is None:
        raise NotFoundError
    wanted = asked_filter(request.form)
    content = _drawn(wanted, with_requirements=kind is ExportKind.ONE_ROSTER)
    with working() as work:
        export = keep_export(work, content, kind, wanted.asked, school_id=member().school_id)
    return redirect(url_for("registrar.export", export_id=export.id), 303)


@blueprint.get("/exports/changes")
@requires(Role.REGISTRAR)
def changes() -> ResponseReturnValue:
    """What an export of this filter would say otherwise than the last one."""
    wanted = asked_filter(request.args)
    content = _drawn(wanted, with_requirements=False)
    school_id = member().school_id
    with reading() as session:
        compared = compare_with_last(session, content, wanted.asked, school_id=school_id)
        page_frame = _frame(session, content)
    note_access(of_list("exports"))
    return render_template(
        "registrar/export_changes.html",
        page=page_frame,
        content=content,
        compared=compared,
        query=wanted.asked,
        states=STATES,
        most=MOST_CHANGES,
    )


@blueprint.get("/exports/<export_id>")
@requires(Role.REGISTRAR)
def export(export_id: str) -> ResponseReturnValue:
    """One export: what it is, what is otherwise than in the one before, and the file."""
    school_id = member().school_id
    with reading() as session:
        shown = show_export(session, export_id, school_id=school_id)
        known = courses.courses_of_school(session, school_id)
        page_frame = _frame(session, shown.content)
    note_access(of_list("exports"))
    levels = {each.key: each.name for each in shown.content.facts.levels}
    return render_template(
        "registrar/export.html",
        page=page_frame,
        shown=shown,
        content=shown.content,
        compared=shown.compared,
        kinds=KINDS,
        asked=list(in_words(shown.export.asked, levels, known)),
        base=wired().address.base_url.rstrip("/"),
        states=STATES,
        most=MOST_CHANGES,
    )


@blueprint.get("/exports/<export_id>/file")
@requires(Role.REGISTRAR)
def export_file(export_id: str) -> ResponseReturnValue:
    """The file of a list, made anew from what was kept."""
    with reading() as session:
        export, content = open_export(session, export_id, school_id=member().school_id)
    if not export.kind.is_list:
        raise NotFoundError
    kept = Kept(export.id, export.kind, export.made_at, content)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_list(kept, file)
    _note_file(export, file)
    answer = Response(_pieces(file), content_type=media_type(export.kind))
    answer.headers["Content-Disposition"] = f'attachment; filename="{kept.file_name}"'
    answer.call_on_close(file.close)
    return answer


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole file in pieces; it is closed after the last."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _note_file(export: Export, file: BinaryIO) -> None:
    """Keep the digest of the file the first time; write down that it was handed out, and whether
    it was the very same."""
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    with working() as work:
        note_taken(work, export, found.hexdigest())


def _drawn(wanted: OutcomeFilter, *, with_requirements: bool) -> ExportContent:
    wiring = wired()
    manner = Manner(language(), wiring.zone.key, objectives if with_requirements else None)
    with reading() as session:
        school_id = member().school_id
        return draw_outcomes(session, wiring.catalogue, wanted, manner, school_id=school_id)


def _frame(session: Session, content: ExportContent) -> Page:
    """The frame of the standard that the content is about, or of the newest one where that is not
    installed any more."""
    installed = wired().catalogue.standards
    found = (each.standard for each in installed if each.standard.id == content.facts.standard_id)
    standard = next(found, installed[-1].standard)
    return frame(schools.school(session, member().school_id), standard)
