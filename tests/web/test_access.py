"""Who may see what: sessions, roles, headers, and that every route is guarded."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.web.access import GUARD
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

OPEN = {
    "case.documents",
    "case.one",
    "launch.login",
    "keeper.keep",
    "launch.launch",
    "launch.launch_by_hand",
    "launch.jwks",
    "launch.enter",
    "mail.ask",
    "mail.decide",
    "monitoring.healthz",
    "monitoring.readyz",
    "monitoring.metrics",
    "static",
    "notices.take",
    "registration.canvas",
    "registration.confirm",
    "registration.start",
    "verify.ask",
    "verify.issuer",
    "verify.key",
    "verify.keys",
    "verify.paper",
    "verify.status",
}


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    unguarded = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], GUARD)
    }
    assert unguarded == set()


def test_only_the_front_doors_are_open_to_all(app: Flask) -> None:
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], GUARD, ())
    }
    assert open_to_all == OPEN


def test_an_unknown_session_is_told_to_open_the_activity_again(client: FlaskClient) -> None:
    answer = client.get("/s/no-such-token/student/progress")
    assert answer.status_code == 401
    assert "课程页面" in answer.text


def test_a_session_ends_after_its_time(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER)
    assert client.get(f"{home}/teacher/").status_code == 200
    classroom.now += timedelta(hours=9)
    assert client.get(f"{home}/teacher/").status_code == 401


@pytest.mark.parametrize("page", ["teacher/", "registrar/", "admin/"])
def test_a_student_sees_no_page_of_others(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn, page: str
) -> None:
    home = sign_in(classroom.enrol("学生"), Role.STUDENT)
    assert client.get(f"{home}/{page}").status_code == 403


def test_a_page_may_be_framed_by_registered_platforms_only(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER)
    policy = client.get(f"{home}/teacher/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self' https://lms.example" in policy
    assert "unsafe" not in policy


def test_a_page_is_not_kept_and_does_not_leak_its_address(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    headers = client.get(f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher/").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"]
    assert "Set-Cookie" not in headers


def test_a_post_without_the_forms_token_changes_nothing(
    app: Flask, classroom: Classroom, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    home = sign_in(classroom.teacher, Role.TEACHER)
    answer = app.test_client().post(f"{home}/preferences/language", data={"language": "en"})
    assert answer.status_code == 401


def test_the_language_chosen_stays_for_the_session(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER)
    assert 'lang="zh' in client.get(f"{home}/teacher/").text
    form = {"language": "en", "from": f"{home}/teacher/"}
    answer = client.post(f"{home}/preferences/language", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{home}/teacher/"
    assert 'lang="en' in client.get(f"{home}/teacher/").text


def test_the_language_form_leads_nowhere_else(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER)
    form = {"language": "en", "from": "https://evil.example/"}
    location = client.post(f"{home}/preferences/language", data=form).headers["Location"]
    assert location.startswith(home)


def test_a_failure_of_ours_is_a_page_without_a_stack_trace(
    app: Flask, classroom: Classroom, sign_in: SignIn
) -> None:
    def broken() -> str:
        raise RuntimeError("secret detail")

    app.view_functions["teacher.home"] = broken
    answer = app.test_client().get(f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_service_says_that_it_is_well(client: FlaskClient, path: str) -> None:
    assert client.get(path).json == {"status": "ok"}
