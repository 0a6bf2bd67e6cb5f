"""An LMS registers this tool by itself: invitation, confirmation, registration, errors."""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.test import TestResponse

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.persistence import invitations, platforms, schools
from lti_tool.persistence.database import Database
from lti_tool.persistence.platforms import DeploymentState
from lti_tool.settings import read_settings

CAPTURED = json.loads(
    (Path(__file__).parent.parent / "lti" / "data" / "moodle-4.5.5-connecting.json").read_text(
        encoding="utf-8"
    )
)
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
CANVAS_PLATFORM = {
    "product_family_code": "canvas",
    "version": "vCloud",
    "messages_supported": [
        {
            "type": "LtiResourceLinkRequest",
            "placements": ["account_navigation", "course_navigation"],
        },
        {
            "type": "LtiDeepLinkingRequest",
            "placements": ["assignment_selection", "link_selection", "editor_button"],
        },
    ],
    CANVAS + "account_name": "Test University",
    CANVAS + "account_domain": "school.instructure.com",
}
TOKEN = "registration-token-of-the-lms"
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def application(url: str, folder: Path, catalogue: Catalogue, **more: str) -> Flask:
    environment = {"LTI_TOOL_DATABASE_URL": url, "LTI_TOOL_DATA_DIR": str(folder), **more}
    settings = read_settings(environment, default_base_url="https://tool.example")
    return create_app(build_parts(settings, clock=lambda: NOW, catalogue=catalogue))


@pytest.fixture
def browser(
    database: Database, sqlite_url: str, tmp_path: Path, catalogue: Catalogue
) -> FlaskClient:
    """A browser before an application that may reach LMSs on this machine. Its CSRF checks are
    on."""
    app = application(sqlite_url, tmp_path, catalogue, LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS="1")
    return app.test_client()


class Lms:
    """The registering side of an LMS, answering as Moodle 4.5.5 was captured."""

    def __init__(self, server: HTTPServer) -> None:
        self.base = server.url_for("").rstrip("/")
        text = json.dumps(CAPTURED["openid-configuration"])
        self.configuration: dict[str, Any] = json.loads(
            text.replace("http://moodle.localhost:8081", self.base)
        )
        self.answer: tuple[int, Any] = (200, CAPTURED["registration-response"]["body"])
        self.asked: list[Request] = []
        server.expect_request("/openid").respond_with_handler(self._configured)
        registering = server.expect_request("/mod/lti/openid-registration.php", method="POST")
        registering.respond_with_handler(self._register)

    @property
    def query(self) -> str:
        given = {"openid_configuration": f"{self.base}/openid", "registration_token": TOKEN}
        return urlencode(given)

    @property
    def registration(self) -> Any:
        """What the tool sent, the last time."""
        return self.asked[-1].get_json()

    def _configured(self, _request: Request) -> Response:
        return Response(json.dumps(self.configuration), content_type="application/json")

    def _register(self, request: Request) -> Response:
        self.asked.append(request)
        status, body = self.answer
        text = body if isinstance(body, str) else json.dumps(body)
        return Response(text, status=status, content_type="application/json")


@pytest.fixture
def lms(httpserver: HTTPServer) -> Lms:
    return Lms(httpserver)


@pytest.fixture
def invited(database: Database) -> str:
    """The path of an invitation into the school 某职业学院."""
    with database.transaction() as session:
        school = schools.ensure_school(session, "某职业学院")
        invitations.add_invitation(
            session, "invitation", school_id=school.id, now=NOW, expires_at=NOW + DAY
        )
    return "/lti/register/invitation"


def opened(browser: FlaskClient, path: str, lms: Lms, **headers: str) -> TestResponse:
    return browser.get(f"{path}?{lms.query}", headers={"Referer": lms.base + "/", **headers})


def confirmed(
    browser: FlaskClient, path: str, page: TestResponse, name: str = "学校 Moodle"
) -> TestResponse:
    found = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return browser.post(path, data={"sealed": html.unescape(found[1]), "name": name})


def connected(database: Database) -> tuple[platforms.Platform, ...]:
    with database.reading() as session:
        return platforms.platforms(session)


