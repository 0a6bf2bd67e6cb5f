"""An LMS that speaks to the real application over its routes, for what pages people meet.

It sends whatever a test wants, also what no platform should. Not here: the tool's two steps
without a web framework in between (``conftest.Door``).
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.app import Parts, build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.lti.http import PlatformHttp
from lti_tool.persistence.platforms import Platform, add_platform, approve_deployment
from lti_tool.settings import Settings
from lti_tool.web.limiter import Limit, Limiter
from lti_tool.web.wiring import install, wiring_of
from tests.lti.platform_side import ADDRESS, NOW, details, signed

ClaimsOf = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class HttpLms:
    """A connected platform with the approved deployment ``d1``, and a browser that goes between
    it and the tool."""

    app: Flask
    parts: Parts
    platform: Platform

    def browser(self) -> FlaskClient:
        """A new browser without cookies."""
        return self.app.test_client()

    def initiation(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a login; None takes one out."""
        parameters: dict[str, str | None] = {
            "iss": self.platform.issuer,
            "client_id": self.platform.client_id,
            "login_hint": "5",
            "target_link_uri": ADDRESS.launch_url,
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def login(self, browser: FlaskClient, **changes: str | None) -> TestResponse:
        """A login initiation; the tool's answer."""
        return browser.post(
            "/lti/login", data=self.initiation(**changes), base_url=ADDRESS.base_url
        )

    def request(self, browser: FlaskClient, **changes: str | None) -> dict[str, str]:
        """A login that must succeed; the parameters of the authentication request."""
        answer = self.login(browser, **changes)
        assert answer.status_code == 302, answer.text
        return self.sent(answer)

    @staticmethod
    def sent(answer: TestResponse) -> dict[str, str]:
        """The parameters of the authentication request that a login's answer redirects to."""
        query = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    def post(self, browser: FlaskClient, form: Mapping[str, str], **more: Any) -> TestResponse:
        """A launch form; the tool's answer."""
        return browser.post("/lti/launch", data=form, base_url=ADDRESS.base_url, **more)

    def launch(self, claims: ClaimsOf, **changes: Any) -> TestResponse:
        """A whole launch with a well-signed token; the tool's answer to its form."""
        browser = self.browser()
        request = self.request(browser)
        id_token = signed(claims(request["nonce"], **changes))
        return self.post(browser, {"state": request["state"], "id_token": id_token})

    def close(self) -> None:
        """Give back what the application holds."""
        self.parts.http.close()
        self.parts.database.close()


class Uncounted(Limiter):
    """Lets everybody in: the clock stands still here, and one person knocks for all."""

    def admit(self, limit: Limit, who: Hashable, now: datetime) -> None:
        """Nothing is counted."""


def http_lms(
    settings: Settings, catalogue: Catalogue, key_server: str, http: PlatformHttp | None = None
) -> HttpLms:
    """The application at its public address with one platform whose keys are at ``key_server``.

    ``http`` takes the place of the way to platforms.
    """
    parts = build_parts(settings, clock=lambda: NOW, catalogue=catalogue)
    parts = replace(parts, http=http or parts.http)
    with parts.database.transaction() as session:
        platform = add_platform(session, details(key_server), now=NOW)
        approve_deployment(session, platform, "d1", now=NOW)
    app = create_app(parts)
    install(app, replace(wiring_of(app), limiter=Uncounted()))
    return HttpLms(app, parts, platform)


def title_of(answer: TestResponse) -> str:
    """What a page says in its heading; empty when it has none."""
    return answer.text.partition("<h1>")[2].partition("</h1>")[0]


def is_plain_page(answer: TestResponse) -> bool:
    """A page of ours that says what to do, without a word of the program's inside."""
    told = answer.text
    return bool(title_of(answer)) and "<p>" in told and "Traceback" not in told
