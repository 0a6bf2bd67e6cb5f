"""Logins under way: what a launch must match, usable once. Secrets are stored as hashes only.

Not here: what makes a launch valid (``lti_tool.lti.launch``), sessions after the launch.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKey, String, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime

__all__ = [
    "LoginState",
    "LoginStateRow",
    "digest",
    "keep_login_state",
    "login_state",
    "sweep_login_states",
    "use_login_state",
]


class LoginStateRow(Base):
    """One OIDC login: bound to the registration, the nonce, the target link and the browser."""

    __tablename__ = "login_states"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str] = mapped_column(String(2048))
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    deployment_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class LoginState:
    """A login as stored. ``browser_hash`` is None where the browser was given no cookie,
    ``deployment_id`` where the platform named none (``lti_deployment_id`` is optional)."""

    state_hash: str
    nonce_hash: str
    platform_id: int
    target_link_uri: str
    browser_hash: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    deployment_id: str | None = None


COLUMNS = tuple(getattr(LoginStateRow, each.name) for each in fields(LoginState))
# Built once: every launch needs them, and building takes longer than the database does.
KEEP = insert(LoginStateRow)
LOOK = select(*COLUMNS).where(LoginStateRow.state_hash == bindparam("state"))
USE = (
    update(LoginStateRow)
    .where(
        LoginStateRow.state_hash == bindparam("state"),
        LoginStateRow.used_at.is_(None),
        LoginStateRow.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)


def digest(secret: str) -> str:
    """SHA-256 of a secret in hex: enough to recognise it, useless to whoever reads the table."""
    return sha256(secret.encode()).hexdigest()


def keep_login_state(session: Session, state: LoginState) -> None:
    """Store a login just begun."""
    session.connection().execute(KEEP, asdict(state))


def login_state(session: Session, state_hash: str) -> LoginState | None:
    """The login of this state, used or not, expired or not; None when there is none."""
    row = session.connection().execute(LOOK, {"state": state_hash}).one_or_none()
    return None if row is None else LoginState(*row)


def use_login_state(session: Session, state_hash: str, *, now: datetime) -> bool:
    """Use up a login; True for exactly one caller, False when unknown, used or expired.

    One conditional UPDATE: of two launches at once the second waits for the first to commit
    and then finds the row used, on SQLite and on PostgreSQL.
    """
    return session.connection().execute(USE, {"state": state_hash, "now": now}).rowcount == 1


def sweep_login_states(session: Session, *, before: datetime) -> int:
    """Delete logins that expired before this time; their number. Keep them a while after they
    expire, so that a late or replayed launch can be told from an unknown one."""
    statement = delete(LoginStateRow).where(LoginStateRow.expires_at < before)
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