def test_one_page_says_what_will_be_connected_and_registers_nothing_yet(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    page = opened(browser, invited, lms)
    assert page.status_code == 200
    for shown in ("Moodle", "4.5.5+", lms.base, "某职业学院"):
        assert shown in page.text
    assert TOKEN not in page.text
    assert lms.asked == []
    assert connected(database) == ()


def test_the_page_may_be_framed_by_the_lms_that_is_not_connected_yet(
    browser: FlaskClient, invited: str, lms: Lms
) -> None:
    policy = opened(browser, invited, lms).headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {lms.base}" in policy
    hostile = opened(browser, invited, lms, Referer="https://a.example;script-src https://b/")
    assert "https://b" not in hostile.headers["Content-Security-Policy"]


def test_one_button_registers_stores_and_closes(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    done = confirmed(browser, invited, opened(browser, invited, lms))
    assert done.status_code == 200
    assert "registration-close.js" in done.text
    (platform,) = connected(database)
    assert (platform.name, platform.issuer) == ("学校 Moodle", lms.base)
    assert platform.client_id == "l4ztfQ6P4EVSCeU"
    assert platform.key_set_url == f"{lms.base}/mod/lti/certs.php"
    assert (platform.product, platform.token_audience) == ("moodle", None)
    with database.reading() as session:
        (deployment,) = platforms.deployments(session, platform.id)
        assert (deployment.deployment_id, deployment.state) == ("2", DeploymentState.APPROVED)
        assert schools.school(session, deployment.school_id).name == "某职业学院"


def test_moodle_is_asked_for_the_least_and_for_nothing_it_does_not_offer(
    browser: FlaskClient, invited: str, lms: Lms
) -> None:
    confirmed(browser, invited, opened(browser, invited, lms))
    request, sent = lms.asked[0], lms.registration
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.mimetype == "application/json"
    assert sent["redirect_uris"] == ["https://tool.example/lti/launch"]
    assert sent["jwks_uri"] == "https://tool.example/lti/jwks"
    scopes = set(sent["scope"].split())
    assert len(scopes) == 4
    assert scopes <= set(lms.configuration["scopes_supported"])
    tool = sent[TOOL]
    assert tool["domain"] == "tool.example"
    assert tool["custom_parameters"]["context_history"] == "$Context.id.history"
    assert "submission_end" not in tool["custom_parameters"]
    assert {each["type"] for each in tool["messages"]} == {
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    }


def test_canvas_gets_its_own_fields_and_waits_for_its_first_launch(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    lms.configuration["authorization_server"] = "canvas.instructure.com"
    lms.configuration[PLATFORM] = CANVAS_PLATFORM
    lms.answer = (201, {"client_id": "10000000000001"})
    page = opened(browser, invited, lms)
    assert "Test University" in page.text
    assert "https://school.instructure.com" in page.text
    done = confirmed(browser, invited, page, "Test University")
    assert "批准" in done.text
    tool = lms.registration[TOOL]
    assert tool[CANVAS + "privacy_level"] == "public"
    assert [(each["type"], each["placements"]) for each in tool["messages"]] == [
        ("LtiResourceLinkRequest", ["course_navigation"]),
        ("LtiResourceLinkRequest", ["account_navigation"]),
        ("LtiDeepLinkingRequest", ["assignment_selection", "link_selection"]),
    ]
    assert tool["messages"][0][CANVAS + "course_navigation/default_enabled"] is False
    assert tool["custom_parameters"]["published"] == "$Canvas.assignment.published"
    (platform,) = connected(database)
    assert platform.token_audience is None
    assert platform.frame_origins == ("https://school.instructure.com",)
    with database.reading() as session:
        assert platforms.deployments(session, platform.id) == ()


def test_every_message_the_platform_sends_and_the_tool_answers_is_declared_by_its_name(
    browser: FlaskClient, invited: str, lms: Lms
) -> None:
    offered = ["LtiDataPrivacyLaunchRequest", "LtiSubmissionReviewRequest", "LtiEulaRequest"]
    messages = [{"type": each} for each in offered]
    lms.configuration[PLATFORM]["messages_supported"] = messages
    confirmed(browser, invited, opened(browser, invited, lms))
    assert {each["type"] for each in lms.registration[TOOL]["messages"]} == {
        "LtiResourceLinkRequest",
        "LtiDataPrivacyLaunchRequest",
        "LtiSubmissionReviewRequest",
    }


def test_two_clients_of_one_issuer_are_two_platforms(
    browser: FlaskClient, lms: Lms, database: Database
) -> None:
    for number in (1, 2):
        with database.transaction() as session:
            invitations.add_invitation(
                session, f"i{number}", school_id=None, now=NOW, expires_at=NOW + DAY
            )
        lms.answer = (200, {"client_id": f"client-{number}"})
        path = f"/lti/register/i{number}"
        assert confirmed(browser, path, opened(browser, path, lms)).status_code == 200
    assert [each.client_id for each in connected(database)] == ["client-1", "client-2"]
    assert len({each.issuer for each in connected(database)}) == 1


def test_the_audience_of_token_requests_is_the_one_the_platform_names(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    lms.configuration["authorization_server"] = "https://lms.example/oauth"
    lms.configuration[PLATFORM]["product_family_code"] = "other"
    confirmed(browser, invited, opened(browser, invited, lms))
    assert connected(database)[0].token_audience == "https://lms.example/oauth"


def test_an_invitation_works_once(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    page = opened(browser, invited, lms)
    confirmed(browser, invited, page)
    assert opened(browser, invited, lms).status_code == 410
    again = confirmed(browser, invited, page)
    assert again.status_code == 410
    assert "invitation_used" in again.text
    assert len(lms.asked) == 1
    assert len(connected(database)) == 1


def test_two_registrations_with_one_invitation_do_not_both_reach_the_lms(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    page = opened(browser, invited, lms)
    with database.transaction() as session:
        assert invitations.hold_invitation(session, "invitation", now=NOW, until=NOW + DAY)
    busy = confirmed(browser, invited, page)
    assert (busy.status_code, "invitation_busy" in busy.text) == (409, True)
    assert lms.asked == []


def test_an_unknown_or_expired_invitation_does_not_even_ask_the_lms(
    browser: FlaskClient, lms: Lms, database: Database
) -> None:
    lms.configuration["issuer"] = "not reached"
    assert opened(browser, "/lti/register/unknown", lms).status_code == 404
    with database.transaction() as session:
        invitations.add_invitation(session, "old", school_id=None, now=NOW - DAY, expires_at=NOW)
    expired = opened(browser, "/lti/register/old", lms)
    assert (expired.status_code, "invitation_expired" in expired.text) == (410, True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((401, CAPTURED["registration-response-token-reused"]["body"]), "token_already_used"),
        ((500, "<html>broken</html>"), "registration_refused"),
        ((200, "no json"), "registration_invalid"),
        ((200, []), "registration_invalid"),
        ((200, {}), "client_id"),
        ((200, {"client_id": ["x"]}), "client_id"),
        ((200, {"client_id": "x" * 256}), "client_id"),
        ((200, {"client_id": "x", TOOL: {"deployment_id": {}}}), "deployment_id"),
    ],
)
def test_a_refused_registration_is_a_page_stores_nothing_and_can_be_tried_again(
    *,
    browser: FlaskClient,
    invited: str,
    lms: Lms,
    database: Database,
    answer: tuple[int, Any],
    reason: str,
) -> None:
    good, lms.answer = lms.answer, answer
    refused = confirmed(browser, invited, opened(browser, invited, lms))
    assert refused.status_code == 424
    assert reason in refused.text
    assert connected(database) == ()
    lms.answer = good
    assert confirmed(browser, invited, opened(browser, invited, lms)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"issuer": "https://another.example"}, 400, "issuer_mismatch"),
        ({"issuer": None}, 424, "configuration_invalid issuer"),
        ({"issuer": "x" * 513}, 424, "configuration_invalid issuer"),
        ({"jwks_uri": "javascript:alert(1)"}, 424, "configuration_invalid jwks_uri"),
        ({"token_endpoint": 7}, 424, "configuration_invalid token_endpoint"),
        ({"registration_endpoint": ""}, 424, "configuration_invalid registration_endpoint"),
        ({"authorization_endpoint": "//x"}, 424, "configuration_invalid authorization_endpoint"),
    ],
)
def test_a_bad_configuration_is_a_page(
    *,
    browser: FlaskClient,
    invited: str,
    lms: Lms,
    changes: dict[str, Any],
    status: int,
    reason: str,
) -> None:
    lms.configuration.update(changes)
    page = opened(browser, invited, lms)
    assert page.status_code == status
    assert reason in page.text


@pytest.mark.parametrize(
    "oddity",
    [
        {PLATFORM: None},
        {PLATFORM: []},
        {PLATFORM: {"messages_supported": {}, "variables": 1, "product_family_code": 4}},
        {PLATFORM: {"messages_supported": [1, {"type": None}, {"type": "a", "placements": "b"}]}},
        {"scopes_supported": "openid"},
    ],
)
def test_what_is_not_needed_may_be_odd(
    browser: FlaskClient, invited: str, lms: Lms, oddity: dict[str, Any]
) -> None:
    lms.configuration.update(oddity)
    assert confirmed(browser, invited, opened(browser, invited, lms)).status_code == 200


@pytest.mark.parametrize("body", ["", "[]", "<html>", '"x"'])
def test_a_configuration_that_is_no_json_object_is_a_page(
    browser: FlaskClient, invited: str, httpserver: HTTPServer, body: str
) -> None:
    httpserver.expect_request("/odd").respond_with_data(body)
    page = browser.get(
        f"{invited}?" + urlencode({"openid_configuration": httpserver.url_for("/odd")})
    )
    assert page.status_code == 424


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("ftp://lms.example/x", 400),
        ("https://u:p@lms.example/", 400),
        ("https://lms.example/" + "x" * 3000, 400),
    ],
)
def test_a_configuration_address_that_is_none_is_a_page(
    browser: FlaskClient, invited: str, url: str, status: int
) -> None:
    page = browser.get(f"{invited}?" + urlencode({"openid_configuration": url}))
    assert page.status_code == status


