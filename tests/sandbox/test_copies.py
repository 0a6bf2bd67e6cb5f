"""Copied courses, and the way in from a course's menu."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from lti_tool.sandbox import Activity, LineItem, Platform
from lti_tool.sandbox.claims import AGS_ENDPOINT, LTI
from tests.sandbox.conftest import Browser


@pytest.fixture
def original(platform: Platform) -> Activity:
    column = LineItem(0, "有效沟通", 20.0, resource_id="a-7", tag="grade")
    made = platform.add_activity("有效沟通", custom={"assessment": "a-7"}, column=column)
    platform.add_line_item(LineItem(0, "等级达成", 1.0, resource_id="s/e", tag="attainment"))
    return made


def test_a_copied_course_keeps_custom_resource_ids_and_tags_under_new_ids(
    platform: Platform, original: Activity
) -> None:
    """Observed on Moodle 4.5.5."""
    copied = platform.copy_course()
    (activity,) = copied.activities
    assert (activity.title, activity.custom) == (original.title, original.custom)
    assert activity.resource_link_id != original.resource_link_id
    kept = {(each.resource_id, each.tag, each.maximum) for each in platform.line_items}
    assert {(each.resource_id, each.tag, each.maximum) for each in copied.line_items} == kept
    ids = {each.id for each in platform.line_items}
    assert ids.isdisjoint(each.id for each in copied.line_items)
    assert platform.activities == (original,)


def test_a_launch_in_a_copied_course_names_it_and_its_history(
    browser: Browser, platform: Platform, original: Activity
) -> None:
    claims = launched_in_copy(browser, platform)
    copied = platform.courses[-1]
    assert claims[f"{LTI}context"]["id"] == copied.course.context_id
    assert claims[f"{LTI}context"]["id"] != platform.course.context_id
    assert claims[f"{LTI}custom"]["context_history"] == platform.course.context_id
    assert claims[AGS_ENDPOINT]["lineitems"] == copied.addresses.line_items
    assert claims[AGS_ENDPOINT]["lineitems"] != platform.addresses.line_items


def launched_in_copy(browser: Browser, platform: Platform) -> dict[str, Any]:
    """The teacher copies the course and opens its first activity."""
    person = f"/{platform.manner.name}/as/{platform.teacher.user_id}"
    answer = browser.client.post(f"{person}/copies")
    course = urlsplit(answer.headers["Location"]).path
    (activity,) = platform.courses[-1].activities
    path = course.replace("/course", f"/activities/{activity.id}/launch")
    return browser.launch(platform, path)


def test_a_copy_of_a_copy_knows_both(platform: Platform) -> None:
    first = platform.copy_course()
    second = first.copy_course()
    assert second.course.history == (first.course.context_id, platform.course.context_id)
    assert [each.course.id for each in platform.courses] == [
        each.course.id for each in second.courses
    ]


def test_an_unknown_course_is_not_found(client: FlaskClient, platform: Platform) -> None:
    person = f"/{platform.manner.name}/as/{platform.teacher.user_id}"
    assert client.get(f"{person}/in/99/course").status_code == 404
    assert client.get(f"{person}/course").status_code == 200


def test_canvas_names_the_course_in_place_of_a_link_where_there_is_none(
    browser: Browser, canvas: Platform
) -> None:
    """Documented: ``resource_link.id`` falls back to the course's id outside real links."""
    claims = browser.launch(canvas, f"/canvas/as/{canvas.teacher.user_id}/navigation/launch")
    assert claims[f"{LTI}resource_link"]["id"] == claims[f"{LTI}context"]["id"]
    assert claims["https://www.instructure.com/placement"] == "course_navigation"
    assert "lineitem" not in claims[AGS_ENDPOINT]


def test_moodles_courses_have_no_menu_with_tools(client: FlaskClient, moodle: Platform) -> None:
    path = f"/moodle/as/{moodle.teacher.user_id}/navigation/launch"
    assert client.get(path).status_code == 404
