"""How fast each platform is called, and whether it is left alone: for all processes together.

A platform is one registration (issuer and client id), which is what Canvas throttles by. Its calls
come out of a token bucket; when it does not answer, or asks for patience, a circuit breaker keeps
everybody from calling it for a while, and then lets one call through to try. Not here: what counts
as a failure and how long to wait (``lti_tool.delivery``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Float, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime
from .inserts import insert_unless_there


class PaceRow(Base):
    """A platform's bucket and breaker. ``per_second`` and ``burst`` are None where the product's
    usual limits hold."""

    __tablename__ = "platform_paces"

    platform_id: Mapped[int] = mapped_column(
        ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True
    )
    per_second: Mapped[float | None] = mapped_column(Float)
    burst: Mapped[int | None]
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    alone_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(100), default="")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Limits:
    """A token bucket: ``per_second`` calls flow in, and no more than ``burst`` lie ready."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A platform that does not answer as it should: how often in a row, why (a reason of
    ``lti_tool.lti``), since when, and until when nobody calls it (None: it may be called)."""

    platform_id: int
    failures: int
    reason: str
    since: datetime
    alone_until: datetime | None


def admit(
    session: Session,
    platform_id: int,
    *,
    wanted: int,
    limits: Limits,
    now: datetime,
    probe: timedelta,
) -> int:
    """How many of the calls wanted may be made now; they are taken out of the bucket.

    0 while the platform is left alone. After that, one call only, and nobody else's for the time
    of ``probe``: it shows whether the platform is back.
    """
    row = _locked(session, platform_id, limits, now)
    if row.alone_until is not None and now < row.alone_until:
        return 0
    held = Limits(row.per_second or limits.per_second, row.burst or limits.burst)
    row.tokens = filled(row.tokens, now - row.filled_at, held)
    row.filled_at = now
    admitted = max(0, min(wanted, int(row.tokens)))
    if row.alone_until is not None and admitted:
        admitted, row.alone_until = 1, now + probe
    row.tokens -= admitted
    session.flush()
    return admitted


def filled(tokens: float, passed: timedelta, limits: Limits) -> float:
    """What lies in the bucket after a time; a clock that was set back fills nothing."""
    return min(float(limits.burst), tokens + max(0.0, passed.total_seconds()) * limits.per_second)


def take(session: Session, platform_id: int, calls: int) -> None:
    """Take out calls that are made in any case, such as the reading of a class list; where the
    bucket has too few, those that ask for admission wait until they have flowed in."""
    if calls:
        give_back(session, platform_id, -calls)


def give_back(session: Session, platform_id: int, calls: int) -> None:
    """Put back what was admitted and not used."""
    if calls:
        session.execute(
            update(PaceRow)
            .where(PaceRow.platform_id == platform_id)
            .values(tokens=PaceRow.tokens + calls)
        )


def note_failure(
    session: Session,
    platform_id: int,
    *,
    now: datetime,
    reason: str,
    pause: Callable[[int], timedelta | None],
    times: int = 1,
) -> None:
    """So many more failures in a row. ``pause`` tells from their number how long the platform is
    left alone; None: not yet."""
    row = session.get(PaceRow, platform_id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    row.failures, row.reason, row.since = row.failures + times, reason[:100], row.since or now
    span = pause(row.failures)
    if span is not None:
        row.alone_until = max(now + span, row.alone_until or now)
    session.flush()


def note_answer(session: Session, platform_id: int) -> None:
    """The platform answered as it should: the breaker closes."""
    session.execute(
        update(PaceRow)
        .where(PaceRow.platform_id == platform_id, PaceRow.failures > 0)
        .values(failures=0, alone_until=None, reason="", since=None)
    )


def set_limits(session: Session, platform_id: int, limits: Limits | None, *, now: datetime) -> None:
    """Give a platform limits of its own; None: its product's again."""
    row = _locked(session, platform_id, limits or Limits(1.0, 1), now)
    row.per_second = limits.per_second if limits else None
    row.burst = limits.burst if limits else None
    row.tokens, row.filled_at = float(limits.burst if limits else 1), now
    session.flush()


def in_trouble(session: Session) -> Sequence[Trouble]:
    """Every platform whose last call failed, by our row id."""
    query = select(PaceRow).where(PaceRow.failures > 0).order_by(PaceRow.platform_id)
    return [
        Trouble(row.platform_id, row.failures, row.reason, row.since, row.alone_until)
        for row in session.scalars(query)
        if row.since is not None
    ]


def _locked(session: Session, platform_id: int, limits: Limits, now: datetime) -> PaceRow:
    """The platform's row, made with a full bucket; the caller's alone until its commit."""
    row = session.get(PaceRow, platform_id, with_for_update=True, populate_existing=True)
    if row is not None:
        return row
    new = {
        "platform_id": platform_id,
        "tokens": float(limits.burst),
        "filled_at": now,
        "failures": 0,
        "reason": "",
    }
    insert_unless_there(session, PaceRow, new)
    return session.get_one(PaceRow, platform_id, with_for_update=True, populate_existing=True)
