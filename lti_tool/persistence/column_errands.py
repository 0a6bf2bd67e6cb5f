"""What is to be done with a gradebook column besides posting scores, and when.

A row whose ``due_at`` has come is work for delivery. Not here: the column itself (``line_items``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime


class ColumnErrandRow(Base):
    """A column's errands. ``version`` counts the requests, so that one made meanwhile is kept."""

    __tablename__ = "column_errands"

    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id"), primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    change: Mapped[bool] = mapped_column(default=False)
    results: Mapped[bool] = mapped_column(default=False)
    remove: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(40), default="")


@dataclass(frozen=True, slots=True)
class ColumnErrand:
    """``change``: give the column our label and maximum. ``results``: read what it holds, last done
    at ``read_at``. ``remove``: delete it, and do nothing else with it. ``due_at`` None: nothing is
    to be done. ``problem`` is why the last attempt failed, empty where it did not."""

    line_item_id: int
    due_at: datetime | None
    change: bool
    results: bool
    remove: bool
    version: int
    attempts: int
    read_at: datetime | None
    problem: str


def ask(
    session: Session,
    line_item_id: int,
    *,
    now: datetime,
    change: bool = False,
    results: bool = False,
    remove: bool = False,
) -> None:
    """Have this done with the column now, besides what was asked before."""
    row = session.get(ColumnErrandRow, line_item_id)
    if row is None:
        row = ColumnErrandRow(line_item_id=line_item_id, version=0, problem="")
        row.change = row.results = row.remove = False
        session.add(row)
    row.change, row.results = row.change or change, row.results or results
    row.remove = row.remove or remove
    row.due_at, row.attempts, row.version = now, 0, row.version + 1
    session.flush()


def call_off_removal(session: Session, line_item_id: int) -> None:
    """Do not delete the column after all, unless that is under way just now."""
    row = session.get(ColumnErrandRow, line_item_id)
    if row is not None:
        row.remove, row.problem, row.version = False, "", row.version + 1
        row.due_at = row.due_at if row.change or row.results else None
        session.flush()


def column_errand(session: Session, line_item_id: int) -> ColumnErrand | None:
    """The column's errands; None where nothing was ever asked."""
    row = session.get(ColumnErrandRow, line_item_id)
    return _errand(row) if row is not None else None


def any_due(session: Session, now: datetime) -> bool:
    """Whether ``lease_due`` would find anything; asked without a lock."""
    due = select(ColumnErrandRow.line_item_id).where(ColumnErrandRow.due_at <= now).limit(1)
    return session.execute(due).first() is not None


def lease_due(session: Session, *, now: datetime, lease: timedelta) -> ColumnErrand | None:
    """The errand due longest, the caller's alone until the lease runs out; None if none is due."""
    due = (
        select(ColumnErrandRow.line_item_id, ColumnErrandRow.due_at)
        .where(ColumnErrandRow.due_at <= now)
        .order_by(ColumnErrandRow.due_at)
        .limit(1)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    claimed = session.execute(
        update(ColumnErrandRow)
        .where(
            ColumnErrandRow.line_item_id == found.line_item_id,
            ColumnErrandRow.due_at == found.due_at,
        )
        .values(due_at=now + lease, attempts=ColumnErrandRow.attempts + 1)
        .returning(ColumnErrandRow.line_item_id)
    ).scalar()
    return column_errand(session, claimed) if claimed is not None else None


def mark_done(session: Session, errand: ColumnErrand, *, now: datetime) -> None:
    """It was done; what was asked meanwhile is still due."""
    row = session.get_one(ColumnErrandRow, errand.line_item_id)
    row.problem = ""
    row.read_at = now if errand.results else row.read_at
    if row.version == errand.version:
        row.due_at, row.attempts = None, 0
        row.change = row.results = row.remove = False
    session.flush()


def mark_failed(
    session: Session, errand: ColumnErrand, *, problem: str, again_at: datetime | None
) -> None:
    """It could not be done; ``again_at`` None: not until it is asked for again."""
    row = session.get_one(ColumnErrandRow, errand.line_item_id)
    row.problem = problem[:40]
    if row.version == errand.version:
        row.due_at = again_at
    session.flush()


def _errand(row: ColumnErrandRow) -> ColumnErrand:
    return ColumnErrand(
        row.line_item_id,
        row.due_at,
        row.change,
        row.results,
        row.remove,
        row.version,
        row.attempts,
        row.read_at,
        row.problem,
    )
