"""Deep linking: the tool's choice becomes activities, in each platform's way."""

from typing import Any

import pytest

from lti_tool.sandbox import Platform
from lti_tool.sandbox.keys import SigningKey
from tests.sandbox.conftest import Browser, Form, Tool

SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ITEM: dict[str, Any] = {
    "type": "ltiResourceLink",
    "title": "售前咨询",
    "text": "任务 2.1",
    "custom": {"assessment": "7", "num": 5},
    "lineItem": {"label": "列名", "scoreMaximum": 25, "resourceId": "assessment-7", "tag": "grade"},
}


@pytest.fixture
def return_path(browser: Browser, platform: Platform) -> str:
    """Where the tool sends its answer, from a deep linking request as the teacher."""
    user_id = platform.teacher.user_id
    claims = browser.launch(platform, f"/{platform.manner.name}/as/{user_id}/choose/launch")
    url: str = claims[SETTINGS]["deep_link_return_url"]
    return url.removeprefix("http://localhost:8081")


def answer(browser: Browser, path: str, token: str) -> Any:
    return browser.client.post(path, data={"JWT": token})


def test_chosen_content_becomes_an_activity_with_its_column(
    browser: Browser, platform: Platform, tool: Tool, return_path: str
) -> None:
    taken = answer(browser, return_path, tool.content(platform, [ITEM]))
    assert taken.status_code == 200
    if platform.manner.content.reviewed:
        assert platform.activities == ()
        form = Form(taken.text)
        saved = browser.client.post(form.action, data=form.fields)
        assert saved.status_code == 303

    (activity,) = platform.activities
    assert (activity.title, activity.text) == ("售前咨询", "任务 2.1")
    assert activity.custom == {"assessment": "7", "num": "5"}
    column = platform.own_column(activity.id)
    assert column is not None
    assert (column.maximum, column.resource_id, column.tag) == (25, "assessment-7", "grade")
    rules = platform.manner.content
    assert column.label == ("列名" if rules.uses_label else "售前咨询")
    assert activity.published is rules.published


def test_canvas_takes_one_item_only(browser: Browser, canvas: Platform, tool: Tool) -> None:
    path = f"/canvas/as/{canvas.teacher.user_id}/choose/launch"
    settings = browser.launch(canvas, path)[SETTINGS]
    assert settings["accept_multiple"] is False
    url = settings["deep_link_return_url"].removeprefix("http://localhost:8081")

    answer(browser, url, tool.content(canvas, [ITEM, ITEM]))

    assert len(canvas.activities) == 1


def test_no_items_means_the_teacher_cancelled(
    browser: Browser, platform: Platform, tool: Tool, return_path: str
) -> None:
    page = answer(browser, return_path, tool.content(platform, []))

    assert page.status_code == 200
    assert platform.activities == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"exp": 1},
        {"iat": 1},
        {"nonce": None},
        {"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "2"},
        {"https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiResourceLinkRequest"},
        {"https://purl.imsglobal.org/spec/lti-dl/claim/content_items": "none"},
    ],
)
def test_a_response_with_a_wrong_claim_is_refused(
    browser: Browser,
    platform: Platform,
    tool: Tool,
    return_path: str,
    changes: dict[str, object],
) -> None:
    refused = answer(browser, return_path, tool.content(platform, [ITEM], **changes))

    assert refused.status_code == 400
    assert platform.activities == ()


def test_a_wrong_audience_passes_at_moodle_and_is_refused_by_canvas(
    browser: Browser, platform: Platform, tool: Tool, return_path: str
) -> None:
    taken = answer(browser, return_path, tool.content(platform, [ITEM], aud="https://nope"))

    assert (taken.status_code == 400) is platform.manner.content.checks_audience


def test_a_response_signed_by_another_key_is_refused(
    browser: Browser, platform: Platform, tool: Tool, return_path: str
) -> None:
    forger = Tool(tool.base_url, SigningKey.made("tool-key-1"), tool.clock)

    assert answer(browser, return_path, forger.content(platform, [ITEM])).status_code == 400


def test_a_return_url_works_once(
    browser: Browser, platform: Platform, tool: Tool, return_path: str
) -> None:
    answer(browser, return_path, tool.content(platform, [ITEM]))

    assert answer(browser, return_path, tool.content(platform, [ITEM])).status_code == 403


def test_content_without_a_line_item_is_not_graded_at_moodle(
    browser: Browser, moodle: Platform, tool: Tool
) -> None:
    claims = browser.launch(moodle, "/moodle/as/3/choose/launch")
    url = claims[SETTINGS]["deep_link_return_url"].removeprefix("http://localhost:8081")
    plain = {"type": "ltiResourceLink", "title": "资料"}

    form = Form(answer(browser, url, tool.content(moodle, [plain])).text)
    browser.client.post(form.action, data=form.fields)

    (activity,) = moodle.activities
    assert moodle.line_items == ()
    launched = browser.launch(moodle, f"/moodle/as/4/activities/{activity.id}/launch")
    endpoint = launched["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert "lineitem" not in endpoint


def test_the_way_back_keeps_the_language_of_the_way_out(
    browser: Browser, platform: Platform, tool: Tool
) -> None:
    user_id = platform.teacher.user_id
    path = f"/{platform.manner.name}/as/{user_id}/choose/launch?lang=en"
    url = browser.launch(platform, path)[SETTINGS]["deep_link_return_url"]
    url = url.removeprefix("http://localhost:8081")

    page = answer(browser, url, tool.content(platform, [ITEM])).text

    assert '<html lang="en">' in page
    assert "/course?lang=en" in page


def test_a_student_cannot_start_deep_linking(browser: Browser, platform: Platform) -> None:
    student = platform.students[0].user_id

    refused = browser.client.get(f"/{platform.manner.name}/as/{student}/choose/launch")

    assert refused.status_code == 403
