"""What a student does to a draft: adds text, links and files, ties them to codes, removes them,
rates themselves. Every call is one small form, which a script may send as one types.

Not here: the page the forms stand on (``assessment``).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    AttemptsUsedError,
    BadEvidenceError,
    NotFoundError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import (
    MAX_LINK,
    MAX_TEXT,
    Evidence,
    EvidenceKind,
    Submission,
    same_piece,
)
from lti_tool.files import KeptFile
from lti_tool.persistence import assessments
from lti_tool.services.draft_submission import (
    add_evidence,
    begin_attempt,
    change_evidence,
    remove_evidence,
    restore_evidence,
    save_self_ratings,
)
from lti_tool.services.work import Work
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .assessment import PAGE, Problem, asked, assessment_page, own
from .frame import blueprint
from .words import digest, refused_evidence, sentence

TITLE = 40
"""How many characters stand for a text or a link where it is named."""
SELF = "self-"
"""What the name of a self-rating's field begins with; its code follows."""
MOST_LEVELS = 9
TRIES = 4

T = TypeVar("T")

Refused = (FormError, BadEvidenceError, TransitionError, AttemptsUsedError, StaleFormError)


@blueprint.post("/assessments/<assessment_id>/evidence/text")
@requires(Role.STUDENT)
def add_text(assessment_id: str) -> ResponseReturnValue:
    """Add a text to the draft."""
    return _add_words(assessment_id, EvidenceKind.TEXT, "text", MAX_TEXT)


@blueprint.post("/assessments/<assessment_id>/evidence/link")
@requires(Role.STUDENT)
def add_link(assessment_id: str) -> ResponseReturnValue:
    """Add a link to the draft."""
    return _add_words(assessment_id, EvidenceKind.LINK, "url", MAX_LINK)


@blueprint.post("/assessments/<assessment_id>/evidence/files")
@requires(Role.STUDENT)
def add_files(assessment_id: str) -> ResponseReturnValue:
    """Add files to the draft; one that is refused keeps no other from being added."""
    with reading() as session:
        assessments.assessment(session, assessment_id, course_id=member().course_id)
    refused: list[str] = []
    try:
        with _kept_files(refused) as kept:
            added = saved(lambda work: _add_kept(work, asked(work, assessment_id), kept, refused))
    except (TransitionError, AttemptsUsedError, StaleFormError) as closed:
        return assessment_page(assessment_id, Problem("main", sentence(closed)), status=409)
    if refused:
        problem = Problem("files", " ".join(refused))
        return assessment_page(assessment_id, problem, status=422)
    return back(assessment_id, added[-1] if added else "")


@blueprint.post("/submissions/<submission_id>/evidence/<evidence_id>")
@requires(Role.STUDENT)
def change(submission_id: str, evidence_id: str) -> ResponseReturnValue:
    """Tie a piece to other codes, or store a text or link as it was changed."""
    assessment_id = _assessment_of(submission_id)
    try:
        saved(lambda work: _change(work, submission_id, evidence_id))
    except Refused as refused:
        typed = request.form.get("text", request.form.get("url", ""))
        problem = Problem(f"ev-{evidence_id}", sentence(refused), {evidence_id: typed})
        return assessment_page(assessment_id, problem, status=_status(refused))
    return back(assessment_id, evidence_id)


@blueprint.post("/submissions/<submission_id>/evidence/<evidence_id>/remove")
@requires(Role.STUDENT)
def remove(submission_id: str, evidence_id: str) -> ResponseReturnValue:
    """Take a piece out of the draft."""
    assessment_id = _assessment_of(submission_id)
    try:
        saved(lambda work: remove_evidence(work, own(work.session, submission_id)[0], evidence_id))
    except (TransitionError, StaleFormError) as closed:
        return assessment_page(assessment_id, Problem("main", sentence(closed)), status=409)
    return redirect(url_for(PAGE, assessment_id=assessment_id, _anchor="removed"), 303)


@blueprint.post("/submissions/<submission_id>/evidence/<evidence_id>/restore")
@requires(Role.STUDENT)
def restore(submission_id: str, evidence_id: str) -> ResponseReturnValue:
    """Bring a piece back that was taken out of the draft."""
    assessment_id = _assessment_of(submission_id)
    try:
        saved(lambda work: restore_evidence(work, own(work.session, submission_id)[0], evidence_id))
    except Refused as refused:
        problem = Problem("main", sentence(refused))
        return assessment_page(assessment_id, problem, status=_status(refused))
    return back(assessment_id, evidence_id)


@blueprint.post("/assessments/<assessment_id>/self-ratings")
@requires(Role.STUDENT)
def rate_self(assessment_id: str) -> ResponseReturnValue:
    """Store the self-ratings on the form beside those already there."""
    names = [name for name in request.form if name.startswith(SELF)]
    try:
        chosen = {name: whole_number(name, least=1, most=MOST_LEVELS) for name in names}
        given = {name.removeprefix(SELF): number for name, number in chosen.items() if number}
        saved(lambda work: _rate_self(work, assessment_id, given))
    except Refused as refused:
        problem = Problem("main", sentence(refused))
        return assessment_page(assessment_id, problem, status=_status(refused))
    return redirect(url_for(PAGE, assessment_id=assessment_id, _anchor="rubric"), 303)


def _add_words(
    assessment_id: str, kind: EvidenceKind, field: str, most: int
) -> ResponseReturnValue:
    try:
        words = text(field, most)
        piece_id = saved(lambda work: _add(work, assessment_id, _words(work, kind, words)))
    except Refused as refused:
        problem = Problem(field, sentence(refused), {field: request.form.get(field, "")})
        return assessment_page(assessment_id, problem, status=_status(refused))
    return back(assessment_id, piece_id)


