"""Documents of standards that an administrator handed in, the drafts read from them, corrections.

A row whose ``due_at`` has come waits to be read, as the score outbox does. The document itself is
kept only until it is read. Not here: what a draft or a correction means (``lti_tool.domain``); both
are stored as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError

from .database import Base, Json, UtcDateTime


class ImportState(StrEnum):
    """How far a document is."""

    WAITING = "waiting"
    """Waits to be read."""
    READING = "reading"
    """Is being read; ``done`` of ``total`` pages or parts so far."""
    REFUSED = "refused"
    """It is no standard, or cannot be read; ``reason`` says why."""
    READY = "ready"
    """The draft waits for a person."""
    CONFIRMED = "confirmed"
    """A person confirmed the draft: it is installed as ``standard_id``."""
    DISCARDED = "discarded"
    """A person threw the draft away."""


OPEN = (ImportState.WAITING, ImportState.READING, ImportState.REFUSED, ImportState.READY)


class StandardImportRow(Base):
    """One document. ``revision`` counts what changed its draft, so that no form is stale."""

    __tablename__ = "standard_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    given_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[str] = mapped_column(String(200), default="")
    draft: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=0)
    standard_id: Mapped[str | None] = mapped_column(String(100))


class StandardDocumentRow(Base):
    """The bytes of a document that is not read yet."""

    __tablename__ = "standard_documents"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("standard_imports.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DraftCorrectionRow(Base):
    """One correction of a draft. ``undone_at`` None: it holds."""

    __tablename__ = "draft_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("standard_imports.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(30))
    values: Mapped[dict[str, str]] = mapped_column(Json)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StandardImport:
    """A document and what became of it. ``draft`` is JSON as it was read, without corrections;
    None where nothing was read."""

    id: int
    school_id: int
    name: str
    sha256: str
    given_at: datetime
    state: ImportState
    attempts: int
    done: int
    total: int
    reason: str
    detail: str
    draft: str | None
    revision: int
    standard_id: str | None


@dataclass(frozen=True, slots=True)
class StoredCorrection:
    """A correction that holds; ``values`` by field."""

    id: int
    kind: str
    level: str
    code: str
    values: dict[str, str]


def add_import(
    session: Session,
    content: bytes,
    *,
    name: str,
    sha256: str,
    school_id: int,
    given_by: int,
    now: datetime,
) -> int:
    """Keep a document to be read at once; returns the import's id."""
    row = StandardImportRow(
        school_id=school_id,
        name=name,
        sha256=sha256,
        given_by=given_by,
        given_at=now,
        state=ImportState.WAITING.value,
        due_at=now,
    )
    session.add(row)
    session.flush()
    session.add(StandardDocumentRow(import_id=row.id, content=content))
    session.flush()
    return row.id


def open_imports(session: Session, school_id: int) -> Sequence[StandardImport]:
    """The school's documents that a person still has to do with, newest first."""
    states = [each.value for each in OPEN]
    query = (
        select(StandardImportRow)
        .where(StandardImportRow.school_id == school_id, StandardImportRow.state.in_(states))
        .order_by(StandardImportRow.id.desc())
    )
    return [_import(row) for row in session.scalars(query)]


def standard_import(session: Session, import_id: int, *, school_id: int) -> StandardImport:
    """One document of a school. Raises NotFoundError."""
    row = session.get(StandardImportRow, import_id)
    if row is None or row.school_id != school_id:
        raise NotFoundError
    return _import(row)


def any_due(session: Session, now: datetime) -> bool:
    """Whether ``lease_due`` would find anything; asked without a lock."""
    due = select(StandardImportRow.id).where(StandardImportRow.due_at <= now).limit(1)
    return session.execute(due).first() is not None


