"""Clears the evidence folder of what belongs to nothing: files whose piece was removed for good,
uploads that nobody goes on with, and what a crash left behind.

A file is there before its row is, so only what has lain untouched for a day is looked at. Nothing
is sent here. Not here: who may remove what (``lti_tool.services``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lti_tool.files import EvidenceStore, Parts
from lti_tool.persistence import submissions, uploads
from lti_tool.persistence.database import Database

log = structlog.get_logger()

EVERY = timedelta(hours=6)
UNTOUCHED = timedelta(days=1)
UPLOADS_KEPT = timedelta(days=7)
"""For so long an upload may be gone on with."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files without a row were deleted, and how many uploads were given up."""

    files: int
    uploads: int


class FileSweeper:
    """One more engine of a round. One instance serves one thread."""

    def __init__(
        self, database: Database, store: EvidenceStore, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._store = store
        self._parts = Parts(store)
        self._clock = clock
        self._last: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Sweep a few times a day; that counts as nothing handled."""
        now = self._clock()
        if stopping() or (self._last is not None and now - self._last < EVERY):
            return 0
        swept = self.sweep()
        if swept.files or swept.uploads:
            log.info("files swept", files=swept.files, uploads=swept.uploads)
        self._last = now
        return 0

    def sweep(self, *, only_count: bool = False) -> Swept:
        """Delete what belongs to nothing, or say how much there is."""
        given_up = self._uploads(only_count=only_count)
        return Swept(
            self._unfinished(only_count=only_count) + self._kept(only_count=only_count), given_up
        )

    def _uploads(self, *, only_count: bool) -> int:
        """Uploads too old to be gone on with; their parts first, so that none is left without."""
        with self._database.reading() as session:
            old = uploads.begun_before(session, self._clock() - UPLOADS_KEPT, most=BATCH)
        if not old or only_count:
            return len(old)
        for each in old:
            self._parts.drop(each.part_key)
        with self._database.transaction() as session:
            for each in old:
                uploads.remove_upload(session, each.id)
        return len(old)

    def _unfinished(self, *, only_count: bool) -> int:
        """Parts of uploads that are none any more, and files that a crash cut off."""
        before = self._clock() - UNTOUCHED
        with self._database.reading() as session:
            known = uploads.part_keys(session)
        lost = [key for key in self._parts.older_than(before) if key not in known]
        torn = self._store.torn_before(before)
        if not only_count:
            for key in lost:
                self._parts.drop(key)
            for path in torn:
                path.unlink(missing_ok=True)
        return len(lost) + len(torn)

    def _kept(self, *, only_count: bool) -> int:
        """Complete files that no piece of evidence names, folder by folder."""
        count = 0
        for prefix, keys in self._store.kept_before(self._clock() - UNTOUCHED):
            with self._database.reading() as session:
                orphans = keys - submissions.storage_keys(session, prefix)
            count += len(orphans)
            for key in () if only_count else orphans:
                self._store.discard(key)
        return count
