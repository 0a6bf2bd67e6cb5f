"""What assessments give to work with: one brief for each assessment that has one."""

from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.brief import Brief, SetMaterial
from lti_tool.domain.ready_assessment import MaterialKind
from lti_tool.domain.rubric import AssessmentMethod

from .database import Base, Json


class BriefRow(Base):
    """A brief. ``material`` is a list of objects with ``title``, ``kind`` and ``words``."""

    __tablename__ = "briefs"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    scenario: Mapped[str] = mapped_column(Text)
    material: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    assessor: Mapped[str] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(String(40))
    minutes: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(80))


def keep_brief(session: Session, assessment_id: str, brief: Brief) -> None:
    """Store an assessment's brief in place of the one it had."""
    session.merge(
        BriefRow(
            assessment_id=assessment_id,
            scenario=brief.scenario,
            material=[
                {"title": each.title, "kind": each.kind.value, "words": each.words}
                for each in brief.material
            ],
            assessor=brief.assessor,
            method=brief.method.value if brief.method else None,
            minutes=brief.minutes,
            origin=brief.origin,
        )
    )
    session.flush()


def brief_of(session: Session, assessment_id: str) -> Brief | None:
    """An assessment's brief; None where it was set up without one."""
    row = session.get(BriefRow, assessment_id)
    if row is None:
        return None
    return Brief(
        scenario=row.scenario,
        material=tuple(
            SetMaterial(each["title"], MaterialKind(each["kind"]), each["words"])
            for each in row.material
        ),
        assessor=row.assessor,
        method=AssessmentMethod(row.method) if row.method else None,
        minutes=row.minutes,
        origin=row.origin,
    )
