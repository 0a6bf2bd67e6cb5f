"""Forgets notifications once they are old, and who knocked. Not here: how long notifications are
kept (``domain``).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from lti_tool.domain.notification import KEPT, KEPT_READ
from lti_tool.persistence import knocks, notifications
from lti_tool.persistence.database import Database

EVERY = timedelta(hours=6)
KEPT_FOR = {"kept": KEPT, "kept_read": KEPT_READ}


class NotificationSweeper:
    """One more engine of a round, which has nothing to send."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._swept: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Forget what is old, a few times a day; that counts as nothing handled."""
        now = self._clock()
        if stopping() or (self._swept is not None and now - self._swept < EVERY):
            return 0
        self._swept = now
        with self._database.reading() as session:
            if not notifications.any_to_forget(session, now=now, **KEPT_FOR):
                return 0
        with self._database.transaction() as session:
            notifications.forget(session, now=now, **KEPT_FOR)
        return 0


class KnockSweeper:
    """One more engine of a round: drops counts of knocks that say nothing any more."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._swept: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Drop them a few times a day; that counts as nothing handled."""
        now = self._clock()
        if stopping() or (self._swept is not None and now - self._swept < EVERY):
            return 0
        self._swept = now
        with self._database.reading() as session:
            if not knocks.any_over(session, now=now.timestamp()):
                return 0
        with self._database.transaction() as session:
            knocks.forget_over(session, now=now.timestamp())
        return 0
