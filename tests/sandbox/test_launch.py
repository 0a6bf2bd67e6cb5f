"""Login and launch: the requests in order, what they say, and what is refused."""

import pytest

from lti_tool.sandbox import LineItem, Platform, Sandbox, SandboxSettings, create_sandbox
from tests.sandbox.conftest import Browser, Clock, Form, Tool, captured

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
# The legacy outcomes service, which the sandbox does not offer.
NOT_OFFERED = {"https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"}
CONTENT = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


@pytest.fixture
def start(platform: Platform) -> str:
    """The launch page of an activity, as the first student."""
    activity = platform.add_activity("售前咨询实操")
    name, student = platform.manner.name, platform.students[0]
    return f"/{name}/as/{student.user_id}/activities/{activity.id}/launch"


def test_a_login_initiation_names_issuer_client_deployment_and_person(
    browser: Browser, platform: Platform, start: str, tool: Tool
) -> None:
    form = browser.initiation(start)

    assert form.action == f"{tool.base_url}/lti/login"
    assert form.method == platform.manner.login.method
    assert form.fields["iss"] == platform.addresses.issuer
    assert form.fields["client_id"] == platform.addresses.client_id
    assert form.fields["lti_deployment_id"] == "1"
    assert form.fields["login_hint"] == platform.students[0].user_id
    assert form.fields["target_link_uri"] == f"{tool.base_url}/lti/launch"


def test_only_canvas_offers_storage_before_and_after_the_login(
    browser: Browser, platform: Platform, start: str, tool: Tool
) -> None:
    initiation = browser.initiation(start)
    launch = browser.authorise(platform, tool.authorisation(initiation.fields))
    frame = {"canvas": "post_message_forwarding", "moodle": None}[platform.manner.name]
    for form in (initiation, launch):
        assert form.fields.get("lti_storage_target") == frame


def test_storage_can_be_switched_off(tool: Tool) -> None:
    settings = SandboxSettings("http://localhost:8081", tool.base_url, platform_storage=False)
    sandbox: Sandbox = create_sandbox(settings).extensions["sandbox"]
    assert sandbox.platforms["canvas"].storage_frame == ""


def test_an_id_token_is_posted_with_the_state_to_the_redirect_uri(
    browser: Browser, platform: Platform, start: str, tool: Tool
) -> None:
    initiation = browser.initiation(start).fields

    form = browser.authorise(platform, tool.authorisation(initiation, state="s-42"))

    assert (form.action, form.method) == (f"{tool.base_url}/lti/launch", "post")
    assert form.fields["state"] == "s-42"
    claims = browser.claims(platform, form.fields["id_token"])
    assert claims["nonce"] == "nonce-1"
    assert claims["exp"] - claims["iat"] == platform.manner.launch.id_token_seconds
    assert claims[f"{LTI}roles"] == list(platform.manner.launch.roles[platform.students[0].role])


def test_an_authorisation_request_may_be_a_get(
    browser: Browser, platform: Platform, start: str, tool: Tool
) -> None:
    request = tool.authorisation(browser.initiation(start).fields)
    path = platform.addresses.authorise.removeprefix("http://localhost:8081")

    answer = browser.client.get(path, query_string=request)

    assert "id_token" in Form(answer.text).fields
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"redirect_uri": "https://evil.example/"}, (404, None)),
        ({"redirect_uri": "{tool}/lti/launch?x=1"}, (404, None)),
        ({"nonce": None}, (404, None)),
        ({"lti_message_hint": None}, (404, None)),
        ({"lti_message_hint": "forged"}, (404, None)),
        ({"scope": "openid profile"}, (404, None)),
        ({"client_id": "zzz"}, (200, "unauthorized_client")),
        ({"login_hint": "6"}, (200, "access_denied")),
        ({"response_mode": "query"}, (200, "invalid_request")),
        ({"response_mode": None}, (200, "invalid_request")),
        ({"prompt": None}, (200, None)),
        ({"state": None}, (200, None)),
    ],
)
def test_moodle_answers_odd_authorisation_requests_as_observed(
    browser: Browser,
    moodle: Platform,
    tool: Tool,
    changes: dict[str, str | None],
    answer: tuple[int, str | None],
) -> None:
    status, error = answer
    activity = moodle.add_activity("A")
    initiation = browser.initiation(f"/moodle/as/4/activities/{activity.id}/launch").fields
    filled = {k: v and v.replace("{tool}", tool.base_url) for k, v in changes.items()}

    said = browser.client.post(
        "/moodle/mod/lti/auth.php", data=tool.authorisation(initiation, **filled)
    )

    fields = Form(said.text).fields
    assert said.status_code == status
    assert fields.get("error") == error
    assert ("id_token" in fields) == (status == 200 and error is None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": None}, "invalid_request_object"),
        ({"response_mode": "query"}, "invalid_request_object"),
        ({"lti_message_hint": "forged"}, "launch_no_longer_valid"),
        ({"login_hint": "somebody"}, "login_required"),
        ({"client_id": "zzz"}, "unauthorized_client"),
    ],
)
def test_canvas_refuses_with_an_openid_error(
    browser: Browser, canvas: Platform, tool: Tool, changes: dict[str, str | None], error: str
) -> None:
    activity = canvas.add_activity("A")
    path = f"/canvas/as/{canvas.students[0].user_id}/activities/{activity.id}/launch"
    request = tool.authorisation(browser.initiation(path).fields, **changes)

    form = browser.authorise(canvas, request)

    assert form.fields["error"] == error
    assert form.fields["state"] == "state-1"


