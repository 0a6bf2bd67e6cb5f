"""Reads the documents of standards that administrators handed in, one by one.

Claiming is one transaction, recording another, and none is open while a document is read. The
reading itself runs in a process of its own, within bounds (``lti_tool.exchange``).
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from lti_tool.catalogue.draft_json import draft_to_json
from lti_tool.domain.standard_draft import StandardDraft
from lti_tool.exchange.standard_documents import (
    LIMITS,
    Limits,
    NotAStandardError,
    Progress,
    read_document,
)
from lti_tool.persistence import standard_imports
from lti_tool.persistence.database import Database
from lti_tool.persistence.standard_imports import StandardImport

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""Longer than any reading may take."""
MOST_ATTEMPTS = 3
"""A document at which this process died so often is refused."""
STEPS = 20
"""How often, at most, progress is stored."""


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Reads documents. One instance serves one thread."""

    database: Database
    clock: Callable[[], datetime]
    limits: Limits = LIMITS

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Read the document due longest; returns how many were handled, 0 when none is due."""
        claimed = None if stopping() else self._claim()
        if claimed is None:
            return 0
        found, content = claimed
        if found.attempts > MOST_ATTEMPTS:
            self._refuse(found, NotAStandardError("broken"))
            return 1
        try:
            self._keep(found, self._read(found, content))
        except NotAStandardError as refused:
            self._refuse(found, refused)
        return 1

    def _claim(self) -> tuple[StandardImport, bytes] | None:
        with self.database.reading() as session:
            if not standard_imports.any_due(session, self.clock()):
                return None
        with self.database.transaction() as session:
            return standard_imports.lease_due(session, now=self.clock(), lease=LEASE)

    def _read(self, found: StandardImport, content: bytes) -> StandardDraft:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "document"
            path.write_bytes(content)
            report = _Report(self.database, found.id)
            return read_document(path, found.name, report=report.hear, limits=self.limits)

    def _keep(self, found: StandardImport, draft: StandardDraft) -> None:
        with self.database.transaction() as session:
            standard_imports.mark_ready(session, found.id, draft_to_json(draft))
        log.info("standard read", standard_import=found.id, requirements=draft.printed)

    def _refuse(self, found: StandardImport, refused: NotAStandardError) -> None:
        with self.database.transaction() as session:
            standard_imports.mark_refused(
                session, found.id, reason=refused.reason, detail=refused.detail
            )
        log.info("document refused", standard_import=found.id, reason=refused.reason)


@dataclass(slots=True)
class _Report:
    """Stores progress, but not every page of it."""

    database: Database
    import_id: int
    step: int = -1

    def hear(self, progress: Progress) -> None:
        """Store it if it is a step further."""
        step = STEPS * progress.done // max(progress.total, 1)
        if step == self.step:
            return
        self.step = step
        with self.database.transaction() as session:
            standard_imports.note_progress(
                session, self.import_id, done=progress.done, total=progress.total
            )
