"""Keeps gradebook columns in step: their label and maximum after a teacher changed them here, what
they hold, read when a teacher asks, and deletes those that a teacher wants gone.

As with scores, no transaction is open while the network is in use. Not here: scores (``deliver``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import structlog

from lti_tool.domain.assessment import CENT
from lti_tool.lti.answers import Refused, RetryLater, Trouble
from lti_tool.lti.grade_messages import Result
from lti_tool.lti.grades import GradeBook
from lti_tool.persistence import column_errands, courses, line_items, paces, scores
from lti_tool.persistence.column_errands import ColumnErrand
from lti_tool.persistence.line_items import LineItem

from .errand import gradebook
from .means import Means

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class _Visit:
    errand: ColumnErrand
    item: LineItem
    book: GradeBook | None


class ColumnKeeper:
    """Does columns' errands. One instance serves one thread."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do the errand due longest; returns how many were handled, 0 when none is due."""
        visit = None if stopping() else self._claim()
        if visit is None:
            return 0
        found = self._done(visit)
        if isinstance(found, tuple):
            self._record(visit, found)
        else:
            self._record_trouble(visit.errand, found)
        return 1

    def _claim(self) -> _Visit | None:
        with self._means.database.reading() as session:
            if not column_errands.any_due(session, self._means.clock()):
                return None
        with self._means.database.transaction() as session:
            errand = column_errands.lease_due(session, now=self._means.clock(), lease=LEASE)
            item = line_items.line_item(session, errand.line_item_id) if errand else None
            if errand is None or item is None:
                return None
            platform_id = courses.course(session, item.course_id).platform_id
            paces.take(session, platform_id, errand.remove + errand.change + errand.results)
            return _Visit(errand, item, gradebook(session, item, self._means))

    def _done(self, visit: _Visit) -> tuple[Result, ...] | Trouble:
        """What the column holds, nothing where nobody asked. A column that is not made yet gets
        label and maximum when it is, and holds nothing."""
        item = visit.item
        if item.url is None:
            return ()
        if visit.book is None:
            return Refused("no_grade_service")
        if item.removed:
            return self._deleted(visit.book, item.url) if visit.errand.remove else ()
        if visit.errand.change:
            changed = visit.book.change(
                item.url, label=item.label, maximum=item.maximum, now=self._means.clock()
            )
            if isinstance(changed, Refused | RetryLater):
                return changed
        if not visit.errand.results:
            return ()
        return visit.book.results(item.url, now=self._means.clock())

    def _deleted(self, book: GradeBook, url: str) -> tuple[()] | Trouble:
        """A column that is gone already is as good as deleted."""
        trouble = book.delete(url, now=self._means.clock())
        gone = trouble is None or trouble.reason == "not_found"
        return () if gone or trouble is None else trouble

    def _record(self, visit: _Visit, found: tuple[Result, ...]) -> None:
        held = {each.user_id: _on_our_scale(each, visit.item.maximum) for each in found}
        with self._means.database.transaction() as session:
            if visit.errand.remove and visit.item.removed and visit.item.url is not None:
                line_items.forget_line_item_url(session, visit.item.id, visit.item.url)
            elif visit.errand.results:
                scores.keep_results(session, visit.item.id, held, now=self._means.clock())
            column_errands.mark_done(session, visit.errand, now=self._means.clock())

    def _record_trouble(self, errand: ColumnErrand, found: Trouble) -> None:
        log.info("column errand failed", column=errand.line_item_id, reason=found.reason)
        again_at = self._means.again_at(found, errand.attempts, most=MOST_ATTEMPTS)
        with self._means.database.transaction() as session:
            column_errands.mark_failed(session, errand, problem=found.reason, again_at=again_at)


def _on_our_scale(held: Result, maximum: Decimal) -> Decimal | None:
    """A platform may keep another maximum than ours; it tells it with the result (AGS 2.0, 3.3.5).
    None: nothing is held."""
    if held.score is None:
        return None
    return (held.score / (held.maximum or Decimal(1)) * maximum).quantize(CENT)
