"""Seals over the audit log: each entry is chained to the one before it with a secret key.

Whoever changes, removes or slips in an entry in the database cannot make its seal, since the
key is made from the tool's secret key, which is kept elsewhere. Not here: writing entries.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lti_tool.persistence import audit_log, audit_seals
from lti_tool.persistence.audit_log import AuditEntry
from lti_tool.persistence.audit_seals import START, Link
from lti_tool.persistence.database import Session

SETTLED = timedelta(seconds=10)
"""An entry this old has been committed: entries of one moment can arrive in any order."""
OVERDUE = timedelta(hours=1)
"""An entry still without a seal by now was slipped in with an old date, or nothing delivers."""

SHOWN = 16
"""So many letters of a seal tell it from any other."""
WITNESS = re.compile(f"[0-9a-f]{{{SHOWN}}}")

VERIFY = "verify_audit"
SUBJECT = "audit_log"


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key that seals are made with; ``id`` names it without telling it."""

    id: str
    secret: bytes


def seal_key(secret_key: str) -> SealKey:
    """The key made from the tool's secret key."""
    secret = hashlib.sha256(b"audit seals:" + secret_key.encode()).digest()
    return SealKey(hashlib.sha256(b"id:" + secret).hexdigest()[:8], secret)


class Fault(StrEnum):
    """What is wrong at a place of the chain."""

    CHANGED = "changed"
    """The entry is not what was sealed, or the chain before it was cut."""
    REMOVED = "removed"
    """The entry that was sealed is gone."""
    GAP = "gap"
    """A link is missing before this one."""
    UNKNOWN_KEY = "unknown_key"
    """It was sealed with a secret key that is not among the tool's keys any more."""
    UNSEALED = "unsealed"
    """Entries that should have long been sealed are not; the place is the end of the chain."""
    CUT = "cut"
    """A seal that was there before is not: the end of the log was cut off, or all of it written
    anew."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    fault: Fault
    position: int
    entry_id: int


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody kept of the newest seal, away from the database: without it nothing tells a
    log whose end was cut off, seals and all, from one that never went further."""

    position: int
    seal: str

    def __str__(self) -> str:
        return f"{self.position}:{self.seal[:SHOWN]}"


def read_witness(words: str) -> Witness:
    """The witness that ``str`` made these words of. Raises ValueError."""
    position, _, seal = words.strip().partition(":")
    if not (position.isascii() and position.isdecimal() and WITNESS.fullmatch(seal)):
        raise ValueError(words)
    return Witness(int(position), seal)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many links hold from the first on, and what stops them; None: the whole log holds."""

    sound: int
    broken: Break | None


def any_to_seal(session: Session, *, now: datetime) -> bool:
    """Whether ``seal_entries`` would find anything; asked without a lock."""
    return bool(audit_seals.unsealed(session, before=now - SETTLED, most=1))


def seal_entries(session: Session, key: SealKey, *, now: datetime, most: int) -> int:
    """Seal the next settled entries; returns how many, 0 where another process was faster."""
    link = audit_seals.last_link(session)
    made: list[Link] = []
    for entry_id, entry in audit_seals.unsealed(session, before=now - SETTLED, most=most):
        seal = _seal(key, link, entry_id, entry)
        link = Link(link.position + 1, entry_id, seal, key.id)
        made.append(link)
    return len(made) if audit_seals.add_links(session, made) else 0


def newest_seal(session: Session) -> Witness:
    """The end of the chain, to be kept elsewhere."""
    link = audit_seals.last_link(session)
    return Witness(link.position, link.seal or "0" * SHOWN)


def verify_audit(
    session: Session, keys: Iterable[SealKey], *, now: datetime, since: Witness | None = None
) -> Verdict:
    """Follow the chain from its first link to its end; ``since`` is a seal that must be in it."""
    verdict, last = _followed(session, keys, START)
    if verdict.broken is None and since is not None and not _is_there(session, since):
        return Verdict(last.position, Break(Fault.CUT, since.position, last.entry_id))
    if verdict.broken is None and audit_seals.count_unsealed(session, before=now - OVERDUE):
        return Verdict(last.position, Break(Fault.UNSEALED, last.position, last.entry_id))
    return verdict


def verify_newest(session: Session, keys: Iterable[SealKey], *, most: int) -> tuple[Verdict, int]:
    """Follow the newest links only, at most so many, and say how many these are. Whether entries
    lack a seal is not looked at."""
    end = audit_seals.last_link(session).position
    start = max(0, end - most)
    before = audit_seals.link_at(session, start)
    if before is None:
        return Verdict(0, Break(Fault.GAP, start + 1, 0)), 0
    return _followed(session, keys, before)[0], end - start


def note_verdict(session: Session, verdict: Verdict, *, now: datetime) -> None:
    """Keep in the log itself that the whole of it was checked, and what came of it."""
    broken = verdict.broken
    detail = f"{verdict.sound}" if broken is None else f"{broken.fault} {broken.position}"
    audit_log.note(session, VERIFY, SUBJECT, actor_id=None, now=now, detail=detail)


def _is_there(session: Session, witness: Witness) -> bool:
    link = audit_seals.link_at(session, witness.position)
    if link is None or not witness.position:
        return link is not None
    return hmac.compare_digest(link.seal[:SHOWN], witness.seal)


def _followed(session: Session, keys: Iterable[SealKey], before: Link) -> tuple[Verdict, Link]:
    """What comes of the chain after a link, and the last link that holds."""
    known = {each.id: each for each in keys}
    for link, entry in audit_seals.chain(session, after=before.position):
        fault = _fault(known.get(link.key_id), before, link, entry)
        if fault is not None:
            broken = Break(fault, link.position, link.entry_id)
            return Verdict(before.position, broken), before
        before = link
    return Verdict(before.position, None), before


def _fault(key: SealKey | None, before: Link, link: Link, entry: AuditEntry | None) -> Fault | None:
    if link.position != before.position + 1:
        return Fault.GAP
    if entry is None:
        return Fault.REMOVED
    if key is None:
        return Fault.UNKNOWN_KEY
    right = _seal(key, before, link.entry_id, entry)
    return None if hmac.compare_digest(right, link.seal) else Fault.CHANGED


def _seal(key: SealKey, before: Link, entry_id: int, entry: AuditEntry) -> str:
    content = [
        before.seal,
        entry_id,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    text = json.dumps(content, ensure_ascii=True).encode()
    return hmac.new(key.secret, text, hashlib.sha256).hexdigest()
