"""A sign of life of the process that delivers, for the administrator's page and monitors.

Not here: whether anything gets through (the outbox tells).
"""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from lti_tool.persistence import engines
from lti_tool.persistence.database import Database

EVERY = timedelta(seconds=15)


class Heartbeat:
    """One more engine of a round, which has nothing to send."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._noted: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Leave a sign where the last one is old; that counts as nothing handled."""
        now = self._clock()
        if self._noted is None or abs(now - self._noted) >= EVERY:
            with self._database.transaction() as session:
                engines.note_sign(session, f"{socket.gethostname()}:{os.getpid()}", now=now)
            self._noted = now
        return 0
