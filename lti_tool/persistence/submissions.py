"""Submissions and their evidence. File contents are kept in ``lti_tool.files``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission, SubmissionState

from .database import Base, Json, UtcDateTime


class SetAside(StrEnum):
    """Why a piece of evidence is not in the attempt any more."""

    REMOVED = "removed"
    """Taken out of a draft; it can be brought back until the work is handed in."""
    RETURNED = "returned"
    """As it was handed in, before the work was given back; kept, since ratings may rest on it."""


class SubmissionRow(Base):
    """One attempt of one learner. ``version`` rises with every change."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("assessment_id", "learner_id", "attempt"),
        CheckConstraint("attempt >= 1", name="attempt_positive"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    self_ratings: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    return_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late: Mapped[bool] = mapped_column(default=False)
    shared_as: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    evidence: Mapped[list["EvidenceRow"]] = relationship(
        order_by="EvidenceRow.created_at, EvidenceRow.id",
        lazy="selectin",
        cascade="all, delete-orphan",
    )


class EvidenceRow(Base):
    """A piece of evidence. ``storage_key`` finds a file's content, None for text and links; more
    than one row may have it. ``set_aside`` is empty for a piece of the attempt as it stands."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(255))
    codes: Mapped[list[str]] = mapped_column(Json, default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2000), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    storage_key: Mapped[str | None] = mapped_column(String(100), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_aside: Mapped[str] = mapped_column(String(10), default="", server_default="")
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


COPIED = (
    *("kind", "title", "codes", "text", "url"),
    *("media_type", "size", "sha256", "storage_key", "created_at"),
)
"""What a copy of a piece has of it."""


def add_submission(session: Session, submission: Submission) -> None:
    """Store a new attempt. Raises StaleFormError when it was begun in another window just now."""
    session.add(
        SubmissionRow(
            id=submission.id,
            assessment_id=submission.assessment_id,
            learner_id=submission.learner_id,
            attempt=submission.attempt,
            state=submission.state.value,
            version=submission.version,
            self_ratings=dict(submission.self_ratings),
            created_at=submission.created_at,
        )
    )
    try:
        session.flush()
    except IntegrityError as begun:
        raise StaleFormError from begun


def change_submission(
    session: Session,
    submission: Submission,
    *,
    state: SubmissionState | None = None,
    self_ratings: Mapping[str, int] | None = None,
    submitted_at: datetime | None = None,
    late: bool | None = None,
    return_note: str | None = None,
    shared_as: str | None = None,
) -> Submission:
    """Store what is not None, and only if nobody changed the submission since it was read.

    Raises StaleFormError when its version is not the given one any more.
    """
    changes: dict[str, object] = {
        "state": state.value if state else None,
        "self_ratings": dict(self_ratings) if self_ratings is not None else None,
        "submitted_at": submitted_at,
        "late": late,
        "return_note": return_note,
        "shared_as": shared_as,
    }
    told = {name: value for name, value in changes.items() if value is not None}
    changed = session.execute(
        update(SubmissionRow)
        .where(SubmissionRow.id == submission.id, SubmissionRow.version == submission.version)
        .values(version=submission.version + 1, **told)
        .returning(SubmissionRow.id)
    ).scalar()
    if changed is None:
        raise StaleFormError
    return submission_of(session, submission.id)


def add_evidence(
    session: Session, submission_id: str, evidence: Evidence, *, storage_key: str | None
) -> None:
    """Store a piece of evidence."""
    session.add(
        EvidenceRow(
            id=evidence.id,
            submission_id=submission_id,
            kind=evidence.kind.value,
            title=evidence.title[:255],
            codes=sorted(evidence.codes),
            text=evidence.text,
            url=evidence.url,
            media_type=evidence.media_type,
            size=evidence.size,
            sha256=evidence.sha256,
            storage_key=storage_key,
            created_at=evidence.created_at,
        )
    )
    session.flush()


def change_evidence(
    session: Session,
    evidence_id: str,
    *,
    codes: frozenset[str],
    text: str | None,
    url: str | None,
    title: str | None = None,
) -> None:
    """Store new codes, and new words where they are not None. Raises NotFoundError."""
    row = session.get(EvidenceRow, evidence_id)
    if row is None:
        raise NotFoundError
    row.codes = sorted(codes)
    row.title = row.title if title is None else title
    row.text = row.text if text is None else text
    row.url = row.url if url is None else url
    session.flush()


def remove_evidence(session: Session, evidence_id: str, *, at: datetime) -> None:
    """Set a piece of evidence aside. Raises NotFoundError."""
    row = session.get(EvidenceRow, evidence_id)
    if row is None:
        raise NotFoundError
    row.set_aside, row.set_aside_at = SetAside.REMOVED.value, at
    session.flush()


def restore_evidence(session: Session, evidence_id: str) -> None:
    """Bring a removed piece back. Raises NotFoundError for one that was not removed."""
    row = session.get(EvidenceRow, evidence_id)
    if row is None or row.set_aside != SetAside.REMOVED.value:
        raise NotFoundError
    row.set_aside, row.set_aside_at = "", None
    session.flush()


def forget_removed(session: Session, submission_id: str) -> None:
    """Delete what was removed from an attempt. Contents are left to the sweep of files."""
    session.execute(
        delete(EvidenceRow).where(
            EvidenceRow.submission_id == submission_id,
            EvidenceRow.set_aside == SetAside.REMOVED.value,
        )
    )


def keep_as_handed_in(
    session: Session, submission_id: str, *, at: datetime, new_id: Callable[[], str]
) -> None:
    """Set the evidence aside as it was handed in, for good, and put a copy of each piece in its
    place, for the learner to go on with."""
    query = select(EvidenceRow).filter_by(submission_id=submission_id, set_aside="")
    for row in session.scalars(query).all():
        session.add(_copy(row, new_id(), submission_id))
        row.set_aside, row.set_aside_at = SetAside.RETURNED.value, at
    session.flush()


def take_over_evidence(
    session: Session, submission_id: str, of: str, *, at: datetime, new_id: Callable[[], str]
) -> None:
    """Put copies of another submission's evidence in place of what an attempt holds; that is set
    aside as if its learner had removed it."""
    own = select(EvidenceRow).filter_by(submission_id=submission_id, set_aside="")
    for row in session.scalars(own).all():
        row.set_aside, row.set_aside_at = SetAside.REMOVED.value, at
    for row in session.scalars(select(EvidenceRow).filter_by(submission_id=of, set_aside="")).all():
        session.add(_copy(row, new_id(), submission_id))
    session.flush()


def storage_key(session: Session, evidence_id: str) -> str | None:
    """Where a file's content is kept; None for text and links. Raises NotFoundError."""
    row = session.get(EvidenceRow, evidence_id)
    if row is None:
        raise NotFoundError
    return row.storage_key


def storage_keys(session: Session, prefix: str) -> frozenset[str]:
    """The keys of all files whose key begins so, those set aside included."""
    query = select(EvidenceRow.storage_key).where(
        EvidenceRow.storage_key >= prefix, EvidenceRow.storage_key < f"{prefix}~"
    )
    return frozenset(each for each in session.scalars(query) if each is not None)


def submission_of(session: Session, submission_id: str) -> Submission:
    """The submission with its evidence, as stored now. Raises NotFoundError."""
    row = session.get(SubmissionRow, submission_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    return _submission(row)


def submission_with(session: Session, evidence_id: str) -> Submission:
    """The submission a piece of evidence belongs to. Raises NotFoundError."""
    row = session.get(EvidenceRow, evidence_id)
    if row is None:
        raise NotFoundError
    return submission_of(session, row.submission_id)


def attempts_of(session: Session, assessment_id: str, learner_id: int) -> Sequence[Submission]:
    """A learner's attempts at an assessment, first one first."""
    query = (
        select(SubmissionRow)
        .filter_by(assessment_id=assessment_id, learner_id=learner_id)
        .order_by(SubmissionRow.attempt)
        .execution_options(populate_existing=True)
    )
    return [_submission(row) for row in session.scalars(query)]


def attempt_of(
    session: Session, assessment_id: str, learner_id: int, number: int | None
) -> Submission:
    """A learner's attempt by its number. Raises NotFoundError."""
    for each in attempts_of(session, assessment_id, learner_id):
        if each.attempt == number:
            return each
    raise NotFoundError


def submissions_to(
    session: Session, assessment_id: str, states: Collection[SubmissionState]
) -> Sequence[Submission]:
    """The submissions to an assessment in these states, longest waiting first."""
    query = (
        select(SubmissionRow)
        .where(
            SubmissionRow.assessment_id == assessment_id,
            SubmissionRow.state.in_([each.value for each in states]),
        )
        .order_by(SubmissionRow.submitted_at, SubmissionRow.id)
    )
    return [_submission(row) for row in session.scalars(query)]


def handed_in_with(session: Session, submission: Submission) -> Sequence[Submission]:
    """The submissions of all members of a team that handed in together, this one included, by
    learner; this one alone where there was no team."""
    if not submission.shared_as:
        return [submission]
    query = select(SubmissionRow).filter_by(shared_as=submission.shared_as)
    ordered = query.order_by(SubmissionRow.learner_id).execution_options(populate_existing=True)
    return [_submission(row) for row in session.scalars(ordered)]


def _copy(row: EvidenceRow, id_: str, submission_id: str) -> EvidenceRow:
    copied = {name: getattr(row, name) for name in COPIED}
    return EvidenceRow(id=id_, submission_id=submission_id, **copied)


def _submission(row: SubmissionRow) -> Submission:
    return Submission(
        id=row.id,
        assessment_id=row.assessment_id,
        learner_id=row.learner_id,
        attempt=row.attempt,
        state=SubmissionState(row.state),
        version=row.version,
        created_at=row.created_at,
        evidence=_pieces(row, ""),
        removed=_pieces(row, SetAside.REMOVED.value),
        earlier=_pieces(row, SetAside.RETURNED.value),
        self_ratings=dict(row.self_ratings),
        submitted_at=row.submitted_at,
        late=row.late,
        return_note=row.return_note,
        shared_as=row.shared_as,
    )


def _pieces(row: SubmissionRow, set_aside: str) -> tuple[Evidence, ...]:
    return tuple(_evidence(each) for each in row.evidence if each.set_aside == set_aside)


def _evidence(row: EvidenceRow) -> Evidence:
    return Evidence(
        id=row.id,
        kind=EvidenceKind(row.kind),
        title=row.title,
        codes=frozenset(row.codes),
        created_at=row.created_at,
        text=row.text,
        url=row.url,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
    )
