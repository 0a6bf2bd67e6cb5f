"""Access tokens: asked for rightly, kept no longer than good, never handed to another."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from lti_tool.persistence.platforms import Platform
from tests.lti.platform_side import KEY, LTI, NOW, platform_at

SCOPES = frozenset({"https://purl.imsglobal.org/spec/lti-ags/scope/score"})
SIGNING_KEY = SigningKey("tool-key", KEY)


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return platform_at(httpserver.url_for("").rstrip("/"))


@pytest.fixture
def tokens(http: PlatformHttp) -> AccessTokens:
    numbers = count()
    return AccessTokens(
        http, signing_key=lambda: SIGNING_KEY, unique=lambda: f"jti-{next(numbers)}"
    )


def answering(server: HTTPServer, **body: Any) -> None:
    """Each request gets a token of its own."""
    numbers: Iterator[int] = count(1)

    def answer(_request: Request) -> Response:
        values = {"access_token": f"token-{next(numbers)}", "token_type": "Bearer", **body}
        return Response(json.dumps(values))

    server.expect_request("/token", method="POST").respond_with_handler(answer)


def test_the_assertion_says_who_we_are_to_whom_and_for_how_long(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens
) -> None:
    answering(httpserver, expires_in=3600)
    assert tokens.token(platform, "d1", SCOPES, now=NOW) == "token-1"
    form = parse_qs(httpserver.log[0][0].get_data(as_text=True))
    assert form["grant_type"] == ["client_credentials"]
    assert form["client_assertion_type"] == [
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    ]
    assert form["scope"] == sorted(SCOPES)
    (assertion,) = form["client_assertion"]
    assert jwt.get_unverified_header(assertion)["kid"] == "tool-key"
    claims = jwt.decode(
        assertion,
        KEY.public_key(),
        algorithms=["RS256"],
        audience=platform.auth_token_url,
        options={"verify_exp": False, "verify_iat": False},
    )
    issued = int(NOW.timestamp()) - 5
    assert claims == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": platform.auth_token_url,
        "iat": issued,
        "exp": issued + 300,
        "jti": "jti-0",
        LTI + "deployment_id": "d1",
    }


def test_the_audience_may_be_set(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens
) -> None:
    answering(httpserver)
    tokens.token(replace(platform, token_audience="https://aud"), "d1", SCOPES, now=NOW)
    form = parse_qs(httpserver.log[0][0].get_data(as_text=True))
    claims = jwt.decode(form["client_assertion"][0], options={"verify_signature": False})
    assert claims["aud"] == "https://aud"


def test_a_token_is_used_again_until_a_minute_before_it_expires(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens
) -> None:
    answering(httpserver, expires_in=3600)
    moments = [0, 3539, 3540]
    got = [
        tokens.token(platform, "d1", SCOPES, now=NOW + timedelta(seconds=each)) for each in moments
    ]
    assert got == ["token-1", "token-1", "token-2"]


def test_a_token_belongs_to_platform_deployment_scopes_and_url(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens
) -> None:
    answering(httpserver, expires_in=3600)
    httpserver.expect_request("/other", method="POST").respond_with_json({"access_token": "other"})
    moved = replace(platform, auth_token_url=httpserver.url_for("/other"))
    got = [
        tokens.token(platform, "d1", SCOPES, now=NOW),
        tokens.token(platform, "d2", SCOPES, now=NOW),
        tokens.token(platform, "d1", frozenset({"another"}), now=NOW),
        tokens.token(replace(platform, id=2), "d1", SCOPES, now=NOW),
        tokens.token(moved, "d1", SCOPES, now=NOW),
    ]
    assert got == ["token-1", "token-2", "token-3", "token-4", "other"]


def test_a_dropped_token_is_fetched_anew(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens
) -> None:
    answering(httpserver, expires_in=3600)
    tokens.token(platform, "d1", SCOPES, now=NOW)
    tokens.drop("token-1")
    assert tokens.token(platform, "d1", SCOPES, now=NOW) == "token-2"


@pytest.mark.parametrize(("lifetime", "useful"), [("600", 540), (None, 240), (-1, 240)])
def test_an_odd_lifetime_is_taken_with_care(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens, lifetime: Any, useful: int
) -> None:
    answering(httpserver, expires_in=lifetime)
    tokens.token(platform, "d1", SCOPES, now=NOW)
    just_before = NOW + timedelta(seconds=useful - 1)
    assert tokens.token(platform, "d1", SCOPES, now=just_before) == "token-1"
    assert tokens.token(platform, "d1", SCOPES, now=NOW + timedelta(seconds=useful)) != "token-1"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error":"invalid_scope"}'),
        (400, "Notice: not JSON {"),
        (401, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, '{"access_token": 5}'),
        (200, '{"access_token": "a\\nb"}'),
        (200, '{"access_token": ""}'),
    ],
)
def test_a_platform_that_gives_no_token_refuses(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens, status: int, body: str
) -> None:
    httpserver.expect_request("/token").respond_with_data(body, status=status)
    answer = tokens.token(platform, "d1", SCOPES, now=datetime.now(UTC))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.status) == ("token_refused", status)


@pytest.mark.parametrize("behind", [-40, 40])
def test_a_refusal_by_a_platform_whose_clock_differs_is_laid_to_the_clock(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens, behind: int
) -> None:
    httpserver.expect_request("/token").respond_with_data("", status=400)
    now = datetime.now(UTC) - timedelta(seconds=behind)
    answer = tokens.token(platform, "d1", SCOPES, now=now)
    assert isinstance(answer, Refused)
    assert answer.reason == "clock_wrong"
    assert f"by {behind} s" in answer.excerpt or f"by {behind - 1} s" in answer.excerpt


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_platform_in_trouble_is_asked_later(
    httpserver: HTTPServer, platform: Platform, tokens: AccessTokens, status: int
) -> None:
    httpserver.expect_request("/token").respond_with_data("", status=status)
    assert isinstance(tokens.token(platform, "d1", SCOPES, now=NOW), RetryLater)


def test_an_unreachable_platform_is_asked_later(tokens: AccessTokens) -> None:
    answer = tokens.token(platform_at("http://127.0.0.1:1"), "d1", SCOPES, now=NOW)
    assert isinstance(answer, RetryLater)
    assert answer.reason == "token_unavailable"


def test_a_token_url_on_a_forbidden_address_is_refused(platform: Platform) -> None:
    tokens = AccessTokens(PlatformHttp(), signing_key=lambda: SIGNING_KEY, unique=lambda: "u")
    answer = tokens.token(platform, "d1", SCOPES, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "address_forbidden"
