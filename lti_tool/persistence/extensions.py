"""More time that a teacher gave single learners for an assessment. Not here: what is due when for
everybody (``assessments``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.assessment import Assessment, extended

from .database import Base, UtcDateTime
from .submissions import SubmissionRow


class ExtensionRow(Base):
    """Until when one learner may hand in. Who gave what before is in the audit log."""

    __tablename__ = "extensions"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    granted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Extension:
    """Until when one learner may hand in, and what the teacher noted about it."""

    learner_id: int
    until: datetime
    reason: str
    granted_by: int
    granted_at: datetime


def set_extension(session: Session, assessment_id: str, extension: Extension) -> None:
    """Store an extension in place of the learner's former one."""
    session.merge(
        ExtensionRow(
            assessment_id=assessment_id,
            learner_id=extension.learner_id,
            until=extension.until,
            reason=extension.reason,
            granted_by=extension.granted_by,
            granted_at=extension.granted_at,
        )
    )
    session.flush()


def remove_extension(session: Session, assessment_id: str, learner_id: int) -> Extension | None:
    """Take an extension back; it is answered, None where there was none."""
    row = session.get(ExtensionRow, (assessment_id, learner_id))
    if row is None:
        return None
    gone = _extension(row)
    session.execute(
        delete(ExtensionRow).filter_by(assessment_id=assessment_id, learner_id=learner_id)
    )
    return gone


def extensions_to(session: Session, assessment_id: str) -> Sequence[Extension]:
    """The extensions for an assessment, the newest first."""
    query = select(ExtensionRow).filter_by(assessment_id=assessment_id)
    ordered = query.order_by(ExtensionRow.granted_at.desc(), ExtensionRow.learner_id)
    return [_extension(row) for row in session.scalars(ordered)]


def extensions_of(session: Session, learner_id: int) -> Mapping[str, datetime]:
    """Until when a learner may hand in, by the assessments where that is later for them."""
    query = select(ExtensionRow.assessment_id, ExtensionRow.until).filter_by(learner_id=learner_id)
    return dict(session.execute(query).all())


def for_learner(session: Session, assessment: Assessment, learner_id: int | None) -> Assessment:
    """The assessment as it is for one learner: due at the time that holds for them. None: as it is
    for somebody without a name."""
    if learner_id is None:
        return assessment
    row = session.get(ExtensionRow, (assessment.id, learner_id))
    return extended(assessment, row.until if row else None)


def note_lateness(session: Session, assessment: Assessment, learner_id: int) -> None:
    """Let each attempt a learner handed in be late or not by what is due now. Raises nothing."""
    if assessment.due_at is None:
        return
    own = (
        SubmissionRow.assessment_id == assessment.id,
        SubmissionRow.learner_id == learner_id,
        SubmissionRow.submitted_at.is_not(None),
    )
    session.execute(
        update(SubmissionRow)
        .where(*own)
        .values(late=SubmissionRow.submitted_at > assessment.due_at)
    )


def _extension(row: ExtensionRow) -> Extension:
    return Extension(row.learner_id, row.until, row.reason, row.granted_by, row.granted_at)
