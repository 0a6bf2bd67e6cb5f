"""An administrator brings in a standard from a document: hands it in, corrects, confirms.

Nothing goes live before a person confirms it. Not here: reading the document, which delivery does
in the background (``lti_tool.delivery.documents``).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Origin, Shelf, StandardBundle
from lti_tool.catalogue.draft_json import draft_from_json
from lti_tool.domain.draft_correction import Correction, CorrectionKind, corrected
from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.standard_draft import BadDraftError, StandardDraft
from lti_tool.persistence import standard_imports
from lti_tool.persistence.database import Session
from lti_tool.persistence.standard_imports import ImportState, StandardImport

from .work import Work

MOST_OPEN = 20
"""Documents of one school that wait for somebody at a time; more would only fill the disk."""


@dataclass(frozen=True, slots=True)
class Review:
    """A document and the draft made of it with all corrections. ``draft`` None: it is not read, or
    was refused. ``corrections`` counts those that can be undone."""

    document: StandardImport
    draft: StandardDraft | None
    corrections: int


def hand_in(work: Work, content: bytes, *, name: str, school_id: int) -> int:
    """Keep a document to be read at once; returns the id of the import.

    Raises BadDraftError: ``empty``, ``too_many`` (others still wait for somebody).
    """
    if not content.strip():
        raise BadDraftError("empty")
    if len(standard_imports.open_imports(work.session, school_id)) >= MOST_OPEN:
        raise BadDraftError("too_many", str(MOST_OPEN))
    sha256 = hashlib.sha256(content).hexdigest()
    import_id = standard_imports.add_import(
        work.session,
        content,
        name=name,
        sha256=sha256,
        school_id=school_id,
        given_by=work.actor_id,
        now=work.now,
    )
    work.note("hand_in_standard", f"standard_import:{import_id}", f"sha256:{sha256}")
    return import_id


def show_imports(session: Session, school_id: int) -> Sequence[StandardImport]:
    """The school's documents that a person still has to do with, newest first."""
    return standard_imports.open_imports(session, school_id)


def review(session: Session, import_id: int, *, school_id: int) -> Review:
    """A document of this school and its draft as corrected so far. Raises NotFoundError."""
    found = standard_imports.standard_import(session, import_id, school_id=school_id)
    if found.draft is None:
        return Review(found, None, 0)
    made = [
        Correction(CorrectionKind(each.kind), each.level, each.code, each.values)
        for each in standard_imports.corrections(session, import_id)
    ]
    draft = draft_from_json(found.draft)
    for each in made:
        draft = corrected(draft, each)
    return Review(found, draft, len(made))


def correct(
    work: Work, import_id: int, correction: Correction, *, school_id: int, revision: int
) -> None:
    """Correct the draft that the person saw at this revision.

    Raises NotFoundError, StaleFormError (somebody changed it since), BadDraftError as
    ``lti_tool.domain.draft_correction`` does.
    """
    _, draft = _take(work, import_id, school_id=school_id, revision=revision)
    corrected(draft, correction)
    standard_imports.add_correction(
        work.session,
        import_id,
        kind=correction.kind.value,
        level=correction.level,
        code=correction.code,
        values=dict(correction.values),
        made_by=work.actor_id,
        now=work.now,
    )


def undo(work: Work, import_id: int, *, school_id: int, revision: int) -> None:
    """Take the last correction back. Raises NotFoundError, also where there is none, and
    StaleFormError."""
    _take(work, import_id, school_id=school_id, revision=revision)
    if not standard_imports.undo_last(work.session, import_id, now=work.now):
        raise NotFoundError


def confirm(
    work: Work, import_id: int, shelf: Shelf, *, school_id: int, revision: int
) -> StandardBundle:
    """Install the draft that the person saw at this revision; returns the standard.

    Raises NotFoundError, StaleFormError, BadDraftError (``incomplete`` with the missing facts,
    ``installed``), CatalogueError where the standard does not hold together.
    """
    document, draft = _take(work, import_id, school_id=school_id, revision=revision)
    missing = draft.head.missing()
    if missing:
        raise BadDraftError("incomplete", ", ".join(missing))
    bundle = shelf.confirm(draft, Origin(document.name, document.sha256))
    standard_imports.mark_confirmed(work.session, import_id, bundle.standard.id)
    work.note("confirm_standard", f"standard:{bundle.standard.id}", f"standard_import:{import_id}")
    return bundle


def discard(work: Work, import_id: int, *, school_id: int) -> None:
    """Throw a document and its draft away. Raises NotFoundError, StaleFormError once it is
    installed."""
    found = standard_imports.standard_import(work.session, import_id, school_id=school_id)
    if found.state is ImportState.CONFIRMED:
        raise StaleFormError
    standard_imports.mark_discarded(work.session, import_id)
    work.note("discard_standard", f"standard_import:{import_id}")


def _take(
    work: Work, import_id: int, *, school_id: int, revision: int
) -> tuple[StandardImport, StandardDraft]:
    """The draft as corrected so far, this person's to change."""
    found = review(work.session, import_id, school_id=school_id)
    if found.draft is None:
        raise NotFoundError
    if not standard_imports.take_turn(work.session, import_id, revision):
        raise StaleFormError
    return found.document, found.draft
