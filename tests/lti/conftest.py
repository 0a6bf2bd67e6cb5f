"""A connected platform and a launch under way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.domain.launch import Launch
from lti_tool.lti.errors import LtiError
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.key_sets import KeySets
from lti_tool.lti.launch import admit_launch, note_launch, open_launch, verify_launch
from lti_tool.lti.login import begin_login
from lti_tool.persistence.database import Database
from lti_tool.persistence.platforms import Platform, add_platform, approve_deployment
from tests.lti.gradebook import Lms
from tests.lti.platform_side import ADDRESS, NOW, details, public_jwk, signed, student_claims


@dataclass
class Door:
    """The tool's two LTI addresses, without a web framework in between."""

    database: Database
    platform: Platform
    key_sets: KeySets
    numbers: Iterator[int] = field(default_factory=count)

    def token(self) -> str:
        return f"secret{next(self.numbers):040}"

    def login(self, *, browser: str | None = "browser", **changes: str) -> dict[str, str]:
        """Begin a login; the parameters of the authentication request."""
        parameters = {
            "iss": self.platform.issuer,
            "client_id": self.platform.client_id,
            "login_hint": "5",
            "target_link_uri": ADDRESS.launch_url,
            **changes,
        }
        redirect = begin_login(
            self.database.at_once,
            parameters,
            address=ADDRESS,
            now=NOW,
            token=self.token,
            browser=browser,
        )
        query = parse_qs(urlsplit(redirect.url).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    def launch(
        self,
        form: Mapping[str, str],
        *,
        browser: str | None = "browser",
        now: datetime = NOW,
    ) -> Launch:
        arrival = open_launch(self.database.at_once, form, browser=browser, now=now)
        verified = verify_launch(arrival, key_sets=self.key_sets, now=now)
        with self.database.transaction() as session:
            deployment = note_launch(session, verified, now=now)
        return admit_launch(verified, deployment)

    def launch_with(
        self, claims: Callable[..., dict[str, Any]], sign: Callable[..., str], **changes: Any
    ) -> Launch:
        """A whole launch: login, token, launch."""
        request = self.login()
        id_token = sign(claims(request["nonce"], **changes))
        return self.launch({"state": request["state"], "id_token": id_token})


def reason_of(door: Door, **changes: Any) -> str:
    """Why a student's launch with these changes is refused."""
    with pytest.raises(LtiError) as caught:
        door.launch_with(student_claims, signed, **changes)
    return caught.value.reason


@pytest.fixture
def http() -> Iterator[PlatformHttp]:
    made = PlatformHttp(allow_loopback=True)
    yield made
    made.close()


@pytest.fixture
def platform_server(httpserver: HTTPServer) -> HTTPServer:
    """A platform that publishes its key."""
    httpserver.expect_request("/jwks").respond_with_json({"keys": [public_jwk()]})
    return httpserver


def connected(database: Database, server: HTTPServer, http: PlatformHttp) -> Door:
    """A door to which one platform with one approved deployment comes."""
    with database.transaction() as session:
        platform = add_platform(session, details(server.url_for("").rstrip("/")), now=NOW)
        approve_deployment(session, platform, "d1", now=NOW)
    return Door(database, platform, KeySets(http))


@pytest.fixture
def door(sqlite_url: str, platform_server: HTTPServer, http: PlatformHttp) -> Iterator[Door]:
    """On SQLite: what the claims say is no matter of the database."""
    database = Database(sqlite_url)
    yield connected(database, platform_server, http)
    database.close()


@pytest.fixture
def door_anywhere(database: Database, platform_server: HTTPServer, http: PlatformHttp) -> Door:
    """On each kind of database."""
    return connected(database, platform_server, http)


@pytest.fixture
def lms(httpserver: HTTPServer, http: PlatformHttp) -> Iterator[Lms]:
    """A platform that gives a token to whoever asks."""
    httpserver.expect_request("/token").respond_with_json(
        {"access_token": "bearer-1", "token_type": "Bearer", "expires_in": 3600}
    )
    yield Lms(httpserver, http)
    httpserver.check_handler_errors()