def test_an_unreachable_configuration_is_a_page(
    browser: FlaskClient, invited: str, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/gone").respond_with_data("no", status=503)
    page = browser.get(
        f"{invited}?" + urlencode({"openid_configuration": httpserver.url_for("/gone")})
    )
    assert page.status_code == 424


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "https://127.0.0.1:9/x", "https://[::1]:9/x"]
)
def test_private_addresses_are_refused_unless_allowed(
    *,
    database: Database,
    sqlite_url: str,
    tmp_path: Path,
    catalogue: Catalogue,
    invited: str,
    url: str,
) -> None:
    browser = application(sqlite_url, tmp_path, catalogue).test_client()
    page = browser.get(f"{invited}?" + urlencode({"openid_configuration": url}))
    assert (page.status_code, "configuration_address" in page.text) == (400, True)


def test_nothing_but_our_own_page_can_be_confirmed(
    browser: FlaskClient, invited: str, lms: Lms, database: Database
) -> None:
    opened(browser, invited, lms)
    for sealed in ("", "x", '["a","b","c"].x'):
        refused = browser.post(invited, data={"sealed": sealed, "name": "x"})
        assert refused.status_code == 400
    assert lms.asked == []


def test_an_oversized_confirmation_is_refused_unread(browser: FlaskClient, invited: str) -> None:
    assert browser.post(invited, data={"sealed": "x" * 70_000}).status_code == 413


