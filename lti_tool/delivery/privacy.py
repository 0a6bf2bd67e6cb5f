"""Sees erasures through, and proposes for erasure whom nothing was heard of for long.

What is erased is gone from the tables at once. Here its files go, and the traces that deleted rows
leave in the file of an SQLite database. Not here: erasing (``lti_tool.services.erase_person``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lti_tool.files import EvidenceStore, Parts
from lti_tool.persistence import erasures
from lti_tool.persistence.database import Database, DatabaseError
from lti_tool.services.erase_person import finish_erasure, propose_due

log = structlog.get_logger()

BETWEEN_LOOKS = timedelta(seconds=30)
BETWEEN_ROUNDS = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes the files of erasures."""

    database: Database
    store: EvidenceStore
    clock: Callable[[], datetime]

    def finish(self) -> int:
        """See every erasure through that is not; returns how many were. Raises DatabaseError where
        somebody holds the database; the next try goes on."""
        with self.database.reading() as session:
            found = erasures.unfinished(session)
        if not found:
            return 0
        self.database.scrub()
        for each in found:
            with self.database.transaction() as session:
                finish_erasure(
                    session,
                    each,
                    now=self.clock(),
                    discard=self.store.discard,
                    drop=Parts(self.store).drop,
                )
        return len(found)


class PrivacyKeeper:
    """One instance serves one thread. ``years``: how long data are kept, None: for ever."""

    def __init__(self, remover: Remover, years: int | None) -> None:
        self._remover = remover
        self._years = years
        self._looked: datetime | None = None
        self._proposed: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """See erasures through or propose some learners; returns how many."""
        now = self._remover.clock()
        if stopping() or (self._looked is not None and now - self._looked < BETWEEN_LOOKS):
            return 0
        self._looked = now
        return self._finish() or self._propose(now)

    def _finish(self) -> int:
        try:
            return self._remover.finish()
        except DatabaseError:
            log.warning("an erasure waits: the database is in use")
            return 0

    def _propose(self, now: datetime) -> int:
        if self._years is None:
            return 0
        if self._proposed is not None and now - self._proposed < BETWEEN_ROUNDS:
            return 0
        with self._remover.database.transaction() as session:
            found = propose_due(session, self._years, now=now)
        if not found:
            self._proposed = now
        return found
