"""The chain of seals over the audit log: which entry stands at which place, and its seal.

Entries are sealed after they are written, so that nobody who rates waits for the chain. Not
here: what a seal is (``lti_tool.services.seal_audit``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .audit_log import AuditEntry, AuditRow, as_entry
from .database import Base


class AuditSealRow(Base):
    """One link: ``position`` counts from 1 without a gap. Append-only."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(unique=True)
    seal: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(8))


@dataclass(frozen=True, slots=True)
class Link:
    """One place in the chain; ``key_id`` names the key its seal was made with. The link before
    the first has position 0 and an empty seal."""

    position: int
    entry_id: int
    seal: str
    key_id: str


START = Link(0, 0, "", "")


def last_link(session: Session) -> Link:
    """The end of the chain."""
    row = session.scalar(select(AuditSealRow).order_by(AuditSealRow.position.desc()).limit(1))
    return _link(row) if row is not None else START


def unsealed(session: Session, *, before: datetime, most: int) -> Sequence[tuple[int, AuditEntry]]:
    """Entries written before this time that are in no link yet, by id, in their order."""
    query = (
        select(AuditRow)
        .outerjoin(AuditSealRow, AuditSealRow.entry_id == AuditRow.id)
        .where(AuditSealRow.position.is_(None), AuditRow.at < before)
        .order_by(AuditRow.id)
        .limit(most)
    )
    return [(row.id, as_entry(row)) for row in session.scalars(query)]


def count_unsealed(session: Session, *, before: datetime) -> int:
    """How many entries written before this time are in no link."""
    query = (
        select(func.count(AuditRow.id))
        .outerjoin(AuditSealRow, AuditSealRow.entry_id == AuditRow.id)
        .where(AuditSealRow.position.is_(None), AuditRow.at < before)
    )
    return session.scalar(query) or 0


def add_links(session: Session, links: Sequence[Link]) -> bool:
    """Lengthen the chain; False, and nothing is added, where another process did so meanwhile."""
    rows = [
        AuditSealRow(
            position=each.position, entry_id=each.entry_id, seal=each.seal, key_id=each.key_id
        )
        for each in links
    ]
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        return False
    return True


def link_at(session: Session, position: int) -> Link | None:
    """The link at a place; None where it is missing."""
    if position == START.position:
        return START
    row = session.get(AuditSealRow, position)
    return None if row is None else _link(row)


def chain(session: Session, *, after: int = 0) -> Iterator[tuple[Link, AuditEntry | None]]:
    """Every link after this position in order with its entry, None where the entry is gone; read
    in pieces."""
    query = (
        select(AuditSealRow, AuditRow)
        .outerjoin(AuditRow, AuditRow.id == AuditSealRow.entry_id)
        .where(AuditSealRow.position > after)
        .order_by(AuditSealRow.position)
        .execution_options(yield_per=1000)
    )
    with session.execute(query) as result:
        for link, joined in result:
            entry = cast("AuditRow | None", joined)  # an outer join may find none
            yield _link(link), as_entry(entry) if entry is not None else None


def _link(row: AuditSealRow) -> Link:
    return Link(row.position, row.entry_id, row.seal, row.key_id)
