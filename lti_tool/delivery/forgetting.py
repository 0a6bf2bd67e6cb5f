"""Forgets notifications once they are old, and who knocked. Not here: how long notifications are
kept (``domain``).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

from lti_tool.domain.notification import KEPT, KEPT_READ
from lti_tool.persistence import knocks, notifications
from lti_tool.persistence.database import Database, Session

EVERY = timedelta(hours=6)
KEPT_FOR = {"kept": KEPT, "kept_read": KEPT_READ}


class Sweeper(ABC):
    """One more engine of a round, which has nothing to send: it forgets what is old."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._swept: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Forget, a few times a day; that counts as nothing handled, and where nothing is old
        nothing is written."""
        now = self._clock()
        if stopping() or (self._swept is not None and now - self._swept < EVERY):
            return 0
        self._swept = now
        with self._database.reading() as session:
            if not self._any_old(session, now):
                return 0
        with self._database.transaction() as session:
            self._forget(session, now)
        return 0

    @abstractmethod
    def _any_old(self, session: Session, now: datetime) -> bool: ...

    @abstractmethod
    def _forget(self, session: Session, now: datetime) -> None: ...


class NotificationSweeper(Sweeper):
    """Forgets notifications, those that were read sooner."""

    def _any_old(self, session: Session, now: datetime) -> bool:
        return notifications.any_to_forget(session, now=now, **KEPT_FOR)

    def _forget(self, session: Session, now: datetime) -> None:
        notifications.forget(session, now=now, **KEPT_FOR)


class KnockSweeper(Sweeper):
    """Drops counts of knocks that say nothing any more."""

    def _any_old(self, session: Session, now: datetime) -> bool:
        return knocks.any_over(session, now=now.timestamp())

    def _forget(self, session: Session, now: datetime) -> None:
        knocks.forget_over(session, now=now.timestamp())
