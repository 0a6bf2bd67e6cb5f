"""Assessments as teachers set them up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from lti_tool.domain.assessment import AssessedRequirement, Assessment, ReleaseMode
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.standard import RequirementKey

from .database import Base, UtcDateTime


class AssessmentRow(Base):
    """An assessment of one course."""

    __tablename__ = "assessments"
    __table_args__ = (CheckConstraint("points > 0", name="points_positive"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    instructions: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepts_late: Mapped[bool]
    attempts: Mapped[int | None]
    release: Mapped[str] = mapped_column(String(20))
    review_days: Mapped[int] = mapped_column(server_default=text("7"))
    second_percent: Mapped[int] = mapped_column(server_default=text("0"))
    anonymous: Mapped[bool] = mapped_column(server_default=false())
    seed: Mapped[str] = mapped_column(String(40), server_default="")
    created_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requirements: Mapped[list["AssessedRequirementRow"]] = relationship(
        order_by="AssessedRequirementRow.position", lazy="selectin", cascade="all, delete-orphan"
    )


class AssessedRequirementRow(Base):
    """One requirement of an assessment, in the order shown."""

    __tablename__ = "assessed_requirements"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    weight: Mapped[int]


def add_assessment(
    session: Session, assessment: Assessment, *, course_id: int, created_by: int, now: datetime
) -> None:
    """Store a new assessment."""
    session.add(
        AssessmentRow(
            id=assessment.id,
            course_id=course_id,
            standard_id=assessment.standard_id,
            level=assessment.level,
            created_by=created_by,
            created_at=now,
            **_conditions(assessment),
            requirements=_requirement_rows(assessment),
        )
    )
    session.flush()


def change_assessment(session: Session, assessment: Assessment) -> None:
    """Store new conditions; the requirements, standard and level of a row never change."""
    row = _row(session, assessment.id)
    for name, value in _conditions(assessment).items():
        setattr(row, name, value)
    session.flush()


def assessment(session: Session, assessment_id: str, *, course_id: int) -> Assessment:
    """The assessment if it belongs to the course. Raises NotFoundError otherwise."""
    row = session.get(AssessmentRow, assessment_id)
    if row is None or row.course_id != course_id:
        raise NotFoundError
    return _assessment(row)


def course_of(session: Session, assessment_id: str) -> int:
    """The id of the course an assessment belongs to. Raises NotFoundError."""
    return _row(session, assessment_id).course_id


def titles_of(session: Session, assessment_ids: Collection[str]) -> Mapping[str, str]:
    """The titles of these assessments, of any course, by id."""
    query = select(AssessmentRow.id, AssessmentRow.title).where(
        AssessmentRow.id.in_(assessment_ids)
    )
    return dict(session.execute(query).all())


def assessments_of(session: Session, course_id: int) -> Sequence[Assessment]:
    """The course's assessments, oldest first."""
    query = (
        select(AssessmentRow)
        .filter_by(course_id=course_id)
        .order_by(AssessmentRow.created_at, AssessmentRow.id)
    )
    return [_assessment(row) for row in session.scalars(query)]


def levels_assessed(session: Session, course_id: int, standard_id: str) -> Sequence[str]:
    """The levels of a standard that a course assesses, as keys, in no promised order."""
    query = select(AssessmentRow.level).filter_by(course_id=course_id, standard_id=standard_id)
    return list(session.scalars(query.distinct()))


def _row(session: Session, assessment_id: str) -> AssessmentRow:
    row = session.get(AssessmentRow, assessment_id)
    if row is None:
        raise NotFoundError
    return row


def _conditions(assessment: Assessment) -> dict[str, object]:
    return {
        "title": assessment.title,
        "instructions": assessment.instructions,
        "points": assessment.points,
        "due_at": assessment.due_at,
        "accepts_late": assessment.accepts_late,
        "attempts": assessment.attempts,
        "release": assessment.release.value,
        "review_days": assessment.review_days,
        "second_percent": assessment.second_percent,
        "anonymous": assessment.anonymous,
        "seed": assessment.seed,
    }


def _requirement_rows(assessment: Assessment) -> list[AssessedRequirementRow]:
    return [
        AssessedRequirementRow(code=each.code, position=position, weight=each.weight)
        for position, each in enumerate(assessment.requirements)
    ]


def _assessment(row: AssessmentRow) -> Assessment:
    return Assessment(
        id=row.id,
        standard_id=row.standard_id,
        level=row.level,
        title=row.title,
        instructions=row.instructions,
        requirements=tuple(
            AssessedRequirement(RequirementKey(row.level, each.code), each.weight)
            for each in row.requirements
        ),
        points=row.points,
        due_at=row.due_at,
        accepts_late=row.accepts_late,
        attempts=row.attempts,
        release=ReleaseMode(row.release),
        review_days=row.review_days,
        second_percent=row.second_percent,
        anonymous=row.anonymous,
        seed=row.seed,
    )