def lease_due(
    session: Session, *, now: datetime, lease: timedelta
) -> tuple[StandardImport, bytes] | None:
    """The document due longest with its bytes, the caller's alone until the lease runs out; None
    if none is due."""
    due = (
        select(StandardImportRow.id, StandardImportRow.due_at)
        .where(StandardImportRow.due_at <= now)
        .order_by(StandardImportRow.due_at)
        .limit(1)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    claimed = session.execute(
        update(StandardImportRow)
        .where(StandardImportRow.id == found.id, StandardImportRow.due_at == found.due_at)
        .values(
            due_at=now + lease,
            attempts=StandardImportRow.attempts + 1,
            state=ImportState.READING.value,
        )
        .returning(StandardImportRow.id)
    ).scalar()
    document = session.get(StandardDocumentRow, claimed) if claimed is not None else None
    if claimed is None or document is None:
        return None
    return _import(session.get_one(StandardImportRow, claimed)), document.content


def note_progress(session: Session, import_id: int, *, done: int, total: int) -> None:
    """Note how far the reading is."""
    row = session.get_one(StandardImportRow, import_id)
    row.done, row.total = done, total
    session.flush()


def mark_ready(session: Session, import_id: int, draft: str) -> None:
    """It was read: keep the draft, forget the document."""
    row = _settled(session, import_id, ImportState.READY)
    row.draft = draft
    session.flush()


def mark_refused(session: Session, import_id: int, *, reason: str, detail: str) -> None:
    """It cannot be read: keep why, forget the document."""
    row = _settled(session, import_id, ImportState.REFUSED)
    row.reason, row.detail = reason[:40], detail[:200]
    session.flush()


def mark_confirmed(session: Session, import_id: int, standard_id: str) -> None:
    """The draft was confirmed and is installed."""
    row = _settled(session, import_id, ImportState.CONFIRMED)
    row.standard_id = standard_id
    session.flush()


def mark_discarded(session: Session, import_id: int) -> None:
    """A person wants none of it."""
    _settled(session, import_id, ImportState.DISCARDED)
    session.flush()


def _settled(session: Session, import_id: int, state: ImportState) -> StandardImportRow:
    row = session.get_one(StandardImportRow, import_id)
    row.state, row.due_at, row.revision = state.value, None, row.revision + 1
    document = session.get(StandardDocumentRow, import_id)
    if document is not None:
        session.delete(document)
    return row


# --- Corrections ----------------------------------------------------------------------------------


def corrections(session: Session, import_id: int) -> Sequence[StoredCorrection]:
    """The corrections that hold, in the order they were made."""
    query = (
        select(DraftCorrectionRow)
        .where(DraftCorrectionRow.import_id == import_id, DraftCorrectionRow.undone_at.is_(None))
        .order_by(DraftCorrectionRow.id)
    )
    return [
        StoredCorrection(row.id, row.kind, row.level, row.code, dict(row.values))
        for row in session.scalars(query)
    ]


def take_turn(session: Session, import_id: int, revision: int) -> bool:
    """Whether the draft is still at this revision; if so it moves on, and nobody else may."""
    moved = session.execute(
        update(StandardImportRow)
        .where(
            StandardImportRow.id == import_id,
            StandardImportRow.revision == revision,
            StandardImportRow.state == ImportState.READY.value,
        )
        .values(revision=revision + 1)
        .returning(StandardImportRow.id)
    ).scalar()
    return moved is not None


def add_correction(
    session: Session,
    import_id: int,
    *,
    kind: str,
    level: str,
    code: str,
    values: dict[str, str],
    made_by: int,
    now: datetime,
) -> None:
    """Keep a correction."""
    session.add(
        DraftCorrectionRow(
            import_id=import_id,
            kind=kind,
            level=level,
            code=code,
            values=values,
            made_by=made_by,
            made_at=now,
        )
    )
    session.flush()


def undo_last(session: Session, import_id: int, *, now: datetime) -> bool:
    """Take the last correction back; False where none holds."""
    query = (
        select(DraftCorrectionRow)
        .where(DraftCorrectionRow.import_id == import_id, DraftCorrectionRow.undone_at.is_(None))
        .order_by(DraftCorrectionRow.id.desc())
        .limit(1)
    )
    row = session.scalars(query).first()
    if row is None:
        return False
    row.undone_at = now
    session.flush()
    return True


def _import(row: StandardImportRow) -> StandardImport:
    return StandardImport(
        id=row.id,
        school_id=row.school_id,
        name=row.name,
        sha256=row.sha256,
        given_at=row.given_at,
        state=ImportState(row.state),
        attempts=row.attempts,
        done=row.done,
        total=row.total,
        reason=row.reason,
        detail=row.detail,
        draft=row.draft,
        revision=row.revision,
        standard_id=row.standard_id,
    )
