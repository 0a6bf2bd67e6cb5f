"""Logins under way: what a launch must match, usable once. Secrets are stored as hashes only.

Not here: what makes a launch valid (``lti_tool.lti.launch``), sessions after the launch.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    ForeignKey,
    Insert,
    String,
    Update,
    bindparam,
    delete,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from .at_once import AtOnce, Statement
from .database import Base, UtcDateTime
from .platforms import PLATFORMS, Platform, as_platform, columns_of_platform

__all__ = [
    "LoginState",
    "LoginStateRow",
    "NewLogin",
    "UsedLogin",
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
class NewLogin:
    """A login just begun, with whom. The rest as in ``LoginState``."""

    issuer: str
    client_id: str
    state_hash: str
    nonce_hash: str
    target_link_uri: str
    browser_hash: str | None
    deployment_id: str | None
    created_at: datetime
    expires_at: datetime


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


@dataclass(frozen=True, slots=True)
class UsedLogin:
    """What a login that was just used up says about its launch; fields as in ``LoginState``."""

    platform: Platform
    nonce_hash: str
    target_link_uri: str
    deployment_id: str | None


LOGINS = Base.metadata.tables["login_states"]
OWN_PLATFORM = "login_states.platform_id"
KEPT = tuple(each.name for each in fields(NewLogin) if each.name not in {"issuer", "client_id"})


def _keep() -> Insert:
    """The platform is found and the login kept for it in one."""
    columns = {name: LOGINS.c[name] for name in KEPT}
    known = select(
        PLATFORMS.c.id, *(bindparam(name, type_=each.type) for name, each in columns.items())
    ).where(
        PLATFORMS.c.issuer == bindparam("issuer"), PLATFORMS.c.client_id == bindparam("client_id")
    )
    return (
        insert(LOGINS)
        .from_select(["platform_id", *KEPT], known)
        .returning(*columns_of_platform(OWN_PLATFORM))
    )


def _use(browser: ColumnElement[bool]) -> Update:
    """The login is used up and read, with its platform, in one."""
    row = LOGINS.c
    return (
        update(LOGINS)
        .where(
            row.state_hash == bindparam("state"),
            row.used_at.is_(None),
            row.expires_at > bindparam("now"),
            browser,
        )
        .values(used_at=bindparam("now"))
        .returning(
            row.nonce_hash,
            row.target_link_uri,
            row.deployment_id,
            *columns_of_platform(OWN_PLATFORM),
        )
    )


# Built once: every launch needs them, and building takes longer than the database does.
LOOK = select(*(getattr(LoginStateRow, each.name) for each in fields(LoginState))).where(
    LoginStateRow.state_hash == bindparam("state")
)
KEEP = Statement(_keep())
USE_BY_BROWSER = Statement(_use(LOGINS.c.browser_hash == bindparam("browser")))
USE_BY_ANY = Statement(_use(LOGINS.c.browser_hash.is_(None)))
USE_BY_CONSENT = Statement(_use(true()))


def digest(secret: str) -> str:
    """SHA-256 of a secret in hex: enough to recognise it, useless to whoever reads the table."""
    return sha256(secret.encode()).hexdigest()


def keep_login_state(at_once: AtOnce, login: NewLogin) -> Platform | None:
    """Store a login for its platform, in one statement; None, and nothing stored, where there is
    no such platform."""
    values = {each: getattr(login, each) for each in login.__slots__}
    row = at_once.one(KEEP, values)
    return None if row is None else as_platform(row)


def login_state(session: Session, state_hash: str) -> LoginState | None:
    """The login of this state, used or not, expired or not; None when there is none."""
    row = session.connection().execute(LOOK, {"state": state_hash}).one_or_none()
    return None if row is None else LoginState(*row)


def use_login_state(
    at_once: AtOnce, state_hash: str, *, browser: str | None, consent: bool = False, now: datetime
) -> UsedLogin | None:
    """Use up a login that ``browser`` (the hash of its secret) began, or that no browser was bound
    to; ``consent`` is a person's word in place of the secret. None, and nothing is used up, when
    it is unknown, used, expired or another browser's.

    One conditional UPDATE: of two launches at once the second waits for the first to commit
    and then finds the row used, on SQLite and on PostgreSQL.
    """
    values: dict[str, object] = {"state": state_hash, "now": now}
    statement = USE_BY_CONSENT if consent else USE_BY_ANY
    if browser is not None:
        statement, values["browser"] = USE_BY_BROWSER, browser
    row = at_once.one(statement, values)
    if row is None:
        return None
    return UsedLogin(as_platform(row), row.nonce_hash, row.target_link_uri, row.deployment_id)


def sweep_login_states(session: Session, *, before: datetime) -> int:
    """Delete logins that expired before this time; their number. Keep them a while after they
    expire, so that a late or replayed launch can be told from an unknown one."""
    statement = delete(LoginStateRow).where(LoginStateRow.expires_at < before)
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
