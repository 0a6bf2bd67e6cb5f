"""The score outbox as the processes that deliver work it: claims, and what became of them.

A claim is a lease with a number. Its holder renews the lease while it lives, and whatever it
reports counts only while the number is still its own: after a lease ran out another process has
claimed the score, with the next number. Not here: what is in the outbox (``scores``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select, update
from sqlalchemy.orm import Session

from .database import Base
from .platforms import PlatformRow
from .scores import UNFINISHED, Delivery, DeliveryState, ScoreRow, as_delivery, platform_of, wait

SCORES = Base.metadata.tables["scores"]
OPEN = SCORES.c.state.in_(UNFINISHED)
BULK_SHARE = 4
"""Of so many places of a batch, one is kept for bulk where fresh scores would take all."""
OWN = (
    (SCORES.c.id == bindparam("row_id"))
    & (SCORES.c.claim == bindparam("own_claim"))
    & (SCORES.c.state == DeliveryState.LEASED.value)
)
COMPARED = [
    SCORES.c[name]
    for name in (
        *("id", "state", "claim", "sequence", "comment", "comment_sent"),
        *("result", "result_at"),
    )
]
"""What of a score counts when one of it has arrived."""
LEASED = update(SCORES).where(SCORES.c.id == bindparam("row_id"))
HELD = update(SCORES).where(OWN)


def platforms_due(session: Session, now: datetime) -> Sequence[int]:
    """The platforms, by our row id, for which any score is due; every one where a score does not
    know its platform yet (``adopt``)."""
    if _has_orphans(session):
        return session.scalars(select(PlatformRow.id).order_by(PlatformRow.id)).all()
    waiting = exists().where(SCORES.c.platform_id == PlatformRow.id, OPEN, SCORES.c.due_at <= now)
    return session.scalars(select(PlatformRow.id).where(waiting).order_by(PlatformRow.id)).all()


def adopt(session: Session) -> None:
    """Fill in the platform where a release that did not know it has queued a score."""
    if _has_orphans(session):
        platform = platform_of(SCORES.c.line_item_id).scalar_subquery()
        session.execute(
            update(SCORES).where(SCORES.c.platform_id.is_(None)).values(platform_id=platform)
        )


def _has_orphans(session: Session) -> bool:
    orphans = select(SCORES.c.id).where(SCORES.c.platform_id.is_(None), OPEN).limit(1)
    return session.execute(orphans).first() is not None


def is_due(session: Session, score_id: int, now: datetime) -> bool:
    """Whether this score may be claimed now."""
    query = select(SCORES.c.id).where(SCORES.c.id == score_id, OPEN, SCORES.c.due_at <= now)
    return session.execute(query).first() is not None


def due_ids(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """For each platform the ids of some scores that are due, those due longest first."""
    found: list[int] = []
    for platform_id in platforms_due(session, now):
        query = _due(platform_id, now, bulk=False, limit=limit).with_only_columns(SCORES.c.id)
        bulk = _due(platform_id, now, bulk=True, limit=limit).with_only_columns(SCORES.c.id)
        found += [*session.scalars(query), *session.scalars(bulk)][:limit]
    return found


def lease_due(
    session: Session, platform_id: int, *, now: datetime, lease: timedelta, limit: int
) -> Sequence[Delivery]:
    """Claim due scores for a platform, fresh before bulk, longest due first, and fix the timestamp
    of each.

    On PostgreSQL two deliverers skip each other's rows; on SQLite the write lock keeps them
    apart. The timestamp is later than any sent before by at least a second, because Moodle
    compares whole seconds (observed on 4.5: same second, 409).
    """
    rows = _due_rows(session, platform_id, now, limit)
    if not rows:
        return []
    changes = [_leased(row, now, now + lease) for row in rows]
    session.connection().execute(LEASED, changes)
    return [_as_leased(row, change) for row, change in zip(rows, changes, strict=True)]


def _as_leased(row: Row[Any], change: Mapping[str, Any]) -> Delivery:
    """The row as it is now, without reading it once more: it is locked."""
    return replace(
        as_delivery(row),
        state=DeliveryState.LEASED,
        lease_until=change["lease_until"],
        due_at=change["due_at"],
        claim=change["claim"],
        attempts=change["attempts"],
        timestamp=change["timestamp"],
    )


def _due_rows(session: Session, platform_id: int, now: datetime, limit: int) -> Sequence[Row[Any]]:
    fresh = _locked(session, _due(platform_id, now, bulk=False, limit=limit))
    kept = limit // BULK_SHARE if len(fresh) == limit else limit - len(fresh)
    bulk = _locked(session, _due(platform_id, now, bulk=True, limit=kept)) if kept else []
    return [*fresh[: limit - len(bulk)], *bulk]


def _due(platform_id: int, now: datetime, *, bulk: bool, limit: int) -> Select[Any]:
    return (
        select(SCORES)
        .where(SCORES.c.platform_id == platform_id, SCORES.c.bulk.is_(bulk), OPEN)
        .where(SCORES.c.due_at <= now)
        .order_by(SCORES.c.due_at, SCORES.c.id)
        .limit(limit)
    )


def _locked(session: Session, query: Select[Any]) -> Sequence[Row[Any]]:
    return session.connection().execute(query.with_for_update(skip_locked=True)).all()


def _leased(row: Row[Any], now: datetime, until: datetime) -> Mapping[str, Any]:
    timestamp = row.timestamp or _next_timestamp(row.last_timestamp, now)
    return {
        "row_id": row.id,
        "state": DeliveryState.LEASED.value,
        "lease_until": until,
        "due_at": until,
        "claim": row.claim + 1,
        "attempts": row.attempts + 1,
        "timestamp": timestamp,
        "last_timestamp": max(timestamp, row.last_timestamp or timestamp),
    }


def _next_timestamp(last: datetime | None, now: datetime) -> datetime:
    return now if last is None else max(now, last + timedelta(seconds=1))


def renew(session: Session, held: Iterable[Delivery], *, until: datetime) -> None:
    """Hold these claims for longer, those that another process took over left alone."""
    changes = [_own(each) | {"lease_until": until, "due_at": until} for each in held]
    if changes:
        session.connection().execute(HELD, changes)


def release(session: Session, held: Iterable[Delivery], *, now: datetime) -> None:
    """Give back claims that came to nothing: due at once, the attempt not counted."""
    for each in held:
        row = _own_row(session, each)
        if row is not None:
            row.attempts = max(0, row.attempts - 1)
            state = DeliveryState.RETRY if row.reason else DeliveryState.WAITING
            row.state, row.lease_until, row.due_at = state.value, None, now
    session.flush()


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim whose score the LMS has; ``result`` is what it was seen to hold, None if that was
    not read."""

    delivery: Delivery
    result: Decimal | None = None


