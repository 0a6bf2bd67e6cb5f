"""A teacher has the course's gradebook compared with our ledger, reads the report, and has grades
sent again where the gradebook lost or changed them.

The ledger is never changed by what a gradebook holds. Not here: reading the gradebook
(``lti_tool.delivery``), what a difference is (``domain.reconciliation``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.reconciliation import (
    HARMLESS,
    REPAIRABLE,
    Finding,
    Ours,
    Theirs,
    compared,
)
from lti_tool.persistence import (
    audit_log,
    column_errands,
    courses,
    line_items,
    people,
    reconciliations,
    scores,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.people import Account
from lti_tool.persistence.reconciliations import CellFinding, Reconciliation
from lti_tool.persistence.scores import Delivery, DeliveryState

from .work import Work

MOST_REPORTS = 10
ABOUT_THE_COLUMN = frozenset({Finding.CAPPED, Finding.MAXIMUM_CHANGED})
COLUMN_FIRST = timedelta(seconds=10)
"""How long grades wait for their column's maximum: an LMS rescales what it holds when that changes,
a grade that has just come again, too (Moodle 4.5)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a column was found to hold, by the platform's user id. ``gone``: it was deleted in the
    gradebook. ``problem``: why it could not be read; empty where it could."""

    line_item_id: int
    cells: Mapping[str, Theirs]
    gone: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with its column and student (None: the whole column)."""

    finding: CellFinding
    item: LineItem
    learner: Account | None

    @property
    def can_be_repaired(self) -> bool:
        """Whether sending the grade again may mend it and was not asked for yet."""
        return self.finding.kind in REPAIRABLE and self.finding.repaired_at is None


@dataclass(frozen=True, slots=True)
class Report:
    """One comparison and its lines, those that matter first."""

    reconciliation: Reconciliation
    lines: tuple[Line, ...]

    @property
    def differing(self) -> int:
        """How many cells differ in a way that somebody should look at."""
        return sum(each.finding.kind not in HARMLESS for each in self.lines)

    @property
    def repairable(self) -> int:
        """How many of them may be mended by sending again."""
        return sum(each.can_be_repaired for each in self.lines)

    @property
    def counts(self) -> Mapping[Finding, int]:
        """How many cells there are of each kind that does occur."""
        return Counter(each.finding.kind for each in self.lines)


def ask_reconciliation(work: Work, course_id: int) -> int:
    """Have the whole gradebook of a course compared; the id of the comparison."""
    asked = reconciliations.ask(work.session, course_id, asked_by=work.actor_id, now=work.now)
    work.note("reconcile", f"course:{course_id}")
    return asked


def settle_reconciliation(
    session: Session, reconciliation_id: int, readings: Sequence[Reading], *, now: datetime
) -> None:
    """Compare what was read with the ledger as it is now, and write the report."""
    cells = [each for reading in readings for each in _findings(session, reading)]
    agreeing = sum(each.kind is Finding.AGREES for each in cells)
    telling = [each for each in cells if each.kind is not Finding.AGREES]
    reconciliations.finish(session, reconciliation_id, agreeing=agreeing, findings=telling, now=now)


def show_reports(session: Session, course_id: int) -> Sequence[Reconciliation]:
    """A course's last comparisons, the newest first."""
    return reconciliations.reconciliations_of(session, course_id, most=MOST_REPORTS)


def show_report(session: Session, reconciliation_id: int, *, course_id: int) -> Report:
    """One report. Raises NotFoundError for one of another course."""
    found = reconciliations.reconciliation(session, reconciliation_id)
    if found is None or found.course_id != course_id:
        raise NotFoundError
    findings = reconciliations.findings_of(session, reconciliation_id)
    learners = people.accounts(session, {each.person_id for each in findings if each.person_id})
    items = {each.id: each for each in line_items.line_items_of(session, course_id)}
    lines = [
        Line(each, items[each.line_item_id], learners.get(each.person_id or 0)) for each in findings
    ]
    lines.sort(key=lambda line: line.finding.kind in HARMLESS)
    return Report(found, tuple(lines))


