"""Access links: how a registrar or an administrator without an LMS role comes in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.launch import Role

from .database import Base, UtcDateTime
from .sessions import hash_of


class AccessLinkRow(Base):
    """A link printed by ``lti-tool access add``. Only the hash of its token is stored."""

    __tablename__ = "access_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class AccessLink:
    """Whom a link lets in, and as what."""

    person_id: int
    role: Role


def add_access_link(
    session: Session,
    token: str,
    *,
    person_id: int,
    role: Role,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a link under the hash of its token."""
    session.add(
        AccessLinkRow(
            token_hash=hash_of(token),
            person_id=person_id,
            role=role.value,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()


def access_link(session: Session, token: str, *, now: datetime) -> AccessLink | None:
    """Whom this token lets in; None when it is unknown or has expired."""
    row = session.get(AccessLinkRow, hash_of(token))
    if row is None or row.expires_at <= now:
        return None
    return AccessLink(row.person_id, Role(row.role))