def saved(change: Callable[[Work], T]) -> T:
    """Make a change in a transaction of its own, and again where another save of the same draft
    came between: a page saves a text while a file arrives, and neither is a stranger's.

    Raises StaleFormError when it keeps failing, or when the change itself says so.
    """
    for _ in range(TRIES - 1):
        try:
            with working() as work:
                return change(work)
        except StaleFormError:
            continue
    with working() as work:
        return change(work)


def _assessment_of(submission_id: str) -> str:
    """The id of the assessment of the student's own submission. Raises NotFoundError."""
    with reading() as session:
        _submission, assessment = own(session, submission_id)
    return assessment.id


def _add(work: Work, assessment_id: str, piece: Evidence) -> str:
    assessment = asked(work, assessment_id)
    draft = begin_attempt(work, assessment)
    there = same_piece(draft, piece)
    add_evidence(work, draft, assessment, piece)
    return there.id if there else piece.id


def _rate_self(work: Work, assessment_id: str, given: Mapping[str, int]) -> None:
    assessment = asked(work, assessment_id)
    save_self_ratings(work, begin_attempt(work, assessment), assessment, given)


def _words(work: Work, kind: EvidenceKind, words: str) -> Evidence:
    return Evidence(
        id=work.new_id(),
        kind=kind,
        title=_title(kind, words),
        codes=_codes(),
        created_at=work.now,
        text=words if kind is EvidenceKind.TEXT else "",
        url=words if kind is EvidenceKind.LINK else "",
    )


def _change(work: Work, submission_id: str, evidence_id: str) -> None:
    """Raises StaleFormError where the stored text is neither what the form was opened with nor
    what it brings: somebody typed in two windows."""
    submission, assessment = own(work.session, submission_id)
    piece = _piece(submission, evidence_id)
    words = text("text", MAX_TEXT) if piece.kind is EvidenceKind.TEXT else None
    url = text("url", MAX_LINK) if piece.kind is EvidenceKind.LINK else None
    if words not in (None, piece.text) and request.form.get("base") != digest(piece.text):
        raise StaleFormError
    said = words if words is not None else url
    change_evidence(
        work,
        submission,
        assessment,
        piece.id,
        codes=_codes(),
        title=_title(piece.kind, said) if said is not None else None,
        text=words,
        url=url,
    )


@contextmanager
def _kept_files(refused: list[str]) -> Iterator[list[KeptFile]]:
    """The uploaded files, kept; deleted again when the block fails. Refusals are noted."""
    store = wired().files
    uploads = [each for each in request.files.getlist("files") if each.filename]
    if not uploads:
        refused.append(gettext("Choose a file first."))
    with ExitStack() as undo:
        kept = []
        for upload in uploads:
            name = upload.filename or ""
            try:
                file = store.keep(upload.stream, name)
            except BadEvidenceError as error:
                refused.append(refused_evidence(error, name))
            else:
                undo.callback(store.discard, file.storage_key)
                kept.append(file)
        yield kept
        undo.pop_all()


def _add_kept(
    work: Work, assessment: Assessment, kept: list[KeptFile], refused: list[str]
) -> list[str]:
    """Add the files to the draft; the ids of those that were taken."""
    added: list[str] = []
    for file in kept:
        try:
            added.append(add_file(work, assessment, file, piece_id=work.new_id()))
        except BadEvidenceError as error:
            wired().files.discard(file.storage_key)
            refused.append(refused_evidence(error, file.name))
    return added


def add_file(work: Work, assessment: Assessment, file: KeptFile, *, piece_id: str) -> str:
    """Add a kept file to the draft, tied to the codes of the form; the id of its piece, which is
    another than ``piece_id`` where the draft has this very file already."""
    draft = begin_attempt(work, assessment)
    piece = _file(work, file, piece_id)
    there = same_piece(draft, piece)
    add_evidence(work, draft, assessment, piece, storage_key=file.storage_key)
    if there is not None:
        wired().files.discard(file.storage_key)
    return there.id if there else piece.id


def _file(work: Work, file: KeptFile, piece_id: str) -> Evidence:
    return Evidence(
        id=piece_id,
        kind=EvidenceKind.FILE,
        title=file.name,
        codes=_codes(),
        created_at=work.now,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
    )


def _piece(submission: Submission, evidence_id: str) -> Evidence:
    for each in submission.evidence:
        if each.id == evidence_id:
            return each
    raise NotFoundError


def _codes() -> frozenset[str]:
    return frozenset(request.form.getlist("codes"))


def _title(kind: EvidenceKind, words: str) -> str:
    """What a text or link is called on every page: its first words, its address."""
    if kind is EvidenceKind.LINK:
        parts = urlsplit(words) if "://" in words else None
        shown = f"{parts.netloc}{parts.path}".rstrip("/") if parts else words
    else:
        shown = words.partition("\n")[0]
    return shown if len(shown) <= TITLE else f"{shown[: TITLE - 1]}…"


def _status(refused: Exception) -> int:
    return 422 if isinstance(refused, FormError | BadEvidenceError) else 409


def back(assessment_id: str, evidence_id: str) -> ResponseReturnValue:
    """To the page, at a piece; a script reads from the address which one was added or changed."""
    where = url_for(
        PAGE, assessment_id=assessment_id, added=evidence_id, _anchor=f"ev-{evidence_id}"
    )
    return redirect(where, 303)
