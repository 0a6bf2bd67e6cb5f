"""Seals the audit log behind those who write it. Not here: what a seal is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from lti_tool.persistence.database import Database
from lti_tool.services.seal_audit import SealKey, any_to_seal, newest_seal, seal_entries

log = structlog.get_logger()

BATCH = 500
EVERY = timedelta(seconds=20)


class AuditSealer:
    """Lengthens the chain of seals. One instance serves one thread."""

    def __init__(self, database: Database, key: SealKey, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._key = key
        self._clock = clock
        self._last: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Seal the entries that are due; returns 1 where there may be more of them."""
        now = self._clock()
        if stopping() or (self._last is not None and now - self._last < EVERY):
            return 0
        if self._seal(now) < BATCH:
            self._last = now
            return 0
        return 1

    def _seal(self, now: datetime) -> int:
        with self._database.reading() as session:
            if not any_to_seal(session, now=now):
                return 0
        with self._database.transaction() as session:
            sealed = seal_entries(session, self._key, now=now, most=BATCH)
            newest = newest_seal(session)
        if sealed:
            # Read elsewhere it bears witness: the database alone cannot show that its end is gone.
            log.info("audit log sealed", entries=sealed, newest=str(newest))
        return sealed
