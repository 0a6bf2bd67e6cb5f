"""Finds the gradebook column that a score goes to, or makes it, one process and thread at a time.

Two at once would make two columns: platforms take duplicates (observed on Moodle 4.5). Not here:
posting scores (``sender``).
"""

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock

from lti_tool.lti.answers import Refused, RetryLater, Trouble
from lti_tool.lti.grade_messages import LineItem as Column
from lti_tool.lti.grade_messages import NewLineItem
from lti_tool.persistence import line_items
from lti_tool.persistence.scores import REMOVED

from .errand import Errand
from .means import Means

SEARCH_LEASE = timedelta(seconds=20)
"""How long after the death of a process that looked for a column another one looks. A process that
lives renews it (``ColumnSearch.under_way``)."""
TOLD_FOR = timedelta(seconds=2)
"""Not longer: a column that was deleted in the LMS is looked for anew."""
SEARCH_SECONDS = 2
"""How long the other scores of a column wait at least while another process looks for it."""


class ColumnSearch:
    """One instance serves all threads of a process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._locks: defaultdict[int, Lock] = defaultdict(Lock)
        self._told: dict[int, tuple[str, datetime]] = {}
        self.under_way: set[int] = set()
        """The columns, by our id, that this process looks for just now."""

    def url(self, errand: Errand) -> str | Trouble:
        """Where the column is. The other threads wait for the one that looks, and find it told."""
        told = self._just_told(errand.item.id)
        if told is not None:
            return told
        with self._locks[errand.item.id]:
            with self._means.database.reading() as session:
                item = line_items.line_item(session, errand.item.id)
            if item is not None and item.removed:
                return Refused(REMOVED)
            if item is None or item.url is None:
                return self._searched(errand)
            self._told[item.id] = item.url, self._means.clock() + TOLD_FOR
            return item.url

    def _just_told(self, line_item_id: int) -> str | None:
        """What the database said a moment ago: a class is claimed before its column is found."""
        url, until = self._told.get(line_item_id, ("", None))
        if until is None:
            return None
        if self._means.clock() < until:
            return url
        self._told.pop(line_item_id, None)
        return None

    def _searched(self, errand: Errand) -> str | Trouble:
        item = errand.item
        with self._means.database.transaction() as session:
            now = self._means.clock()
            if not line_items.claim_search(session, item.id, now=now, lease=SEARCH_LEASE):
                return RetryLater("column_in_the_making", SEARCH_SECONDS)
        self.under_way.add(item.id)
        try:
            column = self._found_or_created(errand)
        finally:
            self.under_way.discard(item.id)
        with self._means.database.transaction() as session:
            if not isinstance(column, Column):
                line_items.give_up_search(session, item.id)
                return column
            line_items.set_line_item_url(session, item.id, column.url)
        return column.url

    def _found_or_created(self, errand: Errand) -> Column | Trouble:
        item = errand.item
        found = errand.book.find(item.resource_id, item.tag, now=self._means.clock())
        if found is not None:
            return found
        wanted = NewLineItem(item.label, item.maximum, item.resource_id, item.tag)
        return errand.book.create(wanted, now=self._means.clock())
