"""The one typed holder that views read: Flask calls them without arguments.

``create_app`` builds it; nothing else does. It holds what pages need and no more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from cryptography.fernet import MultiFernet
from flask import Flask, current_app

from lti_tool.catalogue import Catalogue, Shelf
from lti_tool.exchange.frameworks import CaseLibrary, CaseVersion
from lti_tool.files import EvidenceStore
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.key_sets import KeySets
from lti_tool.lti.urls import ToolAddress
from lti_tool.persistence.database import Database

from .limiter import Limiter

KEY = "lti_tool"
Announce = Callable[[Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """Standards as CASE: who may read them, and their packages by version. ``token`` None: only
    where ``is_open`` lets everybody in."""

    token: str | None
    is_open: bool
    libraries: Mapping[CaseVersion, CaseLibrary]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the pages work with. ``clock`` gives the time in UTC, ``new_id`` random ids that
    nobody can guess, safe in a URL."""

    database: Database
    shelf: Shelf
    """The installed standards, which may become more while this runs."""
    files: EvidenceStore
    http: PlatformHttp
    """What speaks to platforms, outside transactions."""
    key_sets: KeySets
    """The platforms' public keys, cached."""
    cipher: MultiFernet
    """Opens the tool's own signing keys."""
    address: ToolAddress
    """Where this tool is reached from outside."""
    allow_loopback: bool
    """Whether platforms on plain http and this very machine are allowed, for trials."""
    allow_nameless: bool
    """Whether the task of a link is shown to somebody whose LMS does not say who they are."""
    zone: ZoneInfo
    """The school's time zone."""
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    secret_keys: tuple[str, ...]
    """Seal what browsers carry: the last one seals, all of them open."""
    metrics_token: str | None
    """Opens ``/metrics``; None: nobody may read it."""
    retention_years: int | None
    """How long after a learner was last heard of their data are proposed for erasure."""
    sends_mail: bool
    """Whether there is a mail server."""
    case: CaseAccess
    """Standards for other systems."""
    limiter: Limiter
    """Counts logins, launches and uploads."""
    announce: Announce
    """Is told the ids of scores in the outbox after the commit that queued them."""
    pending: Callable[[], Sequence[str]]
    """The migrations that the database lacks; raises DatabaseError when it does not answer."""

    @property
    def catalogue(self) -> Catalogue:
        """The installed standards as they are now."""
        return self.shelf.catalogue


def install(app: Flask, wiring: Wiring) -> None:
    """Give the application its wiring."""
    app.extensions[KEY] = wiring


def wiring_of(app: Flask) -> Wiring:
    """The wiring of an application."""
    return cast("Wiring", app.extensions[KEY])


def wired() -> Wiring:
    """The wiring of the application that serves this request."""
    return wiring_of(current_app)
