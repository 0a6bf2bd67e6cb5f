"""The audit log as an administrator reads it: who did what and when, and whether it is whole.

Not here: words for what was done (``lti_tool.web.admin_audit_words``), and checking the whole
chain, which takes long in a large log (``lti-tool audit verify``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import audit_log, audit_pages, audit_seals, schools
from lti_tool.persistence.audit_log import AuditEntry
from lti_tool.persistence.audit_pages import AuditFilter, AuditLine
from lti_tool.persistence.database import Session
from lti_tool.persistence.schools import School

__all__ = ["AuditFilter", "AuditLine", "AuditShown", "SealState", "seal_state", "show_audit"]

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AuditShown:
    """A page of the log. ``older`` leads to the next one, None on the last."""

    school: School
    lines: Sequence[AuditLine]
    older: int | None


@dataclass(frozen=True, slots=True)
class SealState:
    """How far the log is sealed: ``sealed`` links, ``waiting`` entries behind the last of them, the
    first since ``since`` (None: none waits). ``checked`` is the entry about the last check of the
    whole; None: nobody has checked it yet."""

    sealed: int
    waiting: int
    since: datetime | None
    checked: AuditEntry | None


def show_audit(
    session: Session, wanted: AuditFilter, *, school_id: int, before: int | None
) -> AuditShown:
    """The newest entries that the filter leaves, of those before the entry of this id."""
    found = audit_pages.audit_page(session, school_id, wanted, before=before, most=PAGE_SIZE + 1)
    lines = found[:PAGE_SIZE]
    older = lines[-1].id if len(found) > PAGE_SIZE else None
    return AuditShown(schools.school(session, school_id), lines, older)


def seal_state(session: Session, subject: str) -> SealState:
    """The state of the seals; ``subject`` is what entries about checks are about."""
    last = audit_seals.last_link(session)
    waiting, since = audit_pages.waiting_since(session, last.entry_id)
    checked = audit_log.newest_about(session, subject)
    return SealState(last.position, waiting, since, checked)