def test_a_message_hint_works_once(browser: Browser, moodle: Platform, tool: Tool) -> None:
    activity = moodle.add_activity("A")
    initiation = browser.initiation(f"/moodle/as/4/activities/{activity.id}/launch").fields
    browser.authorise(moodle, tool.authorisation(initiation))

    again = browser.client.post("/moodle/mod/lti/auth.php", data=tool.authorisation(initiation))

    assert again.status_code == 404


def test_a_message_hint_is_worth_nothing_after_five_minutes(
    browser: Browser, moodle: Platform, tool: Tool, clock: Clock
) -> None:
    activity = moodle.add_activity("A")
    initiation = browser.initiation(f"/moodle/as/4/activities/{activity.id}/launch").fields
    clock.move(301)

    late = browser.client.post("/moodle/mod/lti/auth.php", data=tool.authorisation(initiation))

    assert late.status_code == 404


def test_moodle_strips_tags_from_the_state(browser: Browser, moodle: Platform, tool: Tool) -> None:
    activity = moodle.add_activity("A")
    initiation = browser.initiation(f"/moodle/as/4/activities/{activity.id}/launch").fields

    form = browser.authorise(moodle, tool.authorisation(initiation, state='st"<x>'))

    assert form.fields["state"] == 'st"'


@pytest.mark.parametrize(
    ("name", "user_id"), [("launch-student", "5"), ("launch-teacher", "3"), ("launch-admin", "2")]
)
def test_a_moodle_launch_has_the_observed_claims(
    browser: Browser, moodle: Platform, name: str, user_id: str
) -> None:
    real = captured(name)["claims"]
    activity = moodle.add_activity("售前咨询实操", text="完成实操", custom={"assignment": "a1"})

    claims = browser.launch(moodle, f"/moodle/as/{user_id}/activities/{activity.id}/launch?lang=en")

    assert set(claims) == set(real) - NOT_OFFERED
    for claim, value in claims.items():
        assert type(value) is type(real[claim]), claim
        if isinstance(value, dict) and claim != f"{LTI}custom":
            assert list(value) == list(real[claim]), claim
    assert claims["sub"] == real["sub"]
    assert claims["exp"] - claims["iat"] == real["exp"] - real["iat"]
    assert claims[f"{LTI}roles"] == real[f"{LTI}roles"]
    assert claims[f"{LTI}context"]["id"] == real[f"{LTI}context"]["id"]
    assert claims[f"{LTI}context"]["type"] == real[f"{LTI}context"]["type"]
    assert claims[ENDPOINT]["scope"] == real[ENDPOINT]["scope"]
    assert claims[f"{LTI}launch_presentation"]["document_target"] == "iframe"
    assert claims[f"{LTI}launch_presentation"]["locale"] == "en"


def test_a_moodle_deep_linking_request_has_the_observed_claims(
    browser: Browser, moodle: Platform
) -> None:
    real = captured("launch-deeplink-one")["claims"]

    claims = browser.launch(moodle, "/moodle/as/3/choose/launch?lang=en")

    assert set(claims) == set(real)
    assert list(claims[CONTENT]) == list(real[CONTENT])
    changing = {"deep_link_return_url", "title"}
    assert {k: v for k, v in claims[CONTENT].items() if k not in changing} == {
        k: v for k, v in real[CONTENT].items() if k not in changing
    }
    assert claims[f"{LTI}launch_presentation"] == {"locale": "en"}
    assert "lineitem" not in claims[ENDPOINT]


