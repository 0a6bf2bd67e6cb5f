"""Tries the addresses that launches and grades depend on, before somebody's lesson does.

Each probe makes one request and changes nothing. Not here: what to do about it
(``lti_tool.cli.doctor_network``).
"""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import clock_difference
from .errors import KeySetError
from .grades import SCORE_SCOPE
from .http import ForbiddenAddressError, HttpAnswer, PlatformHttp, PlatformUnreachableError
from .key_sets import read_key_set

TLS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of a request: ``trouble`` is a stable key with a detail, empty where all is well.

    ``clock`` is how far the other clock is ahead of ours; None where it was not told.
    """

    trouble: str = ""
    clock: timedelta | None = None


def probe_key_set(http: PlatformHttp, platform: Platform, *, now: datetime) -> Probe:
    """Read a platform's public keys."""
    answer = _get(http, platform.key_set_url)
    if isinstance(answer, Probe):
        return answer
    clock = clock_difference(answer, now=now)
    try:
        read_key_set(answer)
    except KeySetError as error:
        return Probe(f"{error.reason} {error.detail}".strip(), clock)
    return Probe(clock=clock)


def probe_token(
    tokens: AccessTokens, platform: Platform, deployment: str, *, now: datetime
) -> Probe:
    """Ask a platform for a token to post scores with. ``deployment`` is the platform's word."""
    found = tokens.token(platform, deployment, frozenset({SCORE_SCOPE}), now=now)
    return Probe() if isinstance(found, str) else Probe(found.reason)


def probe_own_address(http: PlatformHttp, base_url: str) -> Probe:
    """Reach this tool by the address that people and platforms use."""
    answer = _get(http, f"{base_url}/healthz")
    if isinstance(answer, Probe):
        return answer
    return Probe() if answer.status == 200 else Probe(f"HTTP {answer.status}")


def certificate_until(base_url: str, trusted: ssl.SSLContext) -> datetime | None:
    """Until when the certificate of an https address is good; None where none can be read."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), timeout=TLS_SECONDS) as plain,
            trusted.wrap_socket(plain, server_hostname=host) as secure,
        ):
            found = secure.getpeercert()
    except (OSError, ValueError):
        return None
    until = (found or {}).get("notAfter")
    if not isinstance(until, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)


def _get(http: PlatformHttp, url: str) -> HttpAnswer | Probe:
    try:
        return http.get(url)
    except PlatformUnreachableError as error:
        return Probe(f"unreachable {error}")
    except ForbiddenAddressError as error:
        return Probe(f"address_forbidden {error}")
