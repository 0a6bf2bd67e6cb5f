"""What schools decided about evidence for an older version of a standard.

Not here: what follows from it (``lti_tool.domain.carrying``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.carrying import Carry, CarryDecision
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.standard import RequirementKey

from .database import Base, UtcDateTime


class CarryDecisionRow(Base):
    """One decision of a school about one requirement. Append-only: decisions on levels name the
    last one they rest on. The number is unique by school and new version, so that of two people
    who decide at once the second looks again."""

    __tablename__ = "carry_decisions"
    __table_args__ = (UniqueConstraint("school_id", "standard_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    old_standard_id: Mapped[str] = mapped_column(String(100))
    old_level: Mapped[str] = mapped_column(String(40))
    old_code: Mapped[str] = mapped_column(String(20))
    new_level: Mapped[str | None] = mapped_column(String(40))
    new_code: Mapped[str | None] = mapped_column(String(20))
    carry: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add_carry_decisions(
    session: Session, decisions: Iterable[CarryDecision], *, school_id: int, standard_id: str
) -> None:
    """Store decisions about evidence for ``standard_id``, the new version.

    Raises StaleFormError when somebody else decided meanwhile.
    """
    session.add_all(_row(each, school_id, standard_id) for each in decisions)
    try:
        session.flush()
    except IntegrityError as taken:
        raise StaleFormError from taken


def carry_decisions_of(
    session: Session, school_id: int, standard_id: str, *, up_to: int | None = None
) -> Sequence[CarryDecision]:
    """A school's decisions towards a version, oldest first; ``up_to``: those of numbers so far."""
    query = (
        select(CarryDecisionRow)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(CarryDecisionRow.number)
    )
    if up_to is not None:
        query = query.where(CarryDecisionRow.number <= up_to)
    return [_decision(row) for row in session.scalars(query)]


def last_number(session: Session, school_id: int, standard_id: str) -> int:
    """How many decisions the school made towards a version; the number of the last."""
    query = select(func.max(CarryDecisionRow.number)).filter_by(
        school_id=school_id, standard_id=standard_id
    )
    return session.scalar(query) or 0


def newer_versions(session: Session, school_id: int, standard_id: str) -> Sequence[str]:
    """The ids of the versions that the school decided to carry evidence for this one to."""
    query = (
        select(CarryDecisionRow.standard_id)
        .filter_by(school_id=school_id, old_standard_id=standard_id, carry=Carry.CARRIED.value)
        .distinct()
        .order_by(CarryDecisionRow.standard_id)
    )
    return list(session.scalars(query))


def _row(decision: CarryDecision, school_id: int, standard_id: str) -> CarryDecisionRow:
    new = decision.new
    return CarryDecisionRow(
        school_id=school_id,
        standard_id=standard_id,
        number=decision.number,
        old_standard_id=decision.old_standard,
        old_level=decision.old.level,
        old_code=decision.old.code,
        new_level=new.level if new else None,
        new_code=new.code if new else None,
        carry=decision.carry.value,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )


def _decision(row: CarryDecisionRow) -> CarryDecision:
    level, code = row.new_level, row.new_code
    return CarryDecision(
        number=row.number,
        old_standard=row.old_standard_id,
        old=RequirementKey(row.old_level, row.old_code),
        new=RequirementKey(level, code) if level and code else None,
        carry=Carry(row.carry),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