def mark_delivered(session: Session, taken: Sequence[Taken], *, now: datetime) -> None:
    """Note what the LMS has; where a newer score came meanwhile, that one waits its turn."""
    connection = session.connection()
    ids = [each.delivery.id for each in taken]
    query = select(*COMPARED).where(SCORES.c.id.in_(ids)).order_by(SCORES.c.id).with_for_update()
    rows = {row.id: row for row in connection.execute(query)}
    done: list[Mapping[str, Any]] = []
    overtaken: list[Mapping[str, Any]] = []
    for each in taken:
        row = rows.get(each.delivery.id)
        if row is None or not _is_own(row, each.delivery):
            continue
        newest = row.sequence == each.delivery.sequence
        (done if newest else overtaken).append(_delivered(row, each, now, newest=newest))
    for changes in (done, overtaken):
        if changes:
            connection.execute(HELD, changes)


def _delivered(row: Row[Any], taken: Taken, now: datetime, *, newest: bool) -> Mapping[str, Any]:
    delivery = taken.delivery
    seen = taken.result is not None
    common = {
        **_own(delivery),
        "comment_sent": row.comment_sent or row.comment == delivery.comment,
        "lease_until": None,
        "attempts": 0,
        "conflicts": 0,
        "reason": "",
        "detail": "",
        "result": taken.result if seen else row.result,
        "result_at": now if seen else row.result_at,
    }
    if newest:
        return common | {"state": DeliveryState.DELIVERED.value, "delivered_at": now}
    return common | {"state": DeliveryState.WAITING.value, "due_at": now}


def mark_retry(
    session: Session, delivery: Delivery, *, due_at: datetime, reason: str, detail: str = ""
) -> None:
    """Note a failure that may pass, and when to try again.

    A newer score that came meanwhile waits as long: it goes to the same LMS.
    """
    row = _own_row(session, delivery)
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
    row = _own_row(session, delivery)
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
    row = _own_row(session, delivery)
    if row is None:
        return
    if row.sequence != delivery.sequence:
        wait(row, now)
    else:
        row.state, row.lease_until = DeliveryState.NEEDS_PERSON.value, None
        row.reason, row.detail = reason[:100], detail[:500]
    session.flush()


def _try_again(row: ScoreRow, due_at: datetime, reason: str, detail: str) -> None:
    row.state, row.lease_until = DeliveryState.RETRY.value, None
    row.due_at, row.reason, row.detail = due_at, reason[:100], detail[:500]


def _own(delivery: Delivery) -> dict[str, Any]:
    return {"row_id": delivery.id, "own_claim": delivery.claim}


def _own_row(session: Session, delivery: Delivery) -> ScoreRow | None:
    """The row while this very claim holds; None when another deliverer took it over."""
    row = session.get(ScoreRow, delivery.id, with_for_update=True, populate_existing=True)
    return row if row is not None and _is_own(row, delivery) else None


def _is_own(row: ScoreRow | Row[Any], delivery: Delivery) -> bool:
    return row.state == DeliveryState.LEASED.value and row.claim == delivery.claim