def repair(
    work: Work, reconciliation_id: int, *, course_id: int, finding_id: int | None = None
) -> int:
    """Send the grades of a report's differences again, or of the one named; returns how many.

    A column that was deleted is made anew, one whose maximum was changed gets ours again. Raises
    NotFoundError for a report of another course.
    """
    report = show_report(work.session, reconciliation_id, course_id=course_id)
    chosen = [
        each
        for each in report.lines
        if each.can_be_repaired and finding_id in (None, each.finding.id)
    ]
    work.note("repair", f"reconciliation:{reconciliation_id}", str(len(chosen)))
    return _repair(work.session, chosen, work.now)


def repair_report(session: Session, report: Report, *, now: datetime) -> int:
    """The same in nobody's name, for the whole report, as the command line does."""
    chosen = [each for each in report.lines if each.can_be_repaired]
    subject = f"reconciliation:{report.reconciliation.id}"
    audit_log.note(session, "repair", subject, actor_id=None, now=now, detail=str(len(chosen)))
    return _repair(session, chosen, now)


def _repair(session: Session, lines: Sequence[Line], now: datetime) -> int:
    for each in lines:
        _repair_one(session, each, now)
    reconciliations.mark_repaired(session, [each.finding.id for each in lines], now=now)
    return len(lines)


def _repair_one(session: Session, line: Line, now: datetime) -> None:
    item, kind = line.item, line.finding.kind
    if kind is Finding.COLUMN_GONE and item.url is not None:
        line_items.forget_line_item_url(session, item.id, item.url)
    due = now
    if kind in ABOUT_THE_COLUMN:
        column_errands.ask(session, item.id, now=now, change=True)
        due = now + COLUMN_FIRST
    for each in scores.deliveries_of(session, item.id):
        if each.person_id == line.finding.person_id:
            scores.send_again(session, each.id, now=due, bulk=True)


def _findings(session: Session, reading: Reading) -> Sequence[CellFinding]:
    """One for each student of whom we or the gradebook know anything in this column."""
    if reading.problem:
        unreadable = Finding.UNREADABLE
        return [CellFinding(reading.line_item_id, None, unreadable, detail=reading.problem)]
    ours = scores.deliveries_of(session, reading.line_item_id)
    known = people.accounts(session, {each.person_id for each in ours})
    users = {known[each.person_id].sub: each for each in ours}
    found = [_cell(reading, each, reading.cells.get(user)) for user, each in sorted(users.items())]
    foreign = sorted(user for user, cell in reading.cells.items() if cell.score is not None)
    item = line_items.line_item(session, reading.line_item_id)
    students = courses.students_of(session, item.course_id) if item is not None else []
    others = {each.sub: each for each in students}
    return [
        *found,
        *(
            CellFinding(
                reading.line_item_id,
                others[user].id,
                Finding.FOREIGN,
                theirs=reading.cells[user].score,
                theirs_maximum=reading.cells[user].maximum,
            )
            for user in foreign
            if user not in users and user in others
        ),
    ]


def _cell(reading: Reading, ours: Delivery, theirs: Theirs | None) -> CellFinding:
    score, maximum = (theirs.score, theirs.maximum) if theirs else (None, None)
    return CellFinding(
        reading.line_item_id,
        ours.person_id,
        _kind(reading, ours, theirs),
        ours=ours.given,
        ours_maximum=ours.maximum,
        theirs=score,
        theirs_maximum=maximum if score is not None else None,
    )


def _kind(reading: Reading, ours: Delivery, theirs: Theirs | None) -> Finding:
    if reading.gone:
        return Finding.COLUMN_GONE
    return compared(
        Ours(
            ours.given,
            ours.maximum,
            arrived=ours.state is DeliveryState.DELIVERED,
            refused_as_older=ours.state is DeliveryState.NEEDS_PERSON
            and ours.reason == "not_newer_conflict",
        ),
        theirs,
    )


def theirs_of(score: Decimal | None, maximum: Decimal | None, column_maximum: Decimal) -> Theirs:
    """A cell as read; a result that names no maximum is out of 1 (AGS 2.0, section 3.3.5), one
    without a score is out of the column's."""
    if score is None:
        return Theirs(None, column_maximum)
    return Theirs(score, maximum or Decimal(1))
