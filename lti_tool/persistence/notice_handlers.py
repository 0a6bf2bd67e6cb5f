"""Where each deployment is told what it shall notify us of, and when that is done next.

A row whose ``due_at`` has come is work for delivery. Not here: the notices (``notices``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime
from .inserts import insert_unless_there

FRESH = timedelta(days=7)
"""A launch asks anew only when the last attempt is older than this: a platform that was restored
from a backup may have forgotten."""


class NoticeHandlerRow(Base):
    """A deployment's notice service (Platform Notification Service 1.0)."""

    __tablename__ = "notice_handlers"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    put_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(40), default="")


@dataclass(frozen=True, slots=True)
class NoticeHandler:
    """A deployment's notice service. ``due_at`` None: nothing is to be done. ``put_at`` None: the
    platform has never taken our address. ``problem`` is why the last attempt failed, a reason of
    ``lti_tool.lti``, empty where it did not."""

    deployment_id: int
    url: str
    due_at: datetime | None
    attempts: int
    put_at: datetime | None
    problem: str


def note_service(session: Session, *, deployment_id: int, url: str, now: datetime) -> None:
    """Keep where a launch says the service is; have our address put there unless that was tried a
    while ago at most."""
    row = session.get(NoticeHandlerRow, deployment_id)
    if row is None:
        made = {"deployment_id": deployment_id, "url": url, "due_at": now}
        insert_unless_there(session, NoticeHandlerRow, {**made, "attempts": 0, "problem": ""})
        return
    stale = row.tried_at is None or row.tried_at <= now - FRESH
    if row.url != url or (row.due_at is None and stale):
        row.url, row.due_at, row.attempts = url, now, 0
        session.flush()


def notice_handler(session: Session, deployment_id: int) -> NoticeHandler | None:
    """The deployment's notice service; None where no launch has told of any."""
    row = session.get(NoticeHandlerRow, deployment_id)
    return _handler(row) if row is not None else None


def any_due(session: Session, now: datetime) -> bool:
    """Whether ``lease_due`` would find anything; asked without a lock."""
    due = select(NoticeHandlerRow.deployment_id).where(NoticeHandlerRow.due_at <= now).limit(1)
    return session.execute(due).first() is not None


def lease_due(session: Session, *, now: datetime, lease: timedelta) -> NoticeHandler | None:
    """The service due longest, the caller's alone until the lease runs out; None if none is due."""
    due = (
        select(NoticeHandlerRow.deployment_id, NoticeHandlerRow.due_at)
        .where(NoticeHandlerRow.due_at <= now)
        .order_by(NoticeHandlerRow.due_at)
        .limit(1)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    claimed = session.execute(
        update(NoticeHandlerRow)
        .where(
            NoticeHandlerRow.deployment_id == found.deployment_id,
            NoticeHandlerRow.due_at == found.due_at,
        )
        .values(due_at=now + lease, tried_at=now, attempts=NoticeHandlerRow.attempts + 1)
        .returning(NoticeHandlerRow.deployment_id)
    ).scalar()
    return notice_handler(session, claimed) if claimed is not None else None


def mark_put(session: Session, deployment_id: int, *, now: datetime) -> None:
    """The platform took our address."""
    row = session.get_one(NoticeHandlerRow, deployment_id)
    row.due_at, row.attempts, row.problem, row.put_at = None, 0, "", now
    session.flush()


def mark_failed(
    session: Session, deployment_id: int, *, problem: str, again_at: datetime | None
) -> None:
    """It did not; ``again_at`` None: only a launch asks again."""
    row = session.get_one(NoticeHandlerRow, deployment_id)
    row.problem, row.due_at = problem[:40], again_at
    session.flush()


def _handler(row: NoticeHandlerRow) -> NoticeHandler:
    return NoticeHandler(
        row.deployment_id, row.url, row.due_at, row.attempts, row.put_at, row.problem
    )
