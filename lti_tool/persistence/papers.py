"""Papers about one learner that can be verified by their code: transcripts and credentials.

Not here: what they say (``exports``), whether it still holds (``verify_paper``).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError

from .database import Base, UtcDateTime


class PaperRow(Base):
    """A paper that was handed out. Append-only: no name stands in it."""

    __tablename__ = "papers"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    export_id: Mapped[str] = mapped_column(ForeignKey("exports.id"), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper; ``signed`` is the credential as it was signed, empty for a transcript."""

    code: str
    export_id: str
    school_id: int
    learner_id: int
    standard_id: str
    issued_at: datetime
    signed: str


def add_paper(session: Session, paper: Paper) -> None:
    """Store a paper."""
    session.add(
        PaperRow(
            code=paper.code,
            export_id=paper.export_id,
            school_id=paper.school_id,
            learner_id=paper.learner_id,
            standard_id=paper.standard_id,
            issued_at=paper.issued_at,
            signed=paper.signed,
        )
    )
    session.flush()


def paper_by_code(session: Session, code: str) -> Paper | None:
    """The paper of this code; None if there is none."""
    row = session.get(PaperRow, code)
    return _paper(row) if row is not None else None


def paper_of_export(session: Session, export_id: str) -> Paper:
    """The paper that an export is. Raises NotFoundError."""
    row = session.scalar(select(PaperRow).filter_by(export_id=export_id))
    if row is None:
        raise NotFoundError
    return _paper(row)


def _paper(row: PaperRow) -> Paper:
    return Paper(
        row.code,
        row.export_id,
        row.school_id,
        row.learner_id,
        row.standard_id,
        row.issued_at,
        row.signed,
    )
