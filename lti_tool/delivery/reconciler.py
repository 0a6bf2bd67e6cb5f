"""Reads a course's whole gradebook and has it compared with our ledger, where somebody asked.

As with scores, no transaction is open while the network is in use. Not here: the comparing
(``lti_tool.services.reconcile_grades``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.lti.grade_messages import LineItem as Column
from lti_tool.lti.grades import GradeBook
from lti_tool.persistence import courses, line_items, paces, reconciliations
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.reconciliations import Reconciliation
from lti_tool.services.reconcile_grades import Reading, settle_reconciliation, theirs_of

from .errand import gradebook
from .means import Means

log = structlog.get_logger()

CALLS = 2
"""For each column: the column itself, and what it holds."""
LEASE = timedelta(minutes=10)
"""Longer than reading many columns takes."""
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class _Visit:
    asked: Reconciliation
    columns: Sequence[tuple[LineItem, GradeBook | None]]


class Reconciler:
    """Does the comparisons that are due. One instance serves one thread."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do the comparison due longest; returns how many were handled, 0 when none is due."""
        visit = None if stopping() else self._claim()
        if visit is not None:
            self._do(visit)
        return 0 if visit is None else 1

    def deliver(self, reconciliation_id: int) -> None:
        """Do this very comparison now, once, whoever else may be at it: the first report stays."""
        with self._means.database.reading() as session:
            asked = reconciliations.reconciliation(session, reconciliation_id)
            visit = self._visit(session, asked) if asked is not None else None
        if visit is not None:
            self._do(visit)

    def _do(self, visit: _Visit) -> None:
        readings: list[Reading] = []
        for item, book in visit.columns:
            reading = self._read(item, book)
            if isinstance(reading, RetryLater):
                self._record_trouble(visit.asked, reading)
                return
            readings.append(reading)
        with self._means.database.transaction() as session:
            now = self._means.clock()
            settle_reconciliation(session, visit.asked.id, readings, now=now)

    def _claim(self) -> _Visit | None:
        with self._means.database.reading() as session:
            if not reconciliations.any_due(session, self._means.clock()):
                return None
        with self._means.database.transaction() as session:
            asked = reconciliations.lease_due(session, now=self._means.clock(), lease=LEASE)
            return self._visit(session, asked) if asked is not None else None

    def _visit(self, session: Session, asked: Reconciliation) -> _Visit:
        columns = [
            (each, gradebook(session, each, self._means))
            for each in line_items.line_items_of(session, asked.course_id)
            if not each.removed
        ]
        platform_id = courses.course(session, asked.course_id).platform_id
        paces.take(session, platform_id, CALLS * len(columns))
        return _Visit(asked, columns)

    def _read(self, item: LineItem, book: GradeBook | None) -> Reading | RetryLater:
        """What a column holds; nothing while it is not made yet."""
        if item.url is None:
            return Reading(item.id, {})
        if book is None:
            return Reading(item.id, {}, problem="no_grade_service")
        column = book.read(item.url, now=self._means.clock())
        if not isinstance(column, Column):
            return _trouble(item, column)
        held = book.results(item.url, now=self._means.clock())
        if not isinstance(held, tuple):
            return _trouble(item, held)
        return Reading(
            item.id,
            {each.user_id: theirs_of(each.score, each.maximum, column.maximum) for each in held},
        )

    def _record_trouble(self, asked: Reconciliation, trouble: RetryLater) -> None:
        log.info("gradebook could not be read", course=asked.course_id, reason=trouble.reason)
        again_at = self._means.again_at(trouble, asked.attempts, most=MOST_ATTEMPTS)
        with self._means.database.transaction() as session:
            reconciliations.mark_failed(
                session, asked.id, problem=trouble.reason, again_at=again_at
            )


def _trouble(item: LineItem, trouble: RetryLater | Refused) -> Reading | RetryLater:
    if isinstance(trouble, RetryLater):
        return trouble
    if trouble.reason == "not_found":
        return Reading(item.id, {}, gone=True)
    return Reading(item.id, {}, problem=trouble.reason)
