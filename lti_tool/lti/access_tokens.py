"""Access tokens for a platform's services (LTI security framework 1.0, section 4.1).

PyLTI1p3 asks for a token per service object and ignores ``expires_in``; a cache by issuer and
scopes, as its fork has, hands one school's token to another. Here a token belongs to platform,
deployment, scopes and token URL, and is dropped when the platform rejects it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

import jwt

from lti_tool.persistence.platforms import Platform

from .answers import Refused, RetryLater, Trouble, clock_difference, trouble
from .claims import DEPLOYMENT_ID
from .http import ForbiddenAddressError, HttpAnswer, PlatformHttp, PlatformUnreachableError
from .keys import SigningKey

BACKDATED = timedelta(seconds=5)
"""Moodle 4.5 refuses an assertion whose ``iat`` is ahead of its clock, without any leeway."""
ASSERTION_LIFETIME = timedelta(minutes=5)
MARGIN = timedelta(seconds=60)
"""A token is not used in its last minute: it may expire on the way."""
ASSUMED_LIFETIME = 300
MOST_APART = timedelta(seconds=20)
"""Clocks further apart than this explain a refused assertion: Moodle 4.5 gives no leeway to one
that seems to come from the future, and an old one has expired after its lifetime."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class _TokenKey:
    """Whose token it is. Anything less leaks one school's token to another."""

    platform_id: int
    deployment: str
    scopes: frozenset[str]
    token_url: str


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    useful_until: datetime


class AccessTokens:
    """The tokens of all platforms, in memory. One instance serves all threads of a process.

    ``signing_key`` gives the tool's key of the moment; ``unique`` makes the ``jti``.
    """

    def __init__(
        self,
        http: PlatformHttp,
        *,
        signing_key: Callable[[], SigningKey],
        unique: Callable[[], str],
    ) -> None:
        self._http = http
        self._signing_key = signing_key
        self._unique = unique
        self._lock = Lock()
        self._tokens: dict[_TokenKey, _Token] = {}

    def token(
        self, platform: Platform, deployment: str, scopes: frozenset[str], *, now: datetime
    ) -> str | Trouble:
        """A token for exactly these scopes, from the cache or fetched. ``deployment`` is the
        platform's word for it. May use the network: call outside transactions."""
        key = _TokenKey(platform.id, deployment, scopes, platform.auth_token_url)
        with self._lock:
            known = self._tokens.get(key)
        if known is not None and now < known.useful_until:
            return known.value
        fetched = self._fetch(platform, deployment, scopes, now)
        if not isinstance(fetched, _Token):
            return fetched
        with self._lock:
            self._tokens[key] = fetched
        return fetched.value

    def drop(self, rejected: str) -> None:
        """Forget a token that a service rejected with 401."""
        with self._lock:
            kept = {key: token for key, token in self._tokens.items() if token.value != rejected}
            self._tokens = kept

    def _fetch(
        self, platform: Platform, deployment: str, scopes: frozenset[str], now: datetime
    ) -> _Token | Trouble:
        body = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(platform, deployment, now),
            "scope": " ".join(sorted(scopes)),
        }
        try:
            answer = self._http.send(
                "POST", platform.auth_token_url, headers=FORM, body=urlencode(body).encode()
            )
        except PlatformUnreachableError as error:
            return RetryLater("token_unavailable", None, str(error))
        except ForbiddenAddressError as error:
            return Refused("address_forbidden", None, str(error))
        return _read_token(answer, now)

    def _assertion(self, platform: Platform, deployment: str, now: datetime) -> str:
        issued = now - BACKDATED
        claims = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": platform.token_audience or platform.auth_token_url,
            "iat": int(issued.timestamp()),
            "exp": int((issued + ASSERTION_LIFETIME).timestamp()),
            "jti": self._unique(),
            DEPLOYMENT_ID: deployment,
        }
        key = self._signing_key()
        return jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.kid})


def _read_token(answer: HttpAnswer, now: datetime) -> _Token | Trouble:
    """Error bodies are not always JSON, nor is a good answer always typed as JSON (Moodle)."""
    if answer.status not in {200, 201}:
        found = trouble(answer, now=now)
        if isinstance(found, RetryLater):
            return found
        return _refused(answer, now)
    try:
        body = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        body = None
    value = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        return Refused("token_refused", answer.status, "no access_token in the answer")
    lifetime = body.get("expires_in", ASSUMED_LIFETIME)
    return _Token(value, now + timedelta(seconds=_seconds(lifetime)) - MARGIN)


def _refused(answer: HttpAnswer, now: datetime) -> Refused:
    """A platform that refuses a good key because of the clock does not say so in words that hold
    for all; its ``Date`` header does."""
    apart = clock_difference(answer, now=now)
    if apart is not None and abs(apart) > MOST_APART:
        words = f"its clock differs from ours by {round(apart.total_seconds())} s"
        return Refused("clock_wrong", answer.status, words)
    return Refused("token_refused", answer.status, answer.excerpt)


def _seconds(value: object) -> int:
    """``expires_in`` is a number, which some write as text."""
    if isinstance(value, (int, str)) and not isinstance(value, bool) and str(value).isdigit():
        return min(int(value), 24 * 3600)
    return ASSUMED_LIFETIME
