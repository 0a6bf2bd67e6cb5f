"""The attainment rules schools set for themselves, every version kept.

Not here: what a rule's content means (``lti_tool.catalogue.rule_content``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import StaleFormError

from .database import Base, Json, UtcDateTime


class RuleRow(Base):
    """One version of a school's rule under a standard. Append-only: decisions name it."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("school_id", "standard_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, object]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A version of a school's rule. ``content`` is that of ``attainment.yaml``; ``reason`` why it
    was set, by whom (a person's id) and when."""

    version: str
    content: Mapping[str, object]
    reason: str
    set_by: int
    set_at: datetime


def add_rule(session: Session, rule: StoredRule, *, school_id: int, standard_id: str) -> None:
    """Store a new version, from now on the one in force. Raises StaleFormError for a version
    that exists: two people set a rule at once."""
    row = RuleRow(
        school_id=school_id,
        standard_id=standard_id,
        version=rule.version,
        content=dict(rule.content),
        reason=rule.reason,
        set_by=rule.set_by,
        set_at=rule.set_at,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as conflict:
        raise StaleFormError from conflict


def rules_of(session: Session, school_id: int, standard_id: str) -> Sequence[StoredRule]:
    """Every version a school has set under a standard, oldest first; the last is in force."""
    query = (
        select(RuleRow).filter_by(school_id=school_id, standard_id=standard_id).order_by(RuleRow.id)
    )
    return [_stored(row) for row in session.scalars(query)]


def rule_in_force(session: Session, school_id: int, standard_id: str) -> StoredRule | None:
    """The version in force; None where the school has set none, so the shipped rule holds."""
    query = (
        select(RuleRow)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(RuleRow.id.desc())
        .limit(1)
    )
    row = session.scalar(query)
    return _stored(row) if row is not None else None


def _stored(row: RuleRow) -> StoredRule:
    return StoredRule(row.version, row.content, row.reason, row.set_by, row.set_at)
