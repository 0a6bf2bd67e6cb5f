"""Access tokens of the JSON API. Only the hash of a token is stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.access_token import AccessToken, Scope
from lti_tool.domain.errors import NotFoundError

from .database import Base, Json, UtcDateTime
from .sessions import hash_of

USE_NOTED_EVERY = timedelta(minutes=5)
"""So that a program that reads page after page does not write at each."""


class ApiTokenRow(Base):
    """A token. ``revoked_by`` is None where nobody did, or the command line."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


def add_api_token(session: Session, secret: str, made: AccessToken) -> AccessToken:
    """Store a new token under the hash of its secret; ``made`` with its id, whatever it had."""
    row = ApiTokenRow(
        token_hash=hash_of(secret),
        school_id=made.school_id,
        owner_id=made.owner_id,
        name=made.name,
        scopes=sorted(each.value for each in made.scopes),
        created_at=made.created_at,
        expires_at=made.expires_at,
    )
    session.add(row)
    session.flush()
    return _token(row)


def api_token_by_secret(session: Session, secret: str) -> AccessToken | None:
    """The token of this secret, whether or not it still works; None where there is none."""
    row = session.scalar(select(ApiTokenRow).filter_by(token_hash=hash_of(secret)))
    return None if row is None else _token(row)


def api_token(session: Session, token_id: int) -> AccessToken:
    """The token of this id. Raises NotFoundError."""
    return _token(_row(session, token_id))


def api_tokens_of(session: Session, school_id: int) -> Sequence[AccessToken]:
    """The tokens of a school, those that do not work any more included, newest first."""
    query = select(ApiTokenRow).filter_by(school_id=school_id).order_by(ApiTokenRow.id.desc())
    return [_token(row) for row in session.scalars(query)]


def revoke_api_token(session: Session, token_id: int, *, by: int | None, now: datetime) -> None:
    """Let a token work no more; one that is revoked already stays as it is."""
    row = _row(session, token_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
        session.flush()


def use_is_due(token: AccessToken, now: datetime) -> bool:
    """Whether the use of a token at this time is to be noted."""
    return token.last_used is None or now - token.last_used >= USE_NOTED_EVERY


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that a token was used; of several at once, one notes it."""
    due = or_(ApiTokenRow.last_used.is_(None), ApiTokenRow.last_used <= now - USE_NOTED_EVERY)
    session.execute(
        update(ApiTokenRow)
        .where(ApiTokenRow.id == token_id, due)
        .values(last_used=now)
        .execution_options(synchronize_session=False)
    )


def _row(session: Session, token_id: int) -> ApiTokenRow:
    row = session.get(ApiTokenRow, token_id)
    if row is None:
        raise NotFoundError
    return row


def _token(row: ApiTokenRow) -> AccessToken:
    return AccessToken(
        id=row.id,
        school_id=row.school_id,
        owner_id=row.owner_id,
        name=row.name,
        scopes=frozenset(Scope(each) for each in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used=row.last_used,
        revoked_at=row.revoked_at,
    )
