"""Uploads that are not complete yet: whose they are and what is to come. What has arrived lies in
``lti_tool.files.parts`` under the upload's ``part_key``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError

from .database import Base, UtcDateTime


class UploadRow(Base):
    """A file on its way into a draft."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    part_key: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way. ``size`` in bytes is what it will be; its ``id`` becomes the id of the
    piece of evidence, so that an upload completed twice is one piece."""

    id: str
    assessment_id: str
    learner_id: int
    name: str
    size: int
    part_key: str
    begun_at: datetime


def add_upload(session: Session, upload: Upload) -> None:
    """Store an upload that begins."""
    session.add(
        UploadRow(
            id=upload.id,
            assessment_id=upload.assessment_id,
            learner_id=upload.learner_id,
            name=upload.name,
            size=upload.size,
            part_key=upload.part_key,
            begun_at=upload.begun_at,
        )
    )
    session.flush()


def upload_of(session: Session, upload_id: str, *, learner_id: int) -> Upload:
    """A learner's own upload. Raises NotFoundError for one that is complete or another's."""
    row = session.get(UploadRow, upload_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError
    return _upload(row)


def uploads_of(session: Session, assessment_id: str, learner_id: int) -> Sequence[Upload]:
    """A learner's uploads to an assessment that are not complete, the oldest first."""
    query = (
        select(UploadRow)
        .filter_by(assessment_id=assessment_id, learner_id=learner_id)
        .order_by(UploadRow.begun_at, UploadRow.id)
    )
    return [_upload(row) for row in session.scalars(query)]


def remove_upload(session: Session, upload_id: str) -> None:
    """Forget an upload: it is complete or given up. Does nothing if it is gone already."""
    row = session.get(UploadRow, upload_id)
    if row is not None:
        session.delete(row)
        session.flush()


def begun_before(session: Session, when: datetime, *, most: int) -> Sequence[Upload]:
    """Some uploads of everybody that began before a time, the oldest first."""
    query = select(UploadRow).where(UploadRow.begun_at < when)
    found = session.scalars(query.order_by(UploadRow.begun_at, UploadRow.id).limit(most))
    return [_upload(row) for row in found]


def part_keys(session: Session) -> frozenset[str]:
    """The keys of everything that is on its way."""
    return frozenset(session.scalars(select(UploadRow.part_key)))


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        assessment_id=row.assessment_id,
        learner_id=row.learner_id,
        name=row.name,
        size=row.size,
        part_key=row.part_key,
        begun_at=row.begun_at,
    )
