"""Signed-in people: a server-side row per session, found by the hash of its token."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.launch import Role

from .database import Base, Json, UtcDateTime

LINK = "link_id"
"""What pages keep of a session that has a column of its own: the link the person came from."""
SWEEPS = "00"
"""How the hash of a session begins that sweeps, one in 256: the hash is as good as a die."""


class SessionRow(Base):
    """A session. The token itself is never stored."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_links.id"))
    roles: Mapped[list[str]] = mapped_column(Json)
    data: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


OPEN = insert(SessionRow)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the other end: a person, in one school, in one course or none, with roles.

    ``data`` holds what the pages keep for the session: plain JSON values.
    """

    person_id: int
    school_id: int
    course_id: int | None
    roles: frozenset[Role]
    data: Mapping[str, object]


def open_session(
    session: Session, token: str, who: SignedIn, *, now: datetime, expires_at: datetime
) -> None:
    """Store a new session under the hash of its token; one in 256 drops the expired ones."""
    token_hash = hash_of(token)
    if token_hash.startswith(SWEEPS):
        sweep_sessions(session, now=now)
    values = {
        "token_hash": token_hash,
        "person_id": who.person_id,
        "school_id": who.school_id,
        "course_id": who.course_id,
        "link_id": who.data.get(LINK),
        "roles": kept_roles(who.roles),
        "data": _without_link(who.data),
        "created_at": now,
        "expires_at": expires_at,
    }
    session.connection().execute(OPEN, values)


def sweep_sessions(session: Session, *, now: datetime) -> None:
    """Drop the expired sessions."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at < now))


def kept_roles(roles: Collection[Role]) -> list[str]:
    """Roles as a session's row keeps them."""
    return sorted(each.value for each in roles)


def signed_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Who holds this token; None when it is unknown or has expired."""
    row = session.get(SessionRow, hash_of(token))
    if row is None or row.expires_at <= now:
        return None
    roles = frozenset(Role(each) for each in row.roles)
    # Sessions opened before revision 0016 keep the link among their data.
    data = dict(row.data) if row.link_id is None else {**row.data, LINK: row.link_id}
    return SignedIn(row.person_id, row.school_id, row.course_id, roles, data)


def keep_data(session: Session, token: str, data: Mapping[str, object]) -> None:
    """Store what the pages keep for the session; nothing happens when it is gone."""
    row = session.get(SessionRow, hash_of(token))
    if row is not None:
        row.data = _without_link(data)
        session.flush()


def _without_link(data: Mapping[str, object]) -> dict[str, object]:
    return {name: each for name, each in data.items() if name != LINK}


def hash_of(token: str) -> str:
    """SHA-256 of a token, in hexadecimal: tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
