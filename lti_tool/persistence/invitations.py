"""Invitations: one-time addresses at which an LMS registers itself. Only hashes are stored.

An invitation is used up by success alone. While a registration is under way it is held for a
short time, so that of two at once only one speaks to an LMS; a hold left behind by a crash ends by
itself. Not here: what registering is (``lti_tool.lti.dynamic_registration``).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKey, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime
from .sessions import hash_of

__all__ = [
    "Invitation",
    "InvitationRow",
    "add_invitation",
    "hold_invitation",
    "invitation",
    "invited_schools",
    "release_invitation",
    "use_invitation",
]


class InvitationRow(Base):
    """One invitation. ``school_id`` None: what registers becomes a school of its own."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as stored. ``used_at`` None: it was not used."""

    school_id: int | None
    expires_at: datetime
    used_at: datetime | None


def add_invitation(
    session: Session, token: str, *, school_id: int | None, now: datetime, expires_at: datetime
) -> None:
    """Store an invitation under the hash of its token."""
    session.add(
        InvitationRow(
            token_hash=hash_of(token),
            school_id=school_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()


def invitation(session: Session, token: str) -> Invitation | None:
    """The invitation of this token, whether or not it can be used; None when there is none."""
    row = session.get(InvitationRow, hash_of(token), populate_existing=True)
    return None if row is None else Invitation(row.school_id, row.expires_at, row.used_at)


def invited_schools(session: Session) -> frozenset[int]:
    """The schools that LMSs were invited into, by row id."""
    rows = session.scalars(
        select(InvitationRow.school_id).where(InvitationRow.school_id.is_not(None)).distinct()
    )
    return frozenset(each for each in rows if each is not None)


def hold_invitation(session: Session, token: str, *, now: datetime, until: datetime) -> bool:
    """Keep an invitation for one registration; False when it is unknown, used, expired or held.

    One conditional UPDATE, so that of two at once exactly one gets it on both databases.
    """
    statement = (
        update(InvitationRow)
        .where(
            InvitationRow.token_hash == hash_of(token),
            InvitationRow.used_at.is_(None),
            InvitationRow.expires_at > now,
            or_(InvitationRow.held_until.is_(None), InvitationRow.held_until <= now),
        )
        .values(held_until=until)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def release_invitation(session: Session, token: str) -> None:
    """Let a held invitation be tried again, after a registration that failed."""
    _set(session, token, held_until=None)


def use_invitation(session: Session, token: str, *, now: datetime) -> None:
    """Use up an invitation, after a registration that succeeded."""
    _set(session, token, held_until=None, used_at=now)


def _set(session: Session, token: str, **values: datetime | None) -> None:
    row = session.get(InvitationRow, hash_of(token), populate_existing=True)
    if row is not None:
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
