"""A school's decisions, listed for those who read what is new. Not here: making them
(``decisions``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.attainment import Decision, DecisionKind

from .decisions import DecisionRow, as_decision
from .learners import accounts_of
from .people import PersonRow


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions to list; None: all. ``learner_id`` may be any of a learner's accounts."""

    standard_id: str | None = None
    level: str | None = None
    kind: DecisionKind | None = None
    learner_id: int | None = None


Place = tuple[datetime, str]
"""Where a list goes on: when the last one read was made, and its id."""


def decisions_after(
    session: Session, school_id: int, wanted: DecisionFilter, *, after: Place | None, most: int
) -> Sequence[Decision]:
    """Decisions about learners of a school, ``most`` of them, oldest first: since none is ever
    changed, whoever reads on from the last one misses nothing."""
    given = {
        "standard_id": wanted.standard_id,
        "level": wanted.level,
        "kind": wanted.kind.value if wanted.kind else None,
    }
    query = (
        select(DecisionRow)
        .filter_by(**{name: value for name, value in given.items() if value is not None})
        .join(PersonRow, PersonRow.id == DecisionRow.learner_id)
        .where(PersonRow.school_id == school_id)
        .order_by(DecisionRow.decided_at, DecisionRow.id)
        .limit(most)
    )
    if wanted.learner_id is not None:
        own = accounts_of(session, [wanted.learner_id])[wanted.learner_id]
        query = query.where(DecisionRow.learner_id.in_(own))
    if after is not None:
        at, id_ = after
        same_moment = and_(DecisionRow.decided_at == at, DecisionRow.id > id_)
        query = query.where(or_(DecisionRow.decided_at > at, same_moment))
    return [as_decision(row) for row in session.scalars(query)]


def decision_of_school(session: Session, school_id: int, decision_id: str) -> Decision | None:
    """The decision of this id; None where the school has none."""
    query = (
        select(DecisionRow)
        .filter_by(id=decision_id)
        .join(PersonRow, PersonRow.id == DecisionRow.learner_id)
        .where(PersonRow.school_id == school_id)
    )
    row = session.scalar(query)
    return None if row is None else as_decision(row)
