"""The administrator's pages for standards: those installed, and others brought in from documents.

A document is read in the background; its draft is looked through, corrected and confirmed here.
Not here: what is right in a draft (``lti_tool.domain.draft_correction``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.catalogue import CatalogueError, draft_rows, explained, rows_csv
from lti_tool.domain.draft_correction import STATUSES, Correction, CorrectionKind
from lti_tool.domain.launch import Role
from lti_tool.domain.standard import SourceStatus, Text
from lti_tool.domain.standard_draft import (
    DOUBTS,
    LOSSES,
    BadDraftError,
    Note,
    NoteKind,
    StandardDraft,
)
from lti_tool.exchange.standard_documents import (
    LIMITS,
    NotAStandardError,
    note_words,
    place_words,
    refusal_words,
)
from lti_tool.persistence.standard_imports import StandardImport
from lti_tool.services.import_standard import (
    Review,
    confirm,
    correct,
    discard,
    hand_in,
    review,
    show_imports,
    undo,
)

from .access import audience, member, reading, requires, working
from .admin_tabs import admin_page
from .forms import FormError, text, whole_number
from .localisation import gettext, language
from .wiring import wired

HERE = "standards.installed"
FACTS = {
    "title": _("Title"),
    "code": _("Standard code"),
    "version": _("Version"),
    "publisher": _("Publisher"),
    "published": _("Published"),
    "declaration": _("Declaration of rights"),
}
STATUS_WORDS = {
    SourceStatus.PRINTED: _("As printed"),
    SourceStatus.JOINED: _("Joined over a page break"),
    SourceStatus.LOST: _("Lost in source"),
}
LONGEST_CODE, LONGEST_FACT, LONGEST_TEXT = 30, 500, 2_000
LAST_REVISION = 2**31 - 1

blueprint = audience("standards", __name__)


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note in words. ``level`` is the level's name, empty where it is about the whole; ``anchor``
    leads to its requirement on the page, empty where there is none."""

    level: str
    words: Text
    place: Text
    anchor: str


@dataclass(frozen=True, slots=True)
class Editing:
    """What is being corrected: a requirement (``code`` of three parts), a title, or the facts (both
    empty). ``typed`` is kept where it was refused for ``problem``."""

    level: str = ""
    code: str = ""
    typed: Mapping[str, str] | None = None
    problem: str = ""


@blueprint.get("/")
@requires(Role.ADMINISTRATOR)
def installed() -> ResponseReturnValue:
    """The installed standards, the documents under way, and the form for another."""
    return _installed_page()


@blueprint.post("/imports")
@requires(Role.ADMINISTRATOR)
def upload() -> ResponseReturnValue:
    """Keep a document to be read."""
    sent = request.files.get("document")
    if sent is None or not sent.filename:
        return _installed_page(gettext("Choose a file first."), status=422)
    content = sent.stream.read(LIMITS.largest + 1)
    try:
        if len(content) > LIMITS.largest:
            raise BadDraftError("too_large")
        with working() as work:
            made = hand_in(work, content, name=sent.filename[-255:], school_id=member().school_id)
    except BadDraftError as refused:
        return _installed_page(_said(explained(refused)), status=422)
    return _to_import(made)


@blueprint.get("/imports/<int:import_id>")
@requires(Role.ADMINISTRATOR)
def document(import_id: int) -> ResponseReturnValue:
    """One document: how far it is, why it is refused, or its draft for review."""
    level, _slash, code = request.args.get("edit", "").partition("/")
    editing = Editing(level, code) if "edit" in request.args else None
    return _import_page(import_id, editing)


