"""The keys that schools sign credentials with, as ciphertext: this room never sees a private key.

Not here: making, encrypting and using them (``lti_tool.exchange.credentials``), the keys for
platforms (``keys``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime


class IssuerKeyRow(Base):
    """One key pair of a school. Rows are never deleted: what was signed is verified for years."""

    __tablename__ = "issuer_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StoredIssuerKey:
    """A key as stored: ``private_key`` is ciphertext of its PEM text, ``public_key`` PEM text,
    so that it is published even where the secret is lost."""

    kid: str
    school_id: int
    private_key: bytes
    public_key: str
    created_at: datetime


def add_issuer_key(session: Session, key: StoredIssuerKey) -> None:
    """Store a new key. A kid already present violates the primary key."""
    session.add(
        IssuerKeyRow(
            kid=key.kid,
            school_id=key.school_id,
            private_key=key.private_key,
            public_key=key.public_key,
            created_at=key.created_at,
        )
    )
    session.flush()


def issuer_keys(session: Session, school_id: int | None = None) -> Sequence[StoredIssuerKey]:
    """The keys of a school, or of all, the newest first; a school signs with its newest."""
    query = select(IssuerKeyRow).order_by(IssuerKeyRow.created_at.desc(), IssuerKeyRow.kid)
    if school_id is not None:
        query = query.filter_by(school_id=school_id)
    return [_key(row) for row in session.scalars(query)]


def issuer_key(session: Session, kid: str) -> StoredIssuerKey | None:
    """The key of this kid; None if there is none."""
    row = session.get(IssuerKeyRow, kid)
    return _key(row) if row is not None else None


def seal_issuer_key(session: Session, kid: str, private_key: bytes) -> None:
    """Keep a known key's ciphertext made with another secret."""
    session.get_one(IssuerKeyRow, kid).private_key = private_key
    session.flush()


def _key(row: IssuerKeyRow) -> StoredIssuerKey:
    return StoredIssuerKey(row.kid, row.school_id, row.private_key, row.public_key, row.created_at)
