"""The tool's own signing keys, as ciphertext: this room never sees a private key.

Not here: making, encrypting and using keys (``lti_tool.lti.keys``), platforms' public keys.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

__all__ = ["SigningKeyRow", "StoredKey", "add_signing_key", "signing_keys"]


class SigningKeyRow(Base):
    """One key pair. A ``kid`` is never used again for another key."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as stored; ``private_key`` is ciphertext of its PEM text."""

    kid: str
    private_key: bytes
    created_at: datetime


def add_signing_key(session: Session, key: StoredKey) -> None:
    """Store a new key. A kid already present violates the primary key."""
    row = SigningKeyRow(kid=key.kid, private_key=key.private_key, created_at=key.created_at)
    session.add(row)
    session.flush()


def signing_keys(session: Session) -> tuple[StoredKey, ...]:
    """The keys not retired, newest first; the first one signs, all are published."""
    rows = session.scalars(
        select(SigningKeyRow)
        .where(SigningKeyRow.retired_at.is_(None))
        .order_by(SigningKeyRow.created_at.desc(), SigningKeyRow.kid)
    )
    return tuple(StoredKey(row.kid, row.private_key, row.created_at) for row in rows)
