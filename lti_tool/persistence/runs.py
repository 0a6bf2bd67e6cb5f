"""Fresh runs: an assessment of a copied course, set up as the one it was copied from."""

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base


class RunRow(Base):
    """A run. A course has one run of an assessment at most: however many activities are copied,
    they are about the same work."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("course_id", "source_id"),)

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    source_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))


def add_run(session: Session, assessment_id: str, *, course_id: int, source_id: str) -> None:
    """Note that an assessment of the course is a run of another course's."""
    session.add(RunRow(assessment_id=assessment_id, course_id=course_id, source_id=source_id))
    session.flush()


def run_in(session: Session, course_id: int, source_id: str) -> str | None:
    """The course's run of an assessment; None where it has none."""
    query = select(RunRow.assessment_id).filter_by(course_id=course_id, source_id=source_id)
    return session.scalar(query)


def source_of(session: Session, assessment_id: str) -> str | None:
    """What an assessment is a run of; None where it was set up by itself."""
    row = session.get(RunRow, assessment_id)
    return row.source_id if row is not None else None