def test_moodle_names_are_given_name_first_and_the_locale_has_an_underscore(
    browser: Browser, moodle: Platform
) -> None:
    activity = moodle.add_activity("A")

    claims = browser.launch(moodle, f"/moodle/as/5/activities/{activity.id}/launch?lang=zh")

    assert (claims["given_name"], claims["family_name"]) == ("小龙", "李")
    assert claims["name"] == "小龙 李"
    assert claims[f"{LTI}launch_presentation"]["locale"] == "zh_cn"
    assert claims[f"{LTI}lis"]["person_sourcedid"] == "20240002"


def test_moodle_resolves_what_it_knows_and_passes_the_rest_literally(
    browser: Browser, moodle: Platform
) -> None:
    given = {
        "CamelKey": "v=1",
        "who": "$User.username",
        "due": "$ResourceLink.available.endDateTime",
    }
    activity = moodle.add_activity("A", custom=given)

    claims = browser.launch(moodle, f"/moodle/as/4/activities/{activity.id}/launch")
    custom = claims[f"{LTI}custom"]

    assert custom["CamelKey"] == custom["camelkey"] == "v=1"
    assert custom["who"] == "20240001"
    assert custom["due"] == "$ResourceLink.available.endDateTime"
    assert custom["context_history"] == ""
    assert custom["link_history"] == "$ResourceLink.id.history"
    assert custom["section_begin"] == "2026-09-01T00:00:00+00:00"
    assert custom["section_end"] == "2027-01-31T00:00:00+00:00"


def test_a_canvas_launch_mixes_roles_and_leaves_variables_without_value_literal(
    browser: Browser, canvas: Platform
) -> None:
    activity = canvas.add_activity("A")
    student = canvas.students[1]

    path = f"/canvas/as/{student.user_id}/activities/{activity.id}/launch?lang=zh"
    claims = browser.launch(canvas, path)

    assert claims["azp"] == claims["aud"] == "sandbox-canvas"
    assert len(claims["sub"]) == 36
    assert claims["name"] == "李小龙"
    assert claims["locale"] == "zh-Hans"
    assert f"{LTI}tool_platform" in claims
    assert {role.rpartition("#")[0].rpartition("/")[2] for role in claims[f"{LTI}roles"]} == {
        "membership",
        "person",
    }
    custom = claims[f"{LTI}custom"]
    assert custom["person_sourcedid"] == "20240002"
    assert custom["submission_end"] == "$ResourceLink.submission.endDateTime"
    assert custom["person_integration_id"] == "$Canvas.user.sisIntegrationId"


def test_the_registrar_launches_as_institution_administrator_outside_the_course(
    browser: Browser, platform: Platform
) -> None:
    path = f"/{platform.manner.name}/as/{platform.registrar.user_id}/institution/launch"

    claims = browser.launch(platform, path)

    role = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
    assert role in claims[f"{LTI}roles"]
    assert claims[f"{LTI}context"]["id"] != platform.manner.course.context_id
    assert claims[f"{LTI}resource_link"]["id"]
    assert ENDPOINT not in claims


def test_the_line_item_claim_follows_the_columns_of_the_link(
    browser: Browser, moodle: Platform
) -> None:
    activity = moodle.add_activity("A")
    path = f"/moodle/as/4/activities/{activity.id}/launch"
    own = moodle.own_column(activity.id)
    assert own is not None

    assert browser.launch(moodle, path)[ENDPOINT]["lineitem"] == moodle.addresses.line_item(own.id)
    second = LineItem(0, "B", 10, resource_link_id=activity.resource_link_id)
    moodle.add_line_item(second)
    assert "lineitem" not in browser.launch(moodle, path)[ENDPOINT]
    moodle.delete_line_item(own.id)
    assert browser.launch(moodle, path)[ENDPOINT]["lineitem"] == ""


def test_a_launch_in_a_new_window_says_so(browser: Browser, platform: Platform, start: str) -> None:
    claims = browser.launch(platform, f"{start}?target=window")

    assert claims[f"{LTI}launch_presentation"]["document_target"] == "window"


def test_the_return_url_of_a_launch_leads_back_to_the_course(
    browser: Browser, platform: Platform, start: str
) -> None:
    claims = browser.launch(platform, start)
    url = claims[f"{LTI}launch_presentation"]["return_url"]
    path = url.removeprefix("http://localhost:8081")

    page = browser.client.get(f"{path}&lti_msg=再见")

    assert page.status_code == 200
    assert "再见" in page.text
    assert f"/as/{platform.students[0].user_id}/course" in page.text
