"""A tool registers itself at the sandbox, in either manner, as captured from Moodle 4.5.5."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.sandbox import Platform
from tests.sandbox.conftest import Browser, Clock, Tool

CAPTURED = (
    Path(__file__).parent.parent / "lti" / "data" / "moodle-4.5.5-connecting.json"
).read_text(encoding="utf-8")
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
LMS = "http://localhost:8081"


def captured(name: str, tool: Tool) -> Any:
    """A captured message as if the tool and the LMS of these tests had sent it."""
    text = json.dumps(json.loads(CAPTURED)[name])
    for old, new in (
        ("http://moodle.localhost:8081", f"{LMS}/moodle"),
        ("http://127.0.0.1:9001/launch2", f"{tool.base_url}/more"),
        ("http://127.0.0.1:9001/", f"{tool.base_url}/lti/"),
    ):
        text = text.replace(old, new)
    return json.loads(text)


def path_of(platform: Platform, path: str) -> str:
    return f"/{platform.manner.name}{path}"


def begun(client: FlaskClient, platform: Platform, tool: Tool) -> dict[str, str]:
    """The administrator pastes the tool's address; what the frame's address then says."""
    page = client.post(
        path_of(platform, f"/as/{platform.registrar.user_id}/tools"),
        data={"url": f"{tool.base_url}/lti/register/x"},
    )
    assert page.status_code == 200
    source = page.text.split('src="')[-1].split('"')[0].replace("&amp;", "&")
    address, _, query = source.partition("?")
    assert address == f"{tool.base_url}/lti/register/x"
    return dict(pair.split("=") for pair in query.split("&"))


def register(client: FlaskClient, platform: Platform, token: str, body: object) -> TestResponse:
    rules = platform.manner.registration
    return client.post(
        path_of(platform, rules.registration_path),
        json=body,
        headers={"Authorization": f"Bearer {token}"},
    )


def test_moodles_configuration_is_the_captured_one(client: FlaskClient, tool: Tool) -> None:
    answer = client.get("/moodle/mod/lti/openid-configuration.php").get_json()
    assert answer == captured("openid-configuration", tool)


def test_moodle_answers_the_captured_request_as_it_was_captured(
    client: FlaskClient, moodle: Platform, tool: Tool
) -> None:
    token = begun(client, moodle, tool)["registration_token"]
    answer = register(client, moodle, token, captured("registration-request", tool))
    expected = captured("registration-response", tool)
    body = answer.get_json()
    assert (answer.status_code, answer.content_type) == (
        expected["status"],
        expected["headers"]["Content-Type"],
    )
    made = {"client_id": body["client_id"]}
    configuration = expected["body"][TOOL] | {"deployment_id": "1"}
    assert body == expected["body"] | made | {TOOL: configuration}


def test_a_token_registers_one_tool_and_a_bad_request_does_not_use_it_up(
    client: FlaskClient, moodle: Platform, tool: Tool
) -> None:
    token = begun(client, moodle, tool)["registration_token"]
    asked = captured("registration-request", tool)
    stranger = asked | {"jwks_uri": "https://stranger.example/jwks"}
    assert register(client, moodle, token, stranger).status_code == 400
    assert register(client, moodle, token, asked).status_code == 200
    again = register(client, moodle, token, asked)
    expected = captured("registration-response-token-reused", tool)
    assert (again.status_code, again.text) == (expected["status"], expected["body"])


def test_a_token_is_worth_nothing_after_an_hour(
    client: FlaskClient, platform: Platform, tool: Tool, clock: Clock
) -> None:
    token = begun(client, platform, tool)["registration_token"]
    clock.move(3601)
    asked = captured("registration-request", tool)
    assert register(client, platform, token, asked).status_code == 401


def test_canvas_tells_its_configuration_to_the_bearer_of_a_token_only(
    client: FlaskClient, canvas: Platform, tool: Tool
) -> None:
    path = path_of(canvas, canvas.manner.registration.configuration_path)
    assert client.get(path).status_code == 401
    token = begun(client, canvas, tool)["registration_token"]
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"}).get_json()
    assert answer["registration_endpoint"] == f"{LMS}/canvas/api/lti/registrations"


def test_canvas_repeats_the_registration_and_names_no_deployment(
    client: FlaskClient, canvas: Platform, tool: Tool
) -> None:
    token = begun(client, canvas, tool)["registration_token"]
    asked = captured("registration-request", tool)
    body = register(client, canvas, token, asked).get_json()
    assert body == asked | {"client_id": body["client_id"]}
    assert "deployment_id" not in body[TOOL]


def test_launches_open_the_tool_under_its_new_id_once_it_is_activated(
    browser: Browser, platform: Platform, tool: Tool
) -> None:
    client, before = browser.client, platform.addresses.client_id
    activity = platform.add_activity("考核")
    token = begun(client, platform, tool)["registration_token"]
    made = register(client, platform, token, captured("registration-request", tool)).get_json()
    home = path_of(platform, f"/as/{platform.registrar.user_id}/tools")
    assert made["client_id"] in client.get(f"{home}?lang=en").text
    assert "Pending" in client.get(f"{home}?lang=en").text
    assert platform.addresses.client_id == before
    assert client.post(f"{home}/activate").status_code == 303
    launch = path_of(platform, f"/as/{platform.teacher.user_id}/activities/{activity.id}/launch")
    assert browser.launch(platform, launch)["aud"] == made["client_id"]


@pytest.mark.parametrize("url", ["https://stranger.example/register", ""])
def test_only_the_tool_beside_the_sandbox_is_opened(
    client: FlaskClient, platform: Platform, url: str
) -> None:
    home = path_of(platform, f"/as/{platform.registrar.user_id}/tools")
    assert client.post(home, data={"url": url}).status_code == 400


def test_teachers_and_students_have_no_list_of_tools(
    client: FlaskClient, platform: Platform
) -> None:
    for person in (platform.teacher, platform.students[0]):
        assert client.get(path_of(platform, f"/as/{person.user_id}/tools")).status_code == 403
