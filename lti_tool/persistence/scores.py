"""The score outbox: for each line item and person, the newest score and how its delivery goes.

One row per line item and person holds the score as last decided, so an older score can never
follow a newer one, and one lease on the row means one post at a time. ``sequence`` rises with
each new score; a delivery reports the sequence it sent, and if the score changed meanwhile
the row simply waits again. Not here: claims and what becomes of them (``deliveries``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    Row,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.score import Score
from lti_tool.telemetry.tracing import request_id

from .courses import CourseRow
from .database import Base, UtcDateTime
from .line_items import LineItemRow
from .people import PersonRow

QUEUED: Final = "lti_tool_queued_scores"


REMOVED: Final = "column_removed"
"""The reason of scores whose column a teacher had deleted."""


class DeliveryState(StrEnum):
    """How far the newest score of a line item and person has come.

    A new score makes every state ``waiting``, but for ``leased``: there the delivery under way is
    finished first, and then the newer score waits.
    """

    WAITING = "waiting"
    """Nobody tried to send it yet; due at ``due_at``. Next: ``leased``."""
    LEASED = "leased"
    """A process sends it just now, and renews its lease while it lives. After ``lease_until``
    anyone may claim it anew and sends it with the same timestamp. Next: any of the others."""
    RETRY = "retry"
    """The last attempt failed in a way that may pass by itself (``reason``); due again at
    ``due_at``. Next: ``leased``."""
    DELIVERED = "delivered"
    """The LMS took this score, or was seen to hold it. Next: only a newer score, or a person who
    has it sent again."""
    NEEDS_PERSON = "needs_person"
    """The LMS refuses in a way that waiting does not change; ``reason`` says which. Next: a person
    who has it sent again, or a newer score."""


UNFINISHED = (DeliveryState.WAITING.value, DeliveryState.RETRY.value, DeliveryState.LEASED.value)
OF_OPEN = text("state IN ('waiting', 'retry', 'leased')")


class ScoreRow(Base):
    """The newest score for one line item and person, and its delivery.

    ``due_at`` is when a process may claim it: of a leased score, when the lease runs out. ``claim``
    counts the claims: what a process reports holds only for its own. ``platform_id`` None: written
    by a release that did not know it; delivery fills it in.
    """

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        Index("ix_scores_due", "state", "due_at"),
        Index(
            "ix_scores_open",
            "platform_id",
            "bulk",
            "due_at",
            postgresql_where=OF_OPEN,
            sqlite_where=OF_OPEN,
        ),
        CheckConstraint("given >= 0 AND maximum > 0", name="points_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platforms.id"))
    given: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    comment: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=1)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    bulk: Mapped[bool] = mapped_column(default=False, server_default="0")
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
    and kept over retries; None until then. ``claim`` is the number of the last claim, ``bulk``
    whether fresh scores go first. ``comment_sent``: the LMS accepted this score's
    comment once already. ``result`` is what the LMS showed when it was last read, None if
    never or empty. ``request_id`` is the request that decided on the score, None if unknown.
    """

    id: int
    line_item_id: int
    person_id: int
    platform_id: int | None
    given: Decimal
    maximum: Decimal
    comment: str
    sequence: int
    queued_at: datetime
    state: DeliveryState
    due_at: datetime
    lease_until: datetime | None
    claim: int
    bulk: bool
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

    @property
    def request_name(self) -> str:
        """What log lines and the call to the LMS carry: the request that decided, or the score."""
        return self.request_id or f"score-{self.id}"


def queue_score(
    session: Session,
    *,
    line_item_id: int,
    person_id: int,
    score: Score,
    now: datetime,
    bulk: bool = False,
) -> None:
    """Let this be the newest score for the line item and person; the same again is nothing new.

    A score in flight stays leased: its delivery finds the newer sequence when it reports. ``bulk``
    is for one of many queued at once: those decided one by one go first.
    """
    row = session.scalar(
        select(ScoreRow).filter_by(line_item_id=line_item_id, person_id=person_id).with_for_update()
    )
    if row is None:
        row = ScoreRow(line_item_id=line_item_id, person_id=person_id, sequence=0)
        row.platform_id = session.scalar(platform_of(line_item_id))
        session.add(row)
    elif (row.given, row.maximum, row.comment) == (score.given, score.maximum, score.comment):
        return
    row.comment_sent = bool(row.comment_sent) and row.comment == score.comment
    row.given, row.maximum, row.comment = score.given, score.maximum, score.comment
    row.sequence += 1
    row.queued_at = now
    row.request_id = request_id()
    row.timestamp, row.bulk = None, bulk
    if row.state != DeliveryState.LEASED:
        wait(row, now)
    session.flush()
    _announce(session, row)


