"""What schools decided about equivalence: links accepted and rejected, and decisions undone.

Not here: what follows from them (``lti_tool.domain.equivalence``).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.equivalence import LinkDecision, Verdict
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import RequirementKey

from .database import Base, UtcDateTime
from .people import PersonRow, as_account


class LinkDecisionRow(Base):
    """One decision of a school about a pair of requirements. Append-only: decisions on levels
    name the last one they rest on. The number is unique, so that of two people who decide at
    once the second looks again."""

    __tablename__ = "link_decisions"
    __table_args__ = (UniqueConstraint("school_id", "standard_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    lower_level: Mapped[str] = mapped_column(String(40))
    lower_code: Mapped[str] = mapped_column(String(20))
    higher_level: Mapped[str] = mapped_column(String(40))
    higher_code: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str] = mapped_column(String(20))
    tag: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add_link_decision(
    session: Session, decision: LinkDecision, *, school_id: int, standard_id: str
) -> None:
    """Store a decision. Raises StaleFormError when somebody else decided meanwhile."""
    row = LinkDecisionRow(
        school_id=school_id,
        standard_id=standard_id,
        number=decision.number,
        lower_level=decision.lower.level,
        lower_code=decision.lower.code,
        higher_level=decision.higher.level,
        higher_code=decision.higher.code,
        verdict=decision.verdict.value,
        tag=decision.tag.value if decision.tag else None,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as taken:
        raise StaleFormError from taken


def link_decisions_of(
    session: Session, school_id: int, standard_id: str, *, up_to: int | None = None
) -> Sequence[LinkDecision]:
    """A school's decisions under a standard, oldest first; ``up_to``: those of numbers so far."""
    query = (
        select(LinkDecisionRow, PersonRow)
        .join(PersonRow, PersonRow.id == LinkDecisionRow.decided_by)
        .where(
            LinkDecisionRow.school_id == school_id,
            LinkDecisionRow.standard_id == standard_id,
        )
        .order_by(LinkDecisionRow.number)
    )
    if up_to is not None:
        query = query.where(LinkDecisionRow.number <= up_to)
    return [_decision(row, as_account(person).label) for row, person in session.execute(query)]


def last_number(session: Session, school_id: int, standard_id: str) -> int:
    """How many decisions the school made under a standard; the number of the last."""
    query = select(func.max(LinkDecisionRow.number)).where(
        LinkDecisionRow.school_id == school_id, LinkDecisionRow.standard_id == standard_id
    )
    return session.scalar(query) or 0


def _decision(row: LinkDecisionRow, by: str) -> LinkDecision:
    return LinkDecision(
        number=row.number,
        lower=RequirementKey(row.lower_level, row.lower_code),
        higher=RequirementKey(row.higher_level, row.higher_code),
        verdict=Verdict(row.verdict),
        tag=LinkTag(row.tag) if row.tag else None,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        by=by,
    )
