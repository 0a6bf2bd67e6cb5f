"""The score outbox: for each line item and person, the newest score and how its delivery goes.

One row per line item and person holds the score as last decided, so an older score can never
follow a newer one, and one lease on the row means one post at a time. ``sequence`` rises with
each new score; a delivery reports the sequence it sent, and if the score changed meanwhile
the row simply waits again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.score import Score
from lti_tool.telemetry.tracing import request_id

from .courses import CourseRow
from .database import Base, UtcDateTime
from .line_items import LineItemRow
from .people import PersonRow


class DeliveryState(StrEnum):
    """How far the newest score of a line item and person has come."""

    WAITING = "waiting"
    """Not sent yet; due at ``due_at``."""
    LEASED = "leased"
    """A delivery is at work until ``lease_until``; after that anyone may take it up again."""
    RETRY = "retry"
    """The last attempt failed in a way that may pass; due again at ``due_at``."""
    DELIVERED = "delivered"
    """The LMS has this score."""
    NEEDS_PERSON = "needs_person"
    """The LMS refuses in a way that only a person can change; ``reason`` says which."""


OPEN = (DeliveryState.WAITING.value, DeliveryState.RETRY.value)


class ScoreRow(Base):
    """The newest score for one line item and person, and its delivery."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        Index("ix_scores_due", "state", "due_at"),
        CheckConstraint("given >= 0 AND maximum > 0", name="points_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    given: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    comment: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=1)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    timestamp: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_timestamp: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment_sent: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(100), default="")
    detail: Mapped[str] = mapped_column(String(500), default="")
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    result_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox.

    ``attempts`` counts the tries of this score so far, ``conflicts`` how often the LMS held
    another one with a later time. ``timestamp`` is fixed before the first post of this score
    and kept over retries; None until then. ``comment_sent``: the LMS accepted this score's
    comment once already. ``result`` is what the LMS showed when it was last read, None if
    never or empty. ``request_id`` is the request that decided on the score, None if unknown.
    """

    id: int
    line_item_id: int
    person_id: int
    given: Decimal
    maximum: Decimal
    comment: str
    sequence: int
    queued_at: datetime
    state: DeliveryState
    due_at: datetime
    lease_until: datetime | None
    attempts: int
    conflicts: int
    timestamp: datetime | None
    comment_sent: bool
    reason: str
    detail: str
    delivered_at: datetime | None
    result: Decimal | None
    result_at: datetime | None
    request_id: str | None = None


def queue_score(
    session: Session, *, line_item_id: int, person_id: int, score: Score, now: datetime
) -> None:
    """Let this be the newest score for the line item and person; the same again is nothing new.

    A score in flight stays leased: its delivery finds the newer sequence when it reports.
    """
    row = session.scalar(
        select(ScoreRow).filter_by(line_item_id=line_item_id, person_id=person_id).with_for_update()
    )
    if row is None:
        row = ScoreRow(line_item_id=line_item_id, person_id=person_id, sequence=0)
        session.add(row)
    elif (row.given, row.maximum, row.comment) == (score.given, score.maximum, score.comment):
        return
    row.comment_sent = bool(row.comment_sent) and row.comment == score.comment
    row.given, row.maximum, row.comment = score.given, score.maximum, score.comment
    row.sequence += 1
    row.queued_at = now
    row.request_id = request_id()
    row.timestamp = None
    if row.state != DeliveryState.LEASED:
        _wait(row, now)
    session.flush()


def send_again(session: Session, delivery_id: int, *, now: datetime) -> None:
    """Let a score that is not in flight be sent anew, with a new timestamp."""
    row = session.get(ScoreRow, delivery_id, with_for_update=True)
    if row is not None and row.state != DeliveryState.LEASED:
        row.sequence += 1
        row.timestamp = None
        _wait(row, now)
        session.flush()


def lease_due(
    session: Session,
    *,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
    not_to: Collection[int] = (),
) -> Sequence[Delivery]:
    """Claim due scores, longest due first, and fix the timestamp of each.

    ``not_to`` names platforms, by our row id, whose scores are left waiting.

    On PostgreSQL two deliverers skip each other's rows; on SQLite the write lock keeps them
    apart. The timestamp is later than any sent before by at least a second, because Moodle
    compares whole seconds (observed on 4.5: same second, 409).
    """
    due = or_(
        and_(ScoreRow.state.in_(OPEN), ScoreRow.due_at <= now),
        and_(ScoreRow.state == DeliveryState.LEASED, ScoreRow.lease_until < now),
    )
    query = select(ScoreRow).where(due)
    if not_to:
        query = query.where(ScoreRow.line_item_id.not_in(_columns_of(not_to)))
    rows = session.scalars(
        query.order_by(ScoreRow.due_at, ScoreRow.id).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.state, row.lease_until = DeliveryState.LEASED.value, now + lease
        row.attempts += 1
        row.timestamp = row.timestamp or _next_timestamp(row, now)
        row.last_timestamp = max(row.timestamp, row.last_timestamp or row.timestamp)
    session.flush()
    return [_delivery(row) for row in rows]


def _columns_of(platform_ids: Collection[int]) -> Select[int]:
    return (
        select(LineItemRow.id)
        .join(CourseRow, CourseRow.id == LineItemRow.course_id)
        .where(CourseRow.platform_id.in_(platform_ids))
    )


def extend_lease(
    session: Session, delivery: Delivery, *, now: datetime, lease: timedelta
) -> Delivery | None:
    """Hold a claim for longer; None when another deliverer took it over."""
    row = _leased(session, delivery)
    if row is None:
        return None
    row.lease_until = now + lease
    session.flush()
    return replace(delivery, lease_until=row.lease_until)


def mark_delivered(
    session: Session, delivery: Delivery, *, now: datetime, result: Decimal | None = None
) -> None:
    """Note that the LMS has this score; if a newer one came meanwhile, it waits its turn."""
    row = _leased(session, delivery)
    if row is None:
        return
    row.comment_sent = row.comment_sent or row.comment == delivery.comment
    if row.sequence != delivery.sequence:
        _wait(row, now)
    else:
        row.state, row.lease_until = DeliveryState.DELIVERED.value, None
        row.delivered_at = now
        row.reason = row.detail = ""
        row.attempts = row.conflicts = 0
    if result is not None:
        row.result, row.result_at = result, now
    session.flush()


def keep_results(
    session: Session, line_item_id: int, held: Mapping[str, Decimal | None], *, now: datetime
) -> None:
    """Keep what the LMS holds, by the platform's user id, on our scale; None for those whom it
    does not name."""
    query = (
        select(ScoreRow, PersonRow.sub)
        .join(PersonRow, PersonRow.id == ScoreRow.person_id)
        .where(ScoreRow.line_item_id == line_item_id)
    )
    for row, sub in session.execute(query):
        row.result, row.result_at = held.get(sub), now
    session.flush()


def mark_retry(
    session: Session, delivery: Delivery, *, due_at: datetime, reason: str, detail: str = ""
) -> None:
    """Note a failure that may pass, and when to try again.

    A newer score that came meanwhile waits as long: it goes to the same LMS.
    """
    row = _leased(session, delivery)
    if row is not None:
        _try_again(row, due_at, reason, detail)
        session.flush()


def mark_renewed(
    session: Session,
    delivery: Delivery,
    *,
    due_at: datetime,
    reason: str,
    later_than: datetime | None = None,
) -> None:
    """Let the score be sent again with a new timestamp: the LMS holds a later one that differs.

    ``later_than`` is the time of what the LMS holds, None where it does not tell: its clock
    may be ahead of ours.
    """
    row = _leased(session, delivery)
    if row is not None:
        row.timestamp = None
        row.conflicts += 1
        if later_than is not None:
            row.last_timestamp = max(later_than, row.last_timestamp or later_than)
        _try_again(row, due_at, reason, "")
        session.flush()


def mark_needs_person(
    session: Session, delivery: Delivery, *, now: datetime, reason: str, detail: str = ""
) -> None:
    """Note a refusal that only a person can change; a newer score is tried all the same."""
    row = _leased(session, delivery)
    if row is None:
        return
    if row.sequence != delivery.sequence:
        _wait(row, now)
    else:
        row.state, row.lease_until = DeliveryState.NEEDS_PERSON.value, None
        row.reason, row.detail = reason[:100], detail[:500]
    session.flush()


def deliveries_of(session: Session, line_item_id: int) -> Sequence[Delivery]:
    """Every score of a line item."""
    query = select(ScoreRow).filter_by(line_item_id=line_item_id).order_by(ScoreRow.id)
    return [_delivery(row) for row in session.scalars(query)]


def deliveries_to(session: Session, person_id: int, resource_id: str) -> Sequence[Delivery]:
    """A person's scores in the columns of this resource id, over all courses."""
    query = (
        select(ScoreRow)
        .join(LineItemRow, LineItemRow.id == ScoreRow.line_item_id)
        .where(ScoreRow.person_id == person_id, LineItemRow.resource_id == resource_id)
        .order_by(ScoreRow.id)
    )
    return [_delivery(row) for row in session.scalars(query)]


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    """The row of this id as stored now; None if there is none."""
    row = session.get(ScoreRow, delivery_id, populate_existing=True)
    return _delivery(row) if row is not None else None


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many scores are still to be sent, and since when the oldest waits (None: none)."""
    undelivered = (*OPEN, DeliveryState.LEASED.value)
    count, oldest = session.execute(
        select(func.count(), func.min(ScoreRow.queued_at)).where(ScoreRow.state.in_(undelivered))
    ).one()
    return count, oldest


def last_delivered(session: Session) -> Mapping[int, datetime]:
    """When each platform, by our row id, last took a score; one that never did is missing."""
    query = (
        select(CourseRow.platform_id, func.max(ScoreRow.delivered_at))
        .join(LineItemRow, LineItemRow.course_id == CourseRow.id)
        .join(ScoreRow, ScoreRow.line_item_id == LineItemRow.id)
        .where(ScoreRow.delivered_at.is_not(None))
        .group_by(CourseRow.platform_id)
    )
    found = session.execute(query).all()
    return {platform_id: at for platform_id, at in found if at is not None}


def count_needing_person(session: Session) -> int:
    """How many scores the LMS refused in a way that only a person can change."""
    state = DeliveryState.NEEDS_PERSON.value
    return session.scalar(select(func.count()).where(ScoreRow.state == state)) or 0


def _try_again(row: ScoreRow, due_at: datetime, reason: str, detail: str) -> None:
    row.state, row.lease_until = DeliveryState.RETRY.value, None
    row.due_at, row.reason, row.detail = due_at, reason[:100], detail[:500]


def _wait(row: ScoreRow, now: datetime) -> None:
    row.state, row.lease_until, row.due_at = DeliveryState.WAITING.value, None, now
    row.attempts, row.conflicts, row.reason, row.detail = 0, 0, "", ""


def _next_timestamp(row: ScoreRow, now: datetime) -> datetime:
    if row.last_timestamp is None:
        return now
    return max(now, row.last_timestamp + timedelta(seconds=1))


def _leased(session: Session, delivery: Delivery) -> ScoreRow | None:
    """The row while this very lease holds; None when another deliverer took it over."""
    row = session.get(ScoreRow, delivery.id, with_for_update=True, populate_existing=True)
    if row is None or row.state != DeliveryState.LEASED or row.lease_until != delivery.lease_until:
        return None
    return row


def _delivery(row: ScoreRow) -> Delivery:
    return Delivery(
        id=row.id,
        line_item_id=row.line_item_id,
        person_id=row.person_id,
        given=row.given,
        maximum=row.maximum,
        comment=row.comment,
        sequence=row.sequence,
        queued_at=row.queued_at,
        state=DeliveryState(row.state),
        due_at=row.due_at,
        lease_until=row.lease_until,
        attempts=row.attempts,
        conflicts=row.conflicts,
        timestamp=row.timestamp,
        comment_sent=row.comment_sent,
        reason=row.reason,
        detail=row.detail,
        delivered_at=row.delivered_at,
        result=row.result,
        result_at=row.result_at,
        request_id=row.request_id,
    )
