"""What every answer carries, on every route, whoever asks: headers and content security policy.

The routes are the application's own, so that a new one is held to this without being named here.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

METHODS = ("GET", "POST")
HTTPS_YEAR = 31_536_000
INLINE = ("<script>", " onclick=", " style=", "javascript:")
BY_EVERYBODY = {"static", "launch.jwks", "registration.canvas"}
"""Answers that may be kept: they are the same for all."""


def addresses(app: Flask, home: str) -> Iterator[tuple[str, str, str]]:
    """Method, address and endpoint of every route, its variables filled with what is nowhere."""
    for rule in app.url_map.iter_rules():
        for method in METHODS:
            if method in (rule.methods or ()):
                yield method, filled(rule, home), rule.endpoint


def filled(rule: Rule, home: str) -> str:
    values = {"session_token": home.rsplit("/", maxsplit=1)[-1]}
    return re.sub(
        r"<(?:(\w+):)?(\w+)>",
        lambda each: values.get(each[2]) or ("1" if each[1] in {"int", "float"} else "nothing"),
        rule.rule,
    )


@pytest.fixture(params=["nobody", *Role], ids=str)
def home(request: pytest.FixtureRequest, classroom: Classroom, sign_in: SignIn) -> str:
    """A session of each role, and a token that is nobody's."""
    if request.param == "nobody":
        return "/s/nobody"
    return sign_in(classroom.enrol("某人"), request.param)


def test_every_answer_of_every_route_is_guarded(app: Flask, client: FlaskClient, home: str) -> None:
    wrong, asked = [], set()
    for method, address, endpoint in addresses(app, home):
        answer = client.open(address, method=method)
        wrong += [f"{method} {endpoint}: {each}" for each in faults(answer, endpoint)]
        answer.close()
        asked.add(endpoint)
    assert wrong == []
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == asked


def faults(answer: TestResponse, endpoint: str) -> Iterator[str]:
    """What is missing or wrong in the headers of an answer."""
    headers = answer.headers
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "its type may be guessed"
    if headers.get("Referrer-Policy") != "same-origin":
        yield "its address leaks to other sites"
    if headers.get("Strict-Transport-Security") != f"max-age={HTTPS_YEAR}":
        yield "it does not promise https"
    if "X-Request-Id" not in headers:
        yield "it has no id"
    if "Server" in headers or "X-Powered-By" in headers:
        yield "it tells what it runs on"
    kept = "no-store" not in headers.get("Cache-Control", "")
    if kept and endpoint not in BY_EVERYBODY:
        yield f"it may be kept: {headers.get('Cache-Control')}"
    yield from policy_faults(answer)
    yield from cookie_faults(answer, endpoint)


def policy_faults(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != "text/html" or answer.headers.get("Location"):
        return
    policy = answer.headers.get("Content-Security-Policy", "")
    told = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    if told.get("default-src") != "'none'":
        yield "its policy allows what it does not name"
    sources = ("script-src", "style-src")
    yield from (f"{each}: {told.get(each)}" for each in sources if told.get(each) != "'self'")
    if told.get("base-uri") != "'none'":
        yield "its addresses may be bent"
    if not told.get("frame-ancestors", "").startswith("'self'"):
        yield "anybody may frame it"
    open_words = [each for each in ("unsafe", "*", "http:") if each in policy]
    inline = [each for each in INLINE if each in answer.text]
    yield from (f"it holds {each}" for each in (*open_words, *inline))


def cookie_faults(answer: TestResponse, endpoint: str) -> Iterator[str]:
    for cookie in answer.headers.getlist("Set-Cookie"):
        if not endpoint.startswith("launch."):
            yield f"it sets a cookie: {cookie.split('=')[0]}"
        for needed in ("Secure", "SameSite=None", "Partitioned"):
            if needed not in cookie:
                yield f"its cookie is not {needed}"


def test_an_unknown_address_is_guarded_alike(client: FlaskClient) -> None:
    for address in ("/nothing", "/static/nothing.js", "/s/x/nothing", "/%2e%2e/etc/passwd"):
        answer = client.get(address)
        assert answer.status_code in {401, 404}
        assert list(faults(answer, "none")) in ([], ["it may be kept: None"])
