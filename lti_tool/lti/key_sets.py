"""Platforms' public keys, cached per process and platform.

PyLTI1p3 fetches the key set at every launch, or caches it so that a new key fails for hours,
and may cache an error page. Here an unknown kid triggers a refetch, at most one every
``REFETCH_SECONDS`` per platform, so that made-up kids cannot be used to flood a platform.
Only a good answer replaces what is cached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

from lti_tool.persistence.platforms import Platform

from .errors import KeySetError
from .http import ForbiddenAddressError, HttpAnswer, PlatformHttp, PlatformUnreachableError

REFETCH_SECONDS = 30
FRESH = timedelta(hours=6)
"""After this the set is fetched again at the next launch."""
TRUSTED = timedelta(hours=24)
"""So long the cached keys bridge a key set URL that does not answer."""
LEAST_BITS = 2048


@dataclass(slots=True)
class _Cached:
    """One platform's keys by kid. ``tried_at`` counts failed fetches too."""

    lock: Lock = field(default_factory=Lock)
    url: str = ""
    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    trouble: KeySetError | None = None


class KeySets:
    """The key sets of all platforms. One instance serves all threads of a process."""

    def __init__(self, http: PlatformHttp) -> None:
        self._http = http
        self._lock = Lock()
        self._cached: dict[int, _Cached] = {}

    def key(self, platform: Platform, kid: str, *, now: datetime) -> RSAPublicKey:
        """The platform's public key of this kid. May fetch: call outside transactions.

        Raises KeySetError: ``keys_unreachable``, ``keys_invalid``, ``key_unknown``.
        """
        with self._lock:
            cached = self._cached.setdefault(platform.id, _Cached())
        with cached.lock:
            if cached.url != platform.key_set_url:
                cached.url, cached.keys = platform.key_set_url, {}
                cached.fetched_at = cached.tried_at = cached.trouble = None
            return self._key(cached, kid, now)

    def _key(self, cached: _Cached, kid: str, now: datetime) -> RSAPublicKey:
        stale = not _younger(cached, FRESH, now) or kid not in cached.keys
        if stale and _may_try(cached, now):
            self._refresh(cached, now)
        if kid in cached.keys and _younger(cached, TRUSTED, now):
            return cached.keys[kid]
        if cached.trouble is not None:
            raise KeySetError(cached.trouble.reason, cached.trouble.detail)
        raise KeySetError("key_unknown", kid[:100])

    def _refresh(self, cached: _Cached, now: datetime) -> None:
        cached.tried_at = now
        try:
            cached.keys = self._fetch(cached.url)
        except KeySetError as error:
            cached.trouble = error
        else:
            cached.fetched_at, cached.trouble = now, None

    def _fetch(self, url: str) -> Mapping[str, RSAPublicKey]:
        try:
            answer = self._http.get(url, headers={"Accept": "application/json"})
        except (PlatformUnreachableError, ForbiddenAddressError) as error:
            raise KeySetError("keys_unreachable", str(error)) from error
        return read_key_set(answer)


def _younger(cached: _Cached, age: timedelta, now: datetime) -> bool:
    return cached.fetched_at is not None and now - cached.fetched_at < age


def _may_try(cached: _Cached, now: datetime) -> bool:
    if cached.tried_at is None:
        return True
    return abs((now - cached.tried_at).total_seconds()) >= REFETCH_SECONDS


def read_key_set(answer: HttpAnswer) -> Mapping[str, RSAPublicKey]:
    """The usable RS256 keys of a key set by kid; keys of other kinds are passed over.

    Raises KeySetError: ``keys_unreachable`` for an error status, ``keys_invalid`` for anything
    that is no key set or holds no usable key.
    """
    if answer.status != 200:
        raise KeySetError("keys_unreachable", f"HTTP {answer.status}")
    try:
        body = answer.json()
    except ValueError as error:
        raise KeySetError("keys_invalid", "not JSON") from error
    entries = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise KeySetError("keys_invalid", "no list of keys")
    usable = [pair for pair in map(_usable, entries) if pair is not None]
    if not usable:
        raise KeySetError("keys_invalid", "no usable key")
    return dict(reversed(usable))


def _usable(entry: Any) -> tuple[str, RSAPublicKey] | None:
    """A JWK's kid and key; None when it is not an RSA key for signatures with RS256."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA":
        return None
    kid = entry.get("kid")
    if not isinstance(kid, str) or not kid or entry.get("use", "sig") != "sig":
        return None
    if entry.get("alg", "RS256") != "RS256":
        return None
    try:
        key = RSAAlgorithm.from_jwk({name: entry.get(name) for name in ("kty", "n", "e")})
    except (InvalidKeyError, ValueError, TypeError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        return None
    return kid, key