def test_a_missing_name_is_asked_for_again_before_anything_is_registered(
    browser: FlaskClient, invited: str, lms: Lms
) -> None:
    page = confirmed(browser, invited, opened(browser, invited, lms), name=" ")
    assert page.status_code == 422
    assert lms.asked == []
    assert confirmed(browser, invited, page).status_code == 200


def test_an_invitation_opened_by_hand_says_where_it_belongs(
    browser: FlaskClient, invited: str
) -> None:
    page = browser.get(invited)
    assert page.status_code == 200
    assert f"https://tool.example{invited}" in page.text
    assert "Canvas" in page.text


def test_canvas_is_given_a_developer_key(browser: FlaskClient) -> None:
    answer = browser.get("/lti/canvas.json")
    key = answer.get_json()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert key["oidc_initiation_url"] == "https://tool.example/lti/login"
    assert key["public_jwk_url"] == "https://tool.example/lti/jwks"
    (extension,) = key["extensions"]
    assert (extension["platform"], extension["privacy_level"]) == (
        "canvas.instructure.com",
        "public",
    )
    placements = {each["placement"]: each for each in extension["settings"]["placements"]}
    assert placements["assignment_selection"]["message_type"] == "LtiDeepLinkingRequest"
    assert placements["account_navigation"]["visibility"] == "admins"
    assert all(each["target_link_uri"] == key["target_link_uri"] for each in placements.values())
    assert set(key["custom_fields"].values()) >= {"$Context.id.history", "$Person.sourcedId"}
