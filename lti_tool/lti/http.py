"""HTTP to a platform: time limits, no surprises in where it goes, how much comes back.

A platform's URLs come from its registration and from launches it signed, yet a name may be
pointed at our own network; so the resolved address is checked and that very address is
connected to, which leaves a changing DNS answer (rebinding) no gap. Environment proxies are
not used, because behind one the check would look at the wrong address.

Not here: tokens (``access_tokens``), what answers mean (``answers``).
"""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from lti_tool.telemetry.tracing import request_header

from .trust import http_trust
from .urls import is_web_url, same_origin

CONNECT_SECONDS = 5
READ_SECONDS = 15
TOTAL_SECONDS = 40
MOST_BYTES = 4 * 1024 * 1024
MOST_REDIRECTS = 3
ALWAYS = {"User-Agent": "lti-tool", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a translating network shows them (RFC 6052)."""


class PlatformUnreachableError(Exception):
    """No usable answer came: network, time, size. Trying again later may help."""


class ForbiddenAddressError(Exception):
    """The URL is not https, or leads to a private or loopback address. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer read to its end. Header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)

    @property
    def excerpt(self) -> str:
        """The first characters of the body, on one line, for the log of a refusal."""
        return " ".join(self.body[:600].decode(errors="replace").split())[:200]


class PlatformHttp:
    """Sends requests to platforms. One instance serves all threads.

    ``allow_loopback`` lets http, private and loopback addresses through, for trials.
    ``ca_bundle`` holds certificates that are trusted besides the usual ones.
    """

    def __init__(self, *, allow_loopback: bool = False, ca_bundle: Path | None = None) -> None:
        self.allow_loopback = allow_loopback
        retry = Retry(
            total=2,
            connect=2,
            read=2,
            status=2,
            redirect=0,
            other=0,
            allowed_methods=["GET"],
            status_forcelist=(502, 503, 504),
            backoff_factor=0.2,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        self._adapter = _Adapter(retry, allow_loopback=allow_loopback, ca_bundle=ca_bundle)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        """GET, retried shortly, redirects followed within the same origin only.

        Raises PlatformUnreachableError and ForbiddenAddressError.
        """
        answer = self._send("GET", url, headers or {}, None)
        for _ in range(MOST_REDIRECTS):
            target = _redirect_target(answer)
            if target is None:
                return answer
            answer = self._send("GET", target, headers or {}, None)
        return answer

    def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """POST or PUT, once, no redirect followed.

        Raises PlatformUnreachableError (the platform may or may not have acted) and
        ForbiddenAddressError.
        """
        return self._send(method, url, headers, body)

    def close(self) -> None:
        """Close idle connections."""
        self._adapter.close()

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> HttpAnswer:
        self._check(url)
        try:
            with self._adapter.send(
                _prepared(method, url, headers, body),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
            ) as response:
                lowered = {name.lower(): value for name, value in response.headers.items()}
                return HttpAnswer(url, response.status_code, lowered, _read(response))
        except (requests.RequestException, HTTPError, OSError) as error:
            host = urlsplit(url).hostname
            raise PlatformUnreachableError(f"{host}: {type(error).__name__}") from error

    def _check(self, url: str) -> None:
        if not is_web_url(url):
            raise ForbiddenAddressError("not a web URL")
        if urlsplit(url).scheme != "https" and not self.allow_loopback:
            raise ForbiddenAddressError("not https")


def _prepared(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> requests.PreparedRequest:
    """The request as it goes out. A ``requests.Session`` would look for cookies, hooks, proxies and
    passwords first, none of which are wanted, and take a third of the time of a post."""
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.url = _written(url)
    request.headers = CaseInsensitiveDict({**ALWAYS, **headers, **request_header()})
    request.body = body
    if body is not None:
        request.headers["Content-Length"] = str(len(body))
    return request


@lru_cache(maxsize=1024)
def _written(url: str) -> str:
    """The URL as it is sent: names in their ASCII form, what is not allowed encoded. All scores of
    a column go to one. Raises requests.RequestException."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return request.url or url


def _redirect_target(answer: HttpAnswer) -> str | None:
    location = answer.headers.get("location")
    if answer.status not in {301, 302, 303, 307, 308} or not location:
        return None
    target = urljoin(answer.url, location)
    return target if same_origin(target, answer.url) else None


def _read(response: requests.Response) -> bytes:
    """The whole body, within the limits of size and time: the read time-out alone would let a
    server drip one byte at a time for ever."""
    deadline = time.monotonic() + TOTAL_SECONDS
    body = bytearray()
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > MOST_BYTES:
            raise PlatformUnreachableError("answer too large")
        if time.monotonic() > deadline:
            raise PlatformUnreachableError("answer too slow")
    return bytes(body)


def is_public(address: str) -> bool:
    """Whether an IP address is one that any stranger may be reached at."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        translated = IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in NAT64 else None
        inner = ip.ipv4_mapped or ip.sixtofour or translated
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class _GuardedConnection(HTTPConnection):
    """Connects only to public addresses, and to the very address that was checked."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, reason) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(is_public(address) for address in addresses):
            raise ForbiddenAddressError(f"{self.host} is not a public address")
        return self._connect_to(addresses)

    def _connect_to(self, addresses: list[str]) -> socket.socket:
        reason: OSError | None = None
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port or 0),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                reason = error
        raise NewConnectionError(self, str(reason)) from reason


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    """The same with TLS; certificate and host name are checked against the name."""


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _Adapter(HTTPAdapter):
    """Puts the guarded connections under ``requests``, unless loopback is allowed, and says whose
    certificates are trusted."""

    guarded: ClassVar[dict[str, type[HTTPConnectionPool]]] = {
        "http": _GuardedPool,
        "https": _GuardedTlsPool,
    }

    def __init__(self, retry: Retry, *, allow_loopback: bool, ca_bundle: Path | None) -> None:
        super().__init__(max_retries=retry)
        self.poolmanager.connection_pool_kw["ssl_context"] = http_trust(ca_bundle)
        if not allow_loopback:
            self.poolmanager.pool_classes_by_scheme = self.guarded

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """A certificate is required always; whose are trusted, the connection's context knows."""
        conn.cert_reqs = "CERT_REQUIRED"
