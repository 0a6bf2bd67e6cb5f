"""The tool's own signing keys, as ciphertext: this room never sees a private key.

Not here: making, encrypting and using keys (``lti_tool.lti.keys``), platforms' public keys.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

__all__ = [
    "SigningKeyRow",
    "StoredKey",
    "add_signing_key",
    "every_signing_key",
    "retire_signing_key",
    "seal_signing_key",
    "signing_keys",
    "withdraw_signing_key",
]


class SigningKeyRow(Base):
    """One key pair. A ``kid`` is never used again for another key: rows are never deleted."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signs_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as stored; ``private_key`` is ciphertext of its PEM text.

    ``signs_from`` None: from its creation on. ``retired_at`` is when it stops being published, in
    the future perhaps; None: not decided.
    """

    kid: str
    private_key: bytes
    created_at: datetime
    signs_from: datetime | None = None
    retired_at: datetime | None = None

    def may_sign(self, now: datetime) -> bool:
        """Whether platforms have had the time to fetch it."""
        return self.signs_from is None or self.signs_from <= now


def add_signing_key(session: Session, key: StoredKey) -> None:
    """Store a new key. A kid already present violates the primary key."""
    row = SigningKeyRow(
        kid=key.kid,
        private_key=key.private_key,
        created_at=key.created_at,
        signs_from=key.signs_from,
        retired_at=key.retired_at,
    )
    session.add(row)
    session.flush()


def signing_keys(session: Session, *, now: datetime) -> tuple[StoredKey, ...]:
    """The keys that are published now, newest first; the first that may sign does."""
    rows = session.scalars(
        select(SigningKeyRow)
        .where(or_(SigningKeyRow.retired_at.is_(None), SigningKeyRow.retired_at > now))
        .order_by(SigningKeyRow.created_at.desc(), SigningKeyRow.kid)
    )
    return tuple(_key(row) for row in rows)


def retire_signing_key(session: Session, kid: str, *, at: datetime) -> None:
    """Stop publishing a key at this time. One that retires already keeps its time; an unknown one
    changes nothing."""
    row = session.get(SigningKeyRow, kid)
    if row is not None and row.retired_at is None:
        row.retired_at = at
        session.flush()


def every_signing_key(session: Session) -> tuple[StoredKey, ...]:
    """Every key ever stored, the retired ones too, newest first."""
    query = select(SigningKeyRow).order_by(SigningKeyRow.created_at.desc(), SigningKeyRow.kid)
    return tuple(_key(row) for row in session.scalars(query))


def seal_signing_key(session: Session, kid: str, private_key: bytes) -> None:
    """Keep a known key's ciphertext made with another secret."""
    session.get_one(SigningKeyRow, kid).private_key = private_key
    session.flush()


def withdraw_signing_key(session: Session, kid: str, *, now: datetime) -> None:
    """Stop publishing a known key at once, whatever was planned for it."""
    session.get_one(SigningKeyRow, kid).retired_at = now
    session.flush()


def _key(row: SigningKeyRow) -> StoredKey:
    return StoredKey(row.kid, row.private_key, row.created_at, row.signs_from, row.retired_at)