def send_again(session: Session, delivery_id: int, *, now: datetime, bulk: bool = False) -> None:
    """Let a score that is not in flight be sent anew, with a new timestamp."""
    row = session.get(ScoreRow, delivery_id, with_for_update=True)
    if row is not None and row.state != DeliveryState.LEASED:
        row.sequence += 1
        row.timestamp, row.bulk = None, bulk
        wait(row, now)
        session.flush()
        _announce(session, row)


def is_being_sent(session: Session, person_id: int) -> bool:
    """Whether a score of a person is on its way to an LMS this moment."""
    query = select(ScoreRow.id).filter_by(person_id=person_id, state=DeliveryState.LEASED.value)
    return session.scalar(query.limit(1)) is not None


def queued_in(session: Session) -> Sequence[int]:
    """The ids of the scores that this session queued, for whoever tells delivery of them after
    the commit."""
    found: list[int] = session.info.get(QUEUED, [])
    return found


def _announce(session: Session, row: ScoreRow) -> None:
    session.info.setdefault(QUEUED, []).append(row.id)


def platform_of(line_item_id: int | ColumnElement[int]) -> Select[int]:
    """Selects the platform, by our row id, whose gradebook has the column."""
    return (
        select(CourseRow.platform_id)
        .join(LineItemRow, LineItemRow.course_id == CourseRow.id)
        .where(LineItemRow.id == line_item_id)
    )


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


def deliveries_of(session: Session, line_item_id: int) -> Sequence[Delivery]:
    """Every score of a line item."""
    query = select(ScoreRow).filter_by(line_item_id=line_item_id).order_by(ScoreRow.id)
    return [as_delivery(row) for row in session.scalars(query)]


def deliveries_to(session: Session, person_id: int, resource_id: str) -> Sequence[Delivery]:
    """A person's scores in the columns of this resource id, over all courses."""
    query = (
        select(ScoreRow)
        .join(LineItemRow, LineItemRow.id == ScoreRow.line_item_id)
        .where(ScoreRow.person_id == person_id, LineItemRow.resource_id == resource_id)
        .order_by(ScoreRow.id)
    )
    return [as_delivery(row) for row in session.scalars(query)]


def was_told(session: Session, course_id: int, resource_id: str, person_id: int) -> bool:
    """Whether a score of this person was ever queued for the column of this resource id."""
    query = (
        select(ScoreRow.id)
        .join(LineItemRow, LineItemRow.id == ScoreRow.line_item_id)
        .where(
            ScoreRow.person_id == person_id,
            LineItemRow.course_id == course_id,
            LineItemRow.resource_id == resource_id,
        )
    )
    return session.scalar(query) is not None


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    """The row of this id as stored now; None if there is none."""
    row = session.get(ScoreRow, delivery_id, populate_existing=True)
    return as_delivery(row) if row is not None else None


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many scores are still to be sent, and since when the oldest waits (None: none)."""
    count, oldest = session.execute(
        select(func.count(), func.min(ScoreRow.queued_at)).where(ScoreRow.state.in_(UNFINISHED))
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
    """How many scores the LMS refused in a way that only a person can change. Those whose column a
    teacher had deleted are where that teacher wants them."""
    state = DeliveryState.NEEDS_PERSON.value
    query = select(func.count()).where(ScoreRow.state == state, ScoreRow.reason != REMOVED)
    return session.scalar(query) or 0


def wait(row: ScoreRow, now: datetime) -> None:
    """Bring a row to the beginning: due now, nothing tried."""
    row.state, row.lease_until, row.due_at = DeliveryState.WAITING.value, None, now
    row.attempts, row.conflicts, row.reason, row.detail = 0, 0, "", ""


def as_delivery(row: ScoreRow | Row[Any]) -> Delivery:
    """The value of a row, for ``deliveries``, too."""
    return Delivery(
        id=row.id,
        line_item_id=row.line_item_id,
        person_id=row.person_id,
        platform_id=row.platform_id,
        given=row.given,
        maximum=row.maximum,
        comment=row.comment,
        sequence=row.sequence,
        queued_at=row.queued_at,
        state=DeliveryState(row.state),
        due_at=row.due_at,
        lease_until=row.lease_until,
        claim=row.claim,
        bulk=row.bulk,
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
