"""The sandbox under a clock that the test moves, and a tool whose key set is served over HTTP."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer

from lti_tool.sandbox import Platform, Sandbox, SandboxSettings, create_sandbox
from lti_tool.sandbox.claims import SCOPES
from lti_tool.sandbox.keys import SigningKey
from lti_tool.sandbox.tokens import ASSERTION_TYPE

DATA = Path(__file__).parent / "data"
START = 1_795_355_440.25


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    seconds: float = START

    def __call__(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.seconds += seconds


class Form(HTMLParser):
    """The first form of a page: where it goes, how, with which hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = self.method = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.method = values["action"], values["method"]
        if tag == "input" and "name" in values:
            self.fields[values["name"]] = values.get("value", "")


@dataclass
class Tool:
    """The tool's side of the protocol, as small as it can be."""

    base_url: str
    key: SigningKey
    clock: Clock

    def assertion(self, platform: Platform, **changes: object) -> str:
        client_id, now = platform.addresses.client_id, int(self.clock())
        claims: dict[str, object] = {
            "iss": client_id,
            "sub": client_id,
            "aud": platform.addresses.token,
            "iat": now - 5,
            "exp": now + 295,
            "jti": str(uuid.uuid4()),
        }
        return self.key.signed(_changed(claims, changes))

    def token_request(
        self, platform: Platform, scopes: Iterable[str] = SCOPES, **changes: object
    ) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(platform, **changes),
            "scope": " ".join(scopes),
        }

    def authorisation(self, initiation: dict[str, str], **changes: object) -> dict[str, str]:
        request: dict[str, object] = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": initiation["client_id"],
            "redirect_uri": f"{self.base_url}/lti/launch",
            "login_hint": initiation["login_hint"],
            "lti_message_hint": initiation["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
        }
        return {key: str(value) for key, value in _changed(request, changes).items()}

    def content(self, platform: Platform, items: list[Any], **changes: object) -> str:
        lti, now = "https://purl.imsglobal.org/spec/lti/claim/", int(self.clock())
        claims: dict[str, object] = {
            "iss": platform.addresses.client_id,
            "aud": platform.addresses.issuer,
            "iat": now,
            "exp": now + 300,
            "nonce": str(uuid.uuid4()),
            f"{lti}deployment_id": "1",
            f"{lti}message_type": "LtiDeepLinkingResponse",
            f"{lti}version": "1.3.0",
            "https://purl.imsglobal.org/spec/lti-dl/claim/content_items": items,
        }
        return self.key.signed(_changed(claims, changes))


def _changed(values: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    """`values` with `changes`; None takes a value away."""
    return {key: value for key, value in (values | changes).items() if value is not None}


@dataclass
class Browser:
    """Walks from a launch page to the id_token, playing browser and tool."""

    client: FlaskClient
    tool: Tool

    def initiation(self, path: str) -> Form:
        page = self.client.get(path)
        assert page.status_code == 200
        return Form(page.text)

    def authorise(self, platform: Platform, request: dict[str, str]) -> Form:
        answer = self.client.post(_path(platform.addresses.authorise), data=request)
        assert answer.status_code == 200
        return Form(answer.text)

    def launch(self, platform: Platform, path: str) -> dict[str, Any]:
        form = self.authorise(platform, self.tool.authorisation(self.initiation(path).fields))
        return self.claims(platform, form.fields["id_token"])

    def claims(self, platform: Platform, token: str) -> dict[str, Any]:
        key_set = self.client.get(_path(platform.addresses.key_set)).get_json()
        key = jwt.PyJWKSet.from_dict(key_set)[jwt.get_unverified_header(token)["kid"]]
        options: Any = {"verify_exp": False, "verify_iat": False}
        audience = platform.addresses.client_id
        claims: dict[str, Any] = jwt.decode(
            token, key.key, algorithms=["RS256"], audience=audience, options=options
        )
        return claims


def _path(url: str) -> str:
    return url.removeprefix("http://localhost:8081")


def captured(name: str) -> Any:
    """A message or a table of calls observed on Moodle 4.5.5."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def tool_key() -> SigningKey:
    return SigningKey.made("tool-key-1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tool(httpserver: HTTPServer, tool_key: SigningKey, clock: Clock) -> Tool:
    httpserver.expect_request("/lti/jwks").respond_with_json(tool_key.public_set())
    return Tool(httpserver.url_for("").rstrip("/"), tool_key, clock)


@pytest.fixture
def app(tool: Tool, clock: Clock) -> Flask:
    settings = SandboxSettings("http://localhost:8081", tool.base_url)
    return create_sandbox(settings, class_size=30, clock=clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browser(client: FlaskClient, tool: Tool) -> Browser:
    return Browser(client, tool)


@pytest.fixture
def moodle(app: Flask) -> Platform:
    sandbox: Sandbox = app.extensions["sandbox"]
    return sandbox.platforms["moodle"]


@pytest.fixture
def canvas(app: Flask) -> Platform:
    sandbox: Sandbox = app.extensions["sandbox"]
    return sandbox.platforms["canvas"]


@pytest.fixture(params=["moodle", "canvas"])
def platform(app: Flask, request: pytest.FixtureRequest) -> Platform:
    """Each platform in turn."""
    sandbox: Sandbox = app.extensions["sandbox"]
    return sandbox.platforms[request.param]