@blueprint.get("/imports/<int:import_id>/draft.csv")
@requires(Role.ADMINISTRATOR)
def as_csv(import_id: int) -> ResponseReturnValue:
    """The draft as a table, with the columns of ``lti-tool standard show --csv``."""
    found = _review(import_id)
    if found.draft is None:
        abort(404)
    response = Response("\ufeff" + rows_csv(draft_rows(found.draft)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="draft-{import_id}.csv"'
    return response


@blueprint.post("/imports/<int:import_id>/facts")
@requires(Role.ADMINISTRATOR)
def correct_facts(import_id: int) -> ResponseReturnValue:
    """Correct what the standard says of itself."""
    try:
        values = {name: text(name, LONGEST_FACT) for name in FACTS}
    except FormError as refused:
        editing = Editing(typed=request.form, problem=refused.message)
        return _import_page(import_id, editing, status=422)
    return _correct(import_id, Correction(CorrectionKind.FACTS, values=values), "facts")


@blueprint.post("/imports/<int:import_id>/title")
@requires(Role.ADMINISTRATOR)
def correct_title(import_id: int) -> ResponseReturnValue:
    """Correct the title of an area or task."""
    level, code = _where()
    return _typed(
        import_id,
        Editing(level, code),
        lambda: Correction(
            CorrectionKind.TITLE, level, code, {"title": text("title", LONGEST_FACT)}
        ),
    )


@blueprint.post("/imports/<int:import_id>/requirement")
@requires(Role.ADMINISTRATOR)
def correct_requirement(import_id: int) -> ResponseReturnValue:
    """Correct code, text and status of a requirement, or take it out."""
    level, code = _where()
    if request.form.get("action") == "remove":
        return _correct(import_id, Correction(CorrectionKind.REMOVAL, level, code), "draft")
    return _typed(
        import_id,
        Editing(level, code),
        lambda: Correction(
            CorrectionKind.REQUIREMENT,
            level,
            code,
            {
                "code": text("new_code", LONGEST_CODE, required=True),
                "text": " ".join(text("text", LONGEST_TEXT).split("\n")),
                "status": text("status", LONGEST_CODE),
            },
        ),
    )


@blueprint.post("/imports/<int:import_id>/undo")
@requires(Role.ADMINISTRATOR)
def undo_correction(import_id: int) -> ResponseReturnValue:
    """Take the last correction back."""
    with working() as work:
        undo(work, import_id, school_id=member().school_id, revision=_revision())
    flash(gettext("The last correction was taken back."), "ok")
    return _to_import(import_id)


@blueprint.post("/imports/<int:import_id>/confirm")
@requires(Role.ADMINISTRATOR)
def confirm_draft(import_id: int) -> ResponseReturnValue:
    """Install the draft."""
    if request.form.get("looked") != "1":
        words = gettext("Look the draft through first, then say so in the box beside the button.")
        return _import_page(import_id, problems=[words], status=422)
    shelf, school = wired().shelf, member().school_id
    try:
        with working() as work:
            bundle = confirm(work, import_id, shelf, school_id=school, revision=_revision())
    except BadDraftError as refused:
        return _import_page(import_id, problems=[_said(explained(refused))], status=422)
    except CatalogueError as broken:
        faults = [f"{each.path}: {_said(each.reason)}" for each in broken.problems]
        return _import_page(import_id, problems=faults, status=422)
    flash(gettext("%(name)s is installed.", name=bundle.standard.title.zh), "ok")
    return redirect(url_for(HERE), 303)


@blueprint.post("/imports/<int:import_id>/discard")
@requires(Role.ADMINISTRATOR)
def discard_document(import_id: int) -> ResponseReturnValue:
    """Throw a document and its draft away."""
    with working() as work:
        discard(work, import_id, school_id=member().school_id)
    flash(gettext("It was thrown away."), "ok")
    return redirect(url_for(HERE), 303)


# --- Corrections ----------------------------------------------------------------------------------


def _typed(import_id: int, editing: Editing, made: Callable[[], Correction]) -> ResponseReturnValue:
    try:
        correction = made()
    except FormError as refused:
        again = Editing(editing.level, editing.code, request.form, refused.message)
        return _import_page(import_id, again, status=422)
    code = correction.values.get("code", editing.code)
    return _correct(import_id, correction, _anchor(editing.level, code))


def _correct(import_id: int, correction: Correction, anchor: str) -> ResponseReturnValue:
    try:
        with working() as work:
            school = member().school_id
            correct(work, import_id, correction, school_id=school, revision=_revision())
    except BadDraftError as refused:
        words = _said(explained(refused))
        again = Editing(correction.level, correction.code, request.form, words)
        return _import_page(import_id, again, status=422)
    flash(gettext("Corrected."), "ok")
    return _to_import(import_id, anchor)


def _where() -> tuple[str, str]:
    return request.form.get("level", ""), request.form.get("code", "")


def _revision() -> int:
    """The revision of the draft that the form was made of; none is stale for sure."""
    try:
        found = whole_number("revision", least=0, most=LAST_REVISION)
    except FormError:
        return -1
    return -1 if found is None else found


# --- Pages ----------------------------------------------------------------------------------------


def _installed_page(problem: str = "", *, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        waiting = show_imports(session, member().school_id)
    body = render_template(
        "admin/standards.html",
        page=admin_page(HERE),
        standards=wired().catalogue.standards,
        imports=waiting,
        problem=problem,
        megabytes=LIMITS.largest // 1024**2,
    )
    return body, status


def _import_page(
    import_id: int,
    editing: Editing | None = None,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> ResponseReturnValue:
    found = _review(import_id)
    draft = found.draft
    body = render_template(
        "admin/standard_import.html",
        page=admin_page(HERE),
        found=found.document,
        refusal=_refusal(found.document),
        draft=draft,
        corrections=found.corrections,
        groups=_groups(draft) if draft else (),
        facts=FACTS,
        statuses=[(each.value, STATUS_WORDS[each]) for each in STATUSES],
        editing=editing or Editing(level="-"),
        place_words=place_words,
        anchor=_anchor,
        problems=problems,
    )
    return body, status


def _review(import_id: int) -> Review:
    with reading() as session:
        return review(session, import_id, school_id=member().school_id)


def _refusal(found: StandardImport) -> Text | None:
    return refusal_words(NotAStandardError(found.reason, found.detail)) if found.reason else None


def _groups(draft: StandardDraft) -> Sequence[tuple[str, Sequence[ShownNote]]]:
    """The notes: what is lost or missing, what wants a look, what was mended."""
    kinds: Sequence[tuple[str, Callable[[NoteKind], bool]]] = (
        ("lost", lambda kind: kind in LOSSES),
        ("doubts", lambda kind: kind in DOUBTS),
        ("mended", lambda kind: kind not in LOSSES | DOUBTS),
    )
    names = {each.key: each.name for each in draft.levels}
    codes = {(level.key, each.code) for level, each in draft.requirements}
    return [
        (
            name,
            [_shown(each, names, codes) for each in draft.notes if belongs(each.kind)],
        )
        for name, belongs in kinds
    ]


def _shown(note: Note, names: Mapping[str, str], codes: set[tuple[str, str]]) -> ShownNote:
    level = note.level or ""
    anchor = _anchor(level, note.subject) if (level, note.subject) in codes else ""
    return ShownNote(names.get(level, ""), note_words(note), place_words(note.place), anchor)


def _anchor(level: str, code: str) -> str:
    return f"r-{level}-{code.replace('.', '-')}"


def _said(words: Text) -> str:
    return words.in_language(language())


def _to_import(import_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("standards.document", import_id=import_id, _anchor=anchor), 303)
