"""The token endpoint: who gets a token for what, and how each platform says no."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.sandbox import Platform
from lti_tool.sandbox.claims import SCOPES, SCORE_SCOPE
from lti_tool.sandbox.keys import SigningKey
from tests.sandbox.calls import CONTAINER
from tests.sandbox.conftest import Clock, Tool


def ask(client: FlaskClient, platform: Platform, form: dict[str, str]) -> TestResponse:
    return client.post(platform.addresses.token.removeprefix("http://localhost:8081"), data=form)


def test_a_signed_assertion_brings_a_token_that_opens_the_service(
    client: FlaskClient, platform: Platform, tool: Tool
) -> None:
    answer = ask(client, platform, tool.token_request(platform)).get_json(force=True)

    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    path = platform.addresses.line_items.removeprefix("http://localhost:8081")
    headers = {"Accept": CONTAINER, "Authorization": f"Bearer {answer['access_token']}"}
    assert client.get(path, headers=headers).status_code == 200


def test_a_token_opens_only_what_was_asked_for(
    client: FlaskClient, platform: Platform, tool: Tool
) -> None:
    answer = ask(client, platform, tool.token_request(platform, [SCORE_SCOPE]))
    given = answer.get_json(force=True)

    assert given["scope"] == SCORE_SCOPE
    path = platform.addresses.line_items.removeprefix("http://localhost:8081")
    headers = {"Accept": CONTAINER, "Authorization": f"Bearer {given['access_token']}"}
    assert client.get(path, headers=headers).status_code == 401


def test_a_token_is_worth_nothing_after_an_hour(
    client: FlaskClient, platform: Platform, tool: Tool, clock: Clock
) -> None:
    token = ask(client, platform, tool.token_request(platform)).get_json(force=True)
    clock.move(3601)

    path = platform.addresses.line_items.removeprefix("http://localhost:8081")
    headers = {"Accept": CONTAINER, "Authorization": f"Bearer {token['access_token']}"}
    assert client.get(path, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"iss": "zzz", "sub": "zzz"}, "invalid_client"),
        ({"exp": 1}, "Expired token"),
        ({"exp": None}, "invalid_request"),
        ({"iat": "now"}, "invalid_request"),
        ({"aud": "https://elsewhere.example/token"}, "invalid_request"),
        ({"jti": None}, "invalid_request"),
    ],
)
def test_moodle_refuses_a_bad_assertion_with_400(
    client: FlaskClient, moodle: Platform, tool: Tool, changes: dict[str, object], error: str
) -> None:
    answer = ask(client, moodle, tool.token_request(moodle, SCOPES, **changes))

    assert answer.status_code == 400
    assert answer.get_json(force=True) == {"error": error}


def test_moodle_allows_no_clock_ahead_of_its_own_and_canvas_half_a_minute(
    client: FlaskClient, moodle: Platform, canvas: Platform, tool: Tool, clock: Clock
) -> None:
    ahead = int(clock()) + 20

    assert ask(client, moodle, tool.token_request(moodle, iat=ahead)).status_code == 400
    assert ask(client, canvas, tool.token_request(canvas, iat=ahead)).status_code == 200
    assert ask(client, canvas, tool.token_request(canvas, iat=ahead + 20)).status_code == 400


def test_canvas_refuses_an_assertion_more_than_five_minutes_old(
    client: FlaskClient, canvas: Platform, tool: Tool, clock: Clock
) -> None:
    assert (
        ask(client, canvas, tool.token_request(canvas, iat=int(clock()) - 301)).status_code == 400
    )


def test_canvas_takes_an_assertion_once(client: FlaskClient, canvas: Platform, tool: Tool) -> None:
    form = tool.token_request(canvas)

    assert ask(client, canvas, form).status_code == 200
    assert ask(client, canvas, form).get_json()["error"] == "invalid_request"


def test_moodle_drops_scopes_it_does_not_know_and_canvas_refuses_them(
    client: FlaskClient, moodle: Platform, canvas: Platform, tool: Tool
) -> None:
    scopes = [SCORE_SCOPE, "https://example.org/x"]

    dropped = ask(client, moodle, tool.token_request(moodle, scopes))
    refused = ask(client, canvas, tool.token_request(canvas, scopes))
    nothing = ask(client, moodle, tool.token_request(moodle, scopes[1:]))

    assert dropped.get_json(force=True)["scope"] == SCORE_SCOPE
    assert refused.get_json()["error"] == "invalid_scope"
    assert nothing.get_json(force=True) == {"error": "invalid_scope"}


def test_a_key_that_is_not_published_is_refused(
    client: FlaskClient, platform: Platform, clock: Clock, tool: Tool
) -> None:
    stranger = Tool(tool.base_url, SigningKey.made("other"), clock)
    forger = Tool(tool.base_url, SigningKey.made("tool-key-1"), clock)

    unknown = ask(client, platform, stranger.token_request(platform))
    forged = ask(client, platform, forger.token_request(platform))

    assert (unknown.status_code, forged.status_code) == (400, 400)


def test_moodle_names_an_unknown_key_in_a_body_that_is_no_json(
    client: FlaskClient, moodle: Platform, clock: Clock, tool: Tool
) -> None:
    stranger = Tool(tool.base_url, SigningKey.made("other"), clock)

    answer = ask(client, moodle, stranger.token_request(moodle))

    assert answer.text == '{\n  "error" : ""kid" invalid, unable to lookup correct key"\n}'


@pytest.mark.parametrize(
    "changes",
    [{"grant_type": "password"}, {"client_assertion": ""}, {"scope": ""}],
)
def test_an_incomplete_request_is_refused(
    client: FlaskClient, platform: Platform, tool: Tool, changes: dict[str, str]
) -> None:
    answer = ask(client, platform, tool.token_request(platform) | changes)

    assert answer.status_code == 400
    assert answer.get_json(force=True)["error"] == "invalid_request"


def test_something_that_is_no_token_is_refused(
    client: FlaskClient, platform: Platform, tool: Tool
) -> None:
    form = tool.token_request(platform) | {"client_assertion": "no.token.atall"}

    assert ask(client, platform, form).status_code == 400
