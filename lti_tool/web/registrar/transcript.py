"""A transcript: one learner, levels and work areas, on a page to print and as a PDF.

Everything on it comes from what was kept when it was issued, in the language of then. Not here:
issuing it (``papers``).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import AreaLine, ExportContent, ExportKind, ExportLine, Holder
from lti_tool.domain.launch import Role
from lti_tool.exchange.outcomes import day, notice
from lti_tool.exchange.pdf import NoPdfError, pdf_of
from lti_tool.persistence import schools
from lti_tool.persistence.exports import Export, note_file
from lti_tool.persistence.papers import Paper, paper_of_export
from lti_tool.services.note_look import of_learner
from lti_tool.services.show_exports import open_export
from lti_tool.web.access import member, note_access, reading, requires, working
from lti_tool.web.localisation import gettext, in_this_language
from lti_tool.web.wiring import wired

from .asked import STATES
from .frame import blueprint, frame

STYLES = ("tokens.css", "transcript.css")


@dataclass(frozen=True, slots=True)
class LevelPrinted:
    """A level as printed. ``areas`` come with the name of their level."""

    line: ExportLine
    name: str
    state: LazyString
    decided: str
    areas: tuple[tuple[str, AreaLine], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A transcript as printed: all dates in full, in the time zone of then."""

    content: ExportContent
    holder: Holder
    line: ExportLine
    levels: tuple[LevelPrinted, ...]
    code: str
    address: str
    issued: str
    notice: str
    digest: str


@blueprint.get("/exports/<export_id>/transcript")
@requires(Role.REGISTRAR)
def transcript(export_id: str) -> ResponseReturnValue:
    """The transcript to look at and to print."""
    export, content, paper = _opened(export_id)
    installed = wired().catalogue.standards
    found = (each.standard for each in installed if each.standard.id == export.standard_id)
    with reading() as session:
        school = schools.school(session, export.school_id)
    for learner_id in {each.holder.learner_id for each in content.lines}:
        note_access(of_learner(learner_id))
    return render_template(
        "registrar/transcript.html",
        page=frame(school, next(found, installed[-1].standard)),
        export=export,
        sheet=_sheet(export, content, paper),
        sheet_language=content.facts.language,
    )


@blueprint.get("/exports/<export_id>/transcript.pdf")
@requires(Role.REGISTRAR)
def transcript_pdf(export_id: str) -> ResponseReturnValue:
    """The same as a PDF; where none can be made, back to the page, which a browser prints."""
    export, content, paper = _opened(export_id)
    with in_this_language(content.facts.language):
        html = render_template(
            "registrar/transcript_pdf.html", sheet=_sheet(export, content, paper)
        )
    folder = Path(current_app.static_folder or "")
    styles = [(folder / name).read_text("utf-8") for name in STYLES]
    try:
        made = pdf_of(html, styles, paper.code)
    except NoPdfError:
        words = gettext("This server cannot make a PDF. Print the page, or save it as PDF there.")
        flash(words, "warn")
        return redirect(url_for("registrar.transcript", export_id=export.id), 303)
    _note(export, made)
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="transcript-{paper.code}.pdf"'
    return answer


def _note(export: Export, made: bytes) -> None:
    digest = hashlib.sha256(made).hexdigest()
    with working() as work:
        note_file(work.session, export.id, digest)
        work.note("take_export", f"export:{export.id}", digest)


def _opened(export_id: str) -> tuple[Export, ExportContent, Paper]:
    with reading() as session:
        export, content = open_export(session, export_id, school_id=member().school_id)
        if export.kind is not ExportKind.TRANSCRIPT:
            raise NotFoundError
        return export, content, paper_of_export(session, export.id)


def _sheet(export: Export, content: ExportContent, paper: Paper) -> Sheet:
    zone = ZoneInfo(content.facts.zone)
    first = content.lines[0]
    return Sheet(
        content=content,
        holder=first.holder,
        line=first,
        levels=tuple(_levels(content, zone)),
        code=" ".join(paper.code[at : at + 4] for at in range(0, len(paper.code), 4)),
        address=f"{wired().address.base_url.rstrip('/')}/verify/{paper.code}",
        issued=day(paper.issued_at, zone),
        notice=notice(content.facts),
        digest=export.digest,
    )


def _levels(content: ExportContent, zone: ZoneInfo) -> Iterator[LevelPrinted]:
    """The levels from the lowest; an area that stands under two levels is printed under the
    first."""
    names = {each.key: each.name for each in content.facts.levels}
    shown: set[tuple[str, str]] = set()
    for line in content.lines:
        new = [each for each in line.areas if (each.level, each.area) not in shown]
        shown.update((each.level, each.area) for each in new)
        areas = tuple((names[each.level], each) for each in new)
        decided = day(line.decided_at, zone)
        yield LevelPrinted(line, names[line.level], STATES[line.state], decided, areas)
