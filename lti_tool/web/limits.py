"""How often somebody may knock: limits on logins, launches, one-time links and uploads.

A whole school reaches the tool from one address, so an address alone says little: it may bring a
school of 5,000 in five minutes. A person at a platform, and a session, are held tighter. All
processes on one database count together, and tell each other every tenth part of a limit: a
launch pays with a look into a dictionary, and each process more may let in a tenth more at once.

==============  ============================  =======================
limit           counted by                    at once, then per second
==============  ============================  =======================
``address``     address of the client         1,200, 40
``login``       person, as the LMS hints      60, 1
``launch``      person, as the LMS signed     60, 1
``upload``      session                       60, 1
``api``         access token                  120, 4
``api_door``    address, without a token      60, 1
``part``        session                       600, 20
``typed``       person                        120, 2
==============  ============================  =======================

Not here: what one request may be big (``launch``, ``registration``, ``create_app``), and how
fast the tool calls an LMS (``delivery``).
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime

from flask import Flask, request

from .access import session_token
from .limiter import Limit, Limiter, TooManyRequestsError
from .wiring import wired

FRONT_DOORS = frozenset(
    {
        "launch.login",
        "launch.launch",
        "launch.enter",
        "notices.take",
        "mail.ask",
        "mail.decide",
        "registration.start",
        "registration.confirm",
        "verify.ask",
        "verify.paper",
    }
)
UPLOAD_TYPE = "multipart/form-data"
PART_TYPE = "application/octet-stream"


ADDRESS = Limit("address", 1200, 40.0)
LOGIN = Limit("login", 60, 1.0)
LAUNCH = Limit("launch", 60, 1.0)
UPLOAD = Limit("upload", 60, 1.0)
API = Limit("api", 120, 4.0)
API_DOOR = Limit("api_door", 60, 1.0)
PART = Limit("part", 600, 20.0)
TYPED = Limit("typed", 120, 2.0)


def init_limits(app: Flask, *, proxies: int) -> None:
    """Count by address and by session before anything of a request is read."""

    @app.before_request
    def _admit() -> None:
        if request.endpoint in FRONT_DOORS:
            _admit_address(proxies)
        elif request.method == "POST" and request.mimetype == UPLOAD_TYPE:
            _admit_one(UPLOAD, session_token())
        elif request.method == "POST" and request.mimetype == PART_TYPE:
            _admit_one(PART, session_token())


def count_login(parameters: Mapping[str, str]) -> None:
    """Count a login by whom the LMS hints at. Raises TooManyRequestsError."""
    _admit_one(LOGIN, tuple(parameters.get(name) for name in ("iss", "client_id", "login_hint")))


def count_launch(platform_id: int, sub: str) -> None:
    """Count a genuine launch by its person; one without a name is let through. Raises
    TooManyRequestsError."""
    if sub:
        _admit_one(LAUNCH, (platform_id, sub))


def count_typed(person_id: int) -> None:
    """Count a text that is kept for a person. Raises TooManyRequestsError."""
    _admit_one(TYPED, person_id)


class ApiLimits:
    """Counts what the API is asked, which is an application of its own. Both methods return the
    seconds to wait where there were too many requests, else None."""

    def __init__(self, limiter: Limiter, clock: Callable[[], datetime], *, proxies: int) -> None:
        self._limiter = limiter
        self._clock = clock
        self._proxies = proxies

    def token(self, token_id: int) -> int | None:
        """Count a request with a token that works."""
        return self._wait(API, token_id)

    def address(self) -> int | None:
        """Count a request without one, by the address it comes from."""
        found = _client_address(self._proxies)
        return None if found is None else self._wait(API_DOOR, found)

    def _wait(self, limit: Limit, who: Hashable) -> int | None:
        try:
            self._limiter.admit(limit, who, self._clock())
        except TooManyRequestsError as refused:
            return refused.seconds
        return None


def _admit_one(limit: Limit, who: Hashable) -> None:
    wired().limiter.admit(limit, who, wired().clock())


def _admit_address(proxies: int) -> None:
    """Behind a proxy that was not declared everybody seems to come from this very machine; nobody
    is counted then."""
    found = _client_address(proxies)
    if found is not None:
        _admit_one(ADDRESS, found)


def _client_address(proxies: int) -> str | None:
    """Whom our outermost proxy heard the request from; what came before it anybody may write."""
    if not proxies:
        direct = request.remote_addr or ""
        return None if direct.startswith("127.") or direct in {"", "::1"} else direct
    route = request.access_route
    return route[-proxies] if len(route) >= proxies else None
