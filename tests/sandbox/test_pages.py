"""The sandbox's own pages: who sees what, in two languages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.sandbox import LineItem, Platform, SandboxSettings, registrations, students
from tests.sandbox.calls import GradeService
from tests.sandbox.conftest import Clock


def get(client: FlaskClient, platform: Platform, user_id: str, page: str) -> TestResponse:
    return client.get(f"/{platform.manner.name}/as/{user_id}/{page}")


def test_the_front_page_offers_both_manners_and_everybody(
    client: FlaskClient, moodle: Platform, canvas: Platform
) -> None:
    page = client.get("/").text

    for platform in (moodle, canvas):
        for person in platform.people:
            assert f"/{platform.manner.name}/as/{person.user_id}/" in page
    assert "沙盒" in page


@pytest.mark.parametrize(
    ("query", "header", "lang"),
    [
        ("", "zh-CN,zh;q=0.9", "zh-CN"),
        ("", "en-GB,en;q=0.9", "en"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("", "fr", "zh-CN"),
        ("?lang=fr", "en", "en"),
    ],
)
def test_the_language_comes_from_the_address_then_the_browser(
    client: FlaskClient, query: str, header: str, lang: str
) -> None:
    page = client.get(f"/{query}", headers={"Accept-Language": header}).text

    assert f'<html lang="{lang}">' in page


def test_the_teacher_adds_a_link_by_pasting_the_launch_url(
    client: FlaskClient, platform: Platform
) -> None:
    user_id, launch_url = platform.teacher.user_id, platform.addresses.tool_launch
    path = f"/{platform.manner.name}/as/{user_id}/activities"

    added = client.post(path, data={"title": "实操一", "url": launch_url})

    assert added.status_code == 303
    (activity,) = platform.activities
    assert (activity.title, activity.custom, activity.published) == ("实操一", {}, True)
    assert "实操一" in get(client, platform, user_id, "course").text


def test_a_link_to_somewhere_else_is_refused(client: FlaskClient, moodle: Platform) -> None:
    refused = client.post(
        "/moodle/as/3/activities", data={"url": "https://evil.example/lti/launch"}
    )

    assert refused.status_code == 400
    assert moodle.activities == ()


@pytest.mark.parametrize("page", ["activities", "activities/1/copy", "activities/1/publish"])
def test_a_student_changes_nothing_in_the_course(
    client: FlaskClient, platform: Platform, page: str
) -> None:
    platform.add_activity("A")
    path = f"/{platform.manner.name}/as/{platform.students[0].user_id}/{page}"

    assert client.post(path).status_code == 403
    assert len(platform.activities) == 1


def test_a_student_does_not_see_what_is_not_published(
    client: FlaskClient, canvas: Platform
) -> None:
    activity = canvas.add_activity("尚未发布", published=False)
    student, teacher = canvas.students[0].user_id, canvas.teacher.user_id

    assert "尚未发布" not in get(client, canvas, student, "course").text
    page = f"activities/{activity.id}"
    assert get(client, canvas, student, page).status_code == 404
    assert "尚未发布" in get(client, canvas, teacher, "course").text

    client.post(f"/canvas/as/{teacher}/activities/{activity.id}/publish")
    assert "尚未发布" in get(client, canvas, student, "course").text


def test_the_tool_opens_in_a_frame_and_in_a_new_window(
    client: FlaskClient, platform: Platform
) -> None:
    activity = platform.add_activity("A")
    user_id = platform.students[0].user_id

    page = get(client, platform, user_id, f"activities/{activity.id}").text

    launch = f"/{platform.manner.name}/as/{user_id}/activities/{activity.id}/launch"
    assert f'src="{launch}?lang=zh"' in page
    assert f"{launch}?target=window" in page


def test_the_gradebook_shows_the_teacher_all_and_a_student_the_own(
    client: FlaskClient, platform: Platform, clock: Clock
) -> None:
    service = GradeService(client, platform)
    item = platform.add_line_item(LineItem(0, "初级达成", 1, tag="attainment"))
    first, second = platform.students[:2]
    service.score(item, userId=first.user_id, comment="46/49 <已掌握>", scoreGiven=0)
    service.score(item, userId=second.user_id, scoreGiven=100)

    staff = get(client, platform, platform.teacher.user_id, "gradebook").text
    own = get(client, platform, first.user_id, "gradebook").text

    assert "初级达成" in staff
    assert "46/49 &lt;已掌握&gt;" in staff
    assert "<b>1</b> / 1" in staff
    assert "2026-11-23 00:30" not in own
    assert "46/49" in own
    assert second.shown_name not in own


def test_only_the_registrar_reaches_the_institution_page(
    client: FlaskClient, platform: Platform
) -> None:
    assert get(client, platform, platform.registrar.user_id, "institution").status_code == 200
    assert get(client, platform, platform.teacher.user_id, "institution").status_code == 403


def test_nobody_has_an_unknown_number(client: FlaskClient, platform: Platform) -> None:
    page = get(client, platform, "99999", "course")

    assert page.status_code == 404
    assert "没有这个页面" in page.text


def test_the_sandbox_is_healthy(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_titles_from_the_tool_are_escaped(client: FlaskClient, moodle: Platform) -> None:
    moodle.add_activity("<script>alert(1)</script>")

    assert "<script>alert" not in get(client, moodle, "3", "course").text


def test_a_class_has_the_same_students_at_both_platforms_under_other_ids() -> None:
    moodle, canvas = students(40), students(40, platform="canvas")

    assert [s.student_number for s in moodle] == [s.student_number for s in canvas]
    assert len({s.user_id for s in moodle + canvas}) == 80
    assert len({s.shown_name for s in moodle}) == 40
    assert all(s.user_id.isdigit() for s in moodle)


def test_registrations_say_where_the_sandbox_answers(app: Flask, moodle: Platform) -> None:
    settings = SandboxSettings("http://localhost:8081", "http://127.0.0.1:8080")

    first, second = registrations(settings)

    assert first.issuer == "http://localhost:8081/moodle"
    assert second.issuer == "http://localhost:8081/canvas"
    assert (first.client_id, second.client_id) == ("sandbox-moodle", "sandbox-canvas")
    assert first.auth_token_url == moodle.addresses.token
    assert first.frame_origin == "http://localhost:8081"
    assert first.deployment_id == "1"
