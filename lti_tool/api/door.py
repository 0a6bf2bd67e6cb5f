"""Who asks: from the token in the Authorization header to what it may read. Counts requests."""

from lti_tool.domain.access_token import AccessToken, Scope, TokenState
from lti_tool.domain.standard import Text
from lti_tool.persistence import api_tokens
from lti_tool.persistence.database import Session

from .problems import (
    SCOPE_MISSING,
    TOKEN_EXPIRED,
    TOKEN_MISSING,
    TOKEN_REVOKED,
    TOKEN_UNKNOWN,
    TOO_MANY,
    Kind,
    ProblemError,
)
from .wiring import wired

LONGEST = 200
REFUSALS = {TokenState.EXPIRED: TOKEN_EXPIRED, TokenState.REVOKED: TOKEN_REVOKED}


def admitted(session: Session, authorization: str | None, scope: Scope) -> AccessToken:
    """The token of a request that may read this. Raises ProblemError: who comes without one that
    works is counted by address, everybody else by token."""
    token = _token(session, authorization)
    wait = wired().admit_token(token.id)
    if wait is not None:
        raise _too_many(wait)
    if scope not in token.scopes:
        header = f'Bearer error="insufficient_scope", scope="{scope.value}"'
        words = Text(f"需要 {scope.value}。", f"It takes {scope.value}.")
        raise ProblemError(SCOPE_MISSING, words, headers={"WWW-Authenticate": header})
    return token


def _token(session: Session, authorization: str | None) -> AccessToken:
    kind, _, secret = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not 0 < len(secret.strip()) <= LONGEST:
        raise _refused(TOKEN_MISSING, "Bearer")
    found = api_tokens.api_token_by_secret(session, secret.strip())
    if found is None:
        raise _refused(TOKEN_UNKNOWN)
    state = found.state(wired().clock())
    if state is not TokenState.ACTIVE:
        raise _refused(REFUSALS[state])
    return found


def _refused(kind: Kind, challenge: str = 'Bearer error="invalid_token"') -> ProblemError:
    wait = wired().admit_address()
    if wait is not None:
        return _too_many(wait)
    return ProblemError(kind, headers={"WWW-Authenticate": challenge})


def _too_many(seconds: int) -> ProblemError:
    words = Text(f"请 {seconds} 秒后再试。", f"Try again in {seconds} seconds.")
    return ProblemError(TOO_MANY, words, headers={"Retry-After": str(seconds)})
