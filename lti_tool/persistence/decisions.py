"""Sign-offs and revocations of levels, and waivers of requirements lost in source."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.attainment import Decision, DecisionKind
from lti_tool.domain.standard import RequirementKey

from .database import Base, Json, UtcDateTime
from .learners import accounts_of, gathered


class DecisionRow(Base):
    """A sign-off or a revocation, with everything it rests on. Append-only."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_learner", "learner_id", "standard_id", "level"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    rule_version: Mapped[str] = mapped_column(String(40))
    mastered: Mapped[int]
    total: Mapped[int]
    rating_ids: Mapped[list[str]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    decided_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    waived: Mapped[list[str] | None] = mapped_column(Json)
    links: Mapped[int | None]
    carried: Mapped[int | None]


class WaiverRow(Base):
    """A school leaves a requirement that is lost in source out of its level, with a reason."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("school_id", "standard_id", "level", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    waived_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    waived_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waived requirement and why."""

    requirement: RequirementKey
    reason: str
    waived_by: int
    waived_at: datetime


def add_decision(session: Session, decision: Decision) -> None:
    """Store a decision."""
    session.add(
        DecisionRow(
            id=decision.id,
            learner_id=decision.learner_id,
            standard_id=decision.standard_id,
            level=decision.level,
            kind=decision.kind.value,
            rule_version=decision.rule_version,
            mastered=decision.mastered,
            total=decision.total,
            rating_ids=list(decision.rating_ids),
            digest=decision.digest,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            reason=decision.reason,
            waived=None if decision.waived is None else sorted(map(str, decision.waived)),
            links=decision.links,
            carried=decision.carried,
        )
    )
    session.flush()


def decisions_of(session: Session, learner_id: int, standard_id: str) -> Sequence[Decision]:
    """A learner's decisions under a standard, on whichever of their accounts, oldest first."""
    own = accounts_of(session, [learner_id])[learner_id]
    query = (
        select(DecisionRow)
        .where(DecisionRow.learner_id.in_(own), DecisionRow.standard_id == standard_id)
        .order_by(DecisionRow.decided_at, DecisionRow.id)
    )
    return [as_decision(row) for row in session.scalars(query)]


def standards_decided(session: Session, account_ids: Collection[int]) -> Sequence[str]:
    """The standards under which anything was decided on these accounts."""
    query = select(DecisionRow.standard_id).where(DecisionRow.learner_id.in_(account_ids))
    return session.scalars(query.distinct().order_by(DecisionRow.standard_id)).all()


def last_decisions_of(
    session: Session, learner_ids: Collection[int], standard_id: str
) -> Mapping[int, Mapping[str, Decision]]:
    """The newest decision on each level, by learner and level key, in two queries."""
    accounts = accounts_of(session, learner_ids)
    whole = set(chain.from_iterable(accounts.values()))
    query = (
        select(DecisionRow)
        .where(DecisionRow.learner_id.in_(whole), DecisionRow.standard_id == standard_id)
        .order_by(DecisionRow.decided_at, DecisionRow.id)
    )
    by_account: dict[int, list[Decision]] = {}
    for row in session.scalars(query):
        by_account.setdefault(row.learner_id, []).append(as_decision(row))
    return {
        learner_id: {each.level: each for each in sorted(made, key=lambda each: each.decided_at)}
        for learner_id, made in gathered(accounts, by_account).items()
    }


def every_decision(session: Session) -> Iterator[Decision]:
    """Every decision there is, oldest first, read in pieces."""
    query = select(DecisionRow).order_by(DecisionRow.decided_at, DecisionRow.id)
    with session.scalars(query.execution_options(yield_per=500)) as rows:
        for row in rows:
            yield as_decision(row)


def add_waiver(session: Session, *, school_id: int, standard_id: str, waiver: Waiver) -> None:
    """Store a waiver; a second one for the same requirement replaces the reason."""
    key = {
        "school_id": school_id,
        "standard_id": standard_id,
        "level": waiver.requirement.level,
        "code": waiver.requirement.code,
    }
    row = session.scalar(select(WaiverRow).filter_by(**key))
    if row is None:
        row = WaiverRow(**key)
        session.add(row)
    row.reason, row.waived_by, row.waived_at = waiver.reason, waiver.waived_by, waiver.waived_at
    session.flush()


def remove_waiver(
    session: Session, *, school_id: int, standard_id: str, requirement: RequirementKey
) -> None:
    """Take a waiver back; nothing happens where there is none."""
    row = session.scalar(
        select(WaiverRow).filter_by(
            school_id=school_id,
            standard_id=standard_id,
            level=requirement.level,
            code=requirement.code,
        )
    )
    if row is not None:
        session.delete(row)
        session.flush()


def waivers_of(session: Session, school_id: int, standard_id: str) -> Sequence[Waiver]:
    """A school's waivers under a standard, oldest first."""
    query = (
        select(WaiverRow)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(WaiverRow.waived_at)
    )
    return [
        Waiver(RequirementKey(row.level, row.code), row.reason, row.waived_by, row.waived_at)
        for row in session.scalars(query)
    ]


def as_decision(row: DecisionRow) -> Decision:
    """The value of a row, for the ledger of a school (``outcomes``)."""
    return Decision(
        id=row.id,
        learner_id=row.learner_id,
        standard_id=row.standard_id,
        level=row.level,
        kind=DecisionKind(row.kind),
        rule_version=row.rule_version,
        mastered=row.mastered,
        total=row.total,
        rating_ids=tuple(row.rating_ids),
        digest=row.digest,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        waived=None if row.waived is None else frozenset(map(RequirementKey.parse, row.waived)),
        links=row.links,
        carried=row.carried,
    )
