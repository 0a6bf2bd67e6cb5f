"""Access tokens of the JSON API: a registrar issues one for a program, and it can be revoked.

Not here: letting a program in by its token (``lti_tool.api``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.access_token import AccessToken, Scope, TokenState, check_wish
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import api_tokens, audit_log, people, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.schools import School

PREFIX = "dabiao_"
"""Begins every secret, so that scanners of source code find one that was left there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new token shall be: who uses it, what it may read, and for how many days."""

    name: str
    scopes: frozenset[Scope]
    days: int


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token, who answers for it, and whether it works now."""

    token: AccessToken
    owner: Account | None
    state: TokenState


@dataclass(frozen=True, slots=True)
class Tokens:
    """A school's tokens, newest first."""

    school: School
    tokens: Sequence[TokenShown]

    @property
    def active(self) -> int:
        """How many of them work."""
        return sum(each.state is TokenState.ACTIVE for each in self.tokens)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts and when; ``actor_id`` None: the command line."""

    actor_id: int | None
    now: datetime


def issue_token(
    session: Session, wish: Wish, secret: str, by: By, *, school_id: int, owner_id: int
) -> AccessToken:
    """Make a token for this secret. ``owner_id`` is the person who answers for it and in whose
    name it reads. Raises BadAccessTokenError."""
    check_wish(wish.name, wish.scopes, wish.days)
    made = AccessToken(
        id=0,
        school_id=school_id,
        owner_id=owner_id,
        name=wish.name.strip(),
        scopes=wish.scopes,
        created_at=by.now,
        expires_at=by.now + timedelta(days=wish.days),
    )
    stored = api_tokens.add_api_token(session, secret, made)
    _note(session, "issue_token", stored, by, " ".join(sorted(wish.scopes)))
    return stored


def revoke_token(
    session: Session, token_id: int, by: By, *, school_id: int | None = None
) -> AccessToken:
    """Let a token work no more; one that is revoked already stays as it is. ``school_id`` None:
    whatever its school. Raises NotFoundError for a token of another school."""
    token = api_tokens.api_token(session, token_id)
    if school_id not in (None, token.school_id):
        raise NotFoundError
    if token.revoked_at is None:
        api_tokens.revoke_api_token(session, token_id, by=by.actor_id, now=by.now)
        _note(session, "revoke_token", token, by)
    return token


def _note(session: Session, action: str, token: AccessToken, by: By, detail: str = "") -> None:
    subject = f"token:{token.id}"
    audit_log.note(session, action, subject, actor_id=by.actor_id, now=by.now, detail=detail)


def show_tokens(session: Session, *, school_id: int, now: datetime) -> Tokens:
    """Every token of a school. Raises NotFoundError for a school that is gone."""
    found = api_tokens.api_tokens_of(session, school_id)
    owners = people.accounts(session, {each.owner_id for each in found})
    shown = [TokenShown(each, owners.get(each.owner_id), each.state(now)) for each in found]
    return Tokens(schools.school(session, school_id), shown)
