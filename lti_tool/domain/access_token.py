"""Access tokens of the JSON API: what each may read, for how long, and whether it still works.

Not here: the secret itself, of which only a hash is stored (``lti_tool.persistence.api_tokens``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import BadAccessTokenError

LONGEST_NAME = 100
MOST_DAYS = 366
"""A token outlives a school year by no more than a day: whoever uses it asks again."""


class Scope(StrEnum):
    """What a token may read; each is of the token's own school."""

    LEARNERS = "read:learners"
    """Names, student numbers and courses."""
    OUTCOMES = "read:outcomes"
    """Who attained which level, and how far the others are."""
    DECISIONS = "read:decisions"
    """Sign-offs and revocations with the ratings they rest on."""
    STANDARDS = "read:standards"
    """Standards and their requirements."""
    ASSESSMENTS = "read:assessments"
    """What courses assess, by requirement."""


class TokenState(StrEnum):
    """Whether a token works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as stored. ``name`` says what uses it, ``owner_id`` who answers for it; ``last_used``
    None: never, else to within a few minutes; ``revoked_at`` None: it was not."""

    id: int
    school_id: int
    owner_id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used: datetime | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        """Whether it works at this time; a revoked one stays revoked after it has expired."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.ACTIVE if now < self.expires_at else TokenState.EXPIRED


def check_wish(name: str, scopes: frozenset[Scope], days: int) -> None:
    """Raises BadAccessTokenError, naming the field, for a token that may not be made."""
    if not name.strip():
        raise BadAccessTokenError("name", "missing")
    if len(name) > LONGEST_NAME:
        raise BadAccessTokenError("name", "too_long")
    if not scopes:
        raise BadAccessTokenError("scopes", "missing")
    if not 1 <= days <= MOST_DAYS:
        raise BadAccessTokenError("days", "out_of_range")
