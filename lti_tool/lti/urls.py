"""URLs that platforms give us, taken apart and put together without losing anything.

PyLTI1p3 lower-cases Link headers, drops repeated and blank query parameters and appends ``?``
to URLs that have a query already; none of that happens here. Not here: fetching (``http``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

REMEMBERED = 1024
"""URLs that were taken apart lately: each score of a class asks about the same few."""
DEFAULT_PORTS = {"http": 80, "https": 443}

LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,<]+)*)")
REL = re.compile(r';\s*rel\s*=\s*["\'“”‘’]?([^"\'“”‘’;,]+)', re.IGNORECASE)


@lru_cache(maxsize=REMEMBERED)
def is_web_url(url: str) -> bool:
    """Whether this is an absolute http or https URL naming a host, and no user or password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) and "@" not in parts.netloc and port != 0
    return named and parts.scheme in DEFAULT_PORTS


@lru_cache(maxsize=REMEMBERED)
def origin(url: str) -> str:
    """Scheme, host and port of a web URL in lower case, the default port left out.

    Raises ValueError when it is no web URL.
    """
    if not is_web_url(url):
        raise ValueError("not a web URL")
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def same_origin(one: str, other: str) -> bool:
    """Whether both are web URLs of one origin."""
    return is_web_url(one) and is_web_url(other) and origin(one) == origin(other)


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with parameters appended to its query, which stays as it was; no fragment."""
    return with_encoded(url, urlencode(parameters))


def with_encoded(url: str, more: str) -> str:
    """As ``with_query``, with parameters that are encoded already."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, more) if part)
    return parts._replace(query=query, fragment="").geturl()


@lru_cache(maxsize=REMEMBERED)
def with_path(url: str, ending: str) -> str:
    """The URL with ``ending`` put between path and query, where Moodle keeps its type id
    (AGS 2.0, section 3.4.1: the score URL is the line item's path plus ``/scores``)."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path.rstrip("/") + ending, fragment="").geturl()


def next_link(header: str | None, base: str) -> str | None:
    """The ``rel=next`` target of a Link header (RFC 8288), resolved against ``base``; None when
    there is none. Moodle 4.5 writes ``&amp;`` and curly quotes, which are read as meant."""
    for match in LINK.finditer(_repaired(header or "")):
        relation = REL.search(match[2])
        if relation is not None and "next" in relation[1].lower().split():
            return urljoin(base, unescape(match[1]))
    return None


def _repaired(header: str) -> str:
    """HTTP libraries read headers as Latin-1; Moodle's curly quotes are UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return header


@dataclass(frozen=True, slots=True)
class ToolAddress:
    """Where this tool answers. ``base_url`` has no trailing slash."""

    base_url: str
    launch_path: str = "/lti/launch"

    @property
    def launch_url(self) -> str:
        """The redirect URI and the target of every link we make."""
        return self.base_url.rstrip("/") + self.launch_path

    @property
    def notices_url(self) -> str:
        """Where platforms send notices."""
        return self.base_url.rstrip("/") + "/lti/notices"

    def owns(self, url: str) -> bool:
        """Whether a target link is our launch URL, with any query."""
        if url == self.launch_url:
            return True
        if not same_origin(url, self.launch_url) or "#" in url:
            return False
        return urlsplit(url).path == urlsplit(self.launch_url).path
