"""Comparisons of a course's gradebook with our ledger: when one was asked for, and its report.

A row whose ``due_at`` has come is work for delivery. A report once written stays as it is; only
that a finding was repaired is noted beside it. Not here: the comparing (``domain.reconciliation``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.reconciliation import Finding

from .database import Base, UtcDateTime


class ReconciliationRow(Base):
    """One comparison. ``asked_by`` None: by the command line. ``agreeing`` counts the cells that
    hold what was sent."""

    __tablename__ = "reconciliations"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(100), default="")
    agreeing: Mapped[int] = mapped_column(default=0)


class FindingRow(Base):
    """One cell that does not simply agree. ``person_id`` None: the whole column. Points are None
    where there are none."""

    __tablename__ = "reconciliation_findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id"), index=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    ours: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    ours_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    theirs: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    theirs_maximum: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    detail: Mapped[str] = mapped_column(String(200), default="")
    repaired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison. ``finished_at`` None: still to be done, next at ``due_at``, unless that is
    None, too: then it was given up because of ``problem``, a reason of ``lti_tool.lti``."""

    id: int
    course_id: int
    asked_at: datetime
    due_at: datetime | None
    attempts: int
    finished_at: datetime | None
    problem: str
    agreeing: int


@dataclass(frozen=True, slots=True)
class CellFinding:
    """What was found about one cell; ``id`` is 0 until it is stored, ``repaired_at`` when it was
    sent again on request. ``detail`` is what the LMS said of an unreadable column."""

    line_item_id: int
    person_id: int | None
    kind: Finding
    ours: Decimal | None = None
    ours_maximum: Decimal | None = None
    theirs: Decimal | None = None
    theirs_maximum: Decimal | None = None
    detail: str = ""
    repaired_at: datetime | None = None
    id: int = 0


def ask(session: Session, course_id: int, *, asked_by: int | None, now: datetime) -> int:
    """Have a course compared now; the id of the comparison. One that is under way is that one."""
    pending = select(ReconciliationRow.id).where(
        ReconciliationRow.course_id == course_id, ReconciliationRow.due_at.is_not(None)
    )
    found = session.scalar(pending)
    if found is not None:
        return found
    row = ReconciliationRow(course_id=course_id, asked_at=now, asked_by=asked_by, due_at=now)
    session.add(row)
    session.flush()
    return row.id


def any_due(session: Session, now: datetime) -> bool:
    """Whether ``lease_due`` would find anything; asked without a lock."""
    due = select(ReconciliationRow.id).where(ReconciliationRow.due_at <= now).limit(1)
    return session.execute(due).first() is not None


def lease_due(session: Session, *, now: datetime, lease: timedelta) -> Reconciliation | None:
    """The comparison due longest, the caller's alone until the lease runs out; None if none is."""
    found = session.execute(
        select(ReconciliationRow.id, ReconciliationRow.due_at)
        .where(ReconciliationRow.due_at <= now)
        .order_by(ReconciliationRow.due_at)
        .limit(1)
    ).first()
    if found is None:
        return None
    claimed = session.execute(
        update(ReconciliationRow)
        .where(ReconciliationRow.id == found.id, ReconciliationRow.due_at == found.due_at)
        .values(due_at=now + lease, attempts=ReconciliationRow.attempts + 1)
        .returning(ReconciliationRow.id)
    ).scalar()
    return reconciliation(session, claimed) if claimed is not None else None


def finish(
    session: Session,
    reconciliation_id: int,
    *,
    agreeing: int,
    findings: Sequence[CellFinding],
    now: datetime,
) -> None:
    """Write the report; nothing changes where one was written already."""
    row = session.get_one(ReconciliationRow, reconciliation_id, with_for_update=True)
    if row.finished_at is not None:
        return
    row.due_at, row.finished_at, row.problem, row.agreeing = None, now, "", agreeing
    session.add_all(_finding_row(reconciliation_id, each) for each in findings)
    session.flush()


def mark_failed(
    session: Session, reconciliation_id: int, *, problem: str, again_at: datetime | None
) -> None:
    """It could not be done; ``again_at`` None: it is given up."""
    row = session.get_one(ReconciliationRow, reconciliation_id)
    row.problem, row.due_at = problem[:100], again_at
    session.flush()


def reconciliation(session: Session, reconciliation_id: int) -> Reconciliation | None:
    """The comparison of this id; None if there is none."""
    row = session.get(ReconciliationRow, reconciliation_id, populate_existing=True)
    return _reconciliation(row) if row is not None else None


def reconciliations_of(session: Session, course_id: int, *, most: int) -> Sequence[Reconciliation]:
    """A course's comparisons, the newest first, no more than ``most``."""
    query = select(ReconciliationRow).filter_by(course_id=course_id)
    newest = query.order_by(ReconciliationRow.id.desc()).limit(most)
    return [_reconciliation(row) for row in session.scalars(newest)]


def findings_of(session: Session, reconciliation_id: int) -> Sequence[CellFinding]:
    """What a report says, column by column."""
    query = select(FindingRow).filter_by(reconciliation_id=reconciliation_id)
    ordered = query.order_by(FindingRow.line_item_id, FindingRow.id)
    return [_finding(row) for row in session.scalars(ordered)]


def mark_repaired(session: Session, finding_ids: Collection[int], *, now: datetime) -> None:
    """Note that these grades were sent again because of the report."""
    session.execute(
        update(FindingRow).where(FindingRow.id.in_(finding_ids)).values(repaired_at=now)
    )


def _finding_row(reconciliation_id: int, finding: CellFinding) -> FindingRow:
    return FindingRow(
        reconciliation_id=reconciliation_id,
        line_item_id=finding.line_item_id,
        person_id=finding.person_id,
        kind=finding.kind.value,
        ours=finding.ours,
        ours_maximum=finding.ours_maximum,
        theirs=finding.theirs,
        theirs_maximum=finding.theirs_maximum,
        detail=finding.detail[:200],
    )


def _reconciliation(row: ReconciliationRow) -> Reconciliation:
    return Reconciliation(
        id=row.id,
        course_id=row.course_id,
        asked_at=row.asked_at,
        due_at=row.due_at,
        attempts=row.attempts,
        finished_at=row.finished_at,
        problem=row.problem,
        agreeing=row.agreeing,
    )


def _finding(row: FindingRow) -> CellFinding:
    return CellFinding(
        line_item_id=row.line_item_id,
        person_id=row.person_id,
        kind=Finding(row.kind),
        ours=row.ours,
        ours_maximum=row.ours_maximum,
        theirs=row.theirs,
        theirs_maximum=row.theirs_maximum,
        detail=row.detail,
        repaired_at=row.repaired_at,
        id=row.id,
    )
