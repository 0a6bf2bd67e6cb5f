"""Launches that must not succeed, over HTTP: each gets a page that says why, and changes nothing.

The full table of bad messages is tested beside the reader of launches; here is that people meet a
page. Not here: bad input of those who are in (``test_bad_forms``).
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from lti_tool.lti.login import begin_login
from lti_tool.lti.urls import ToolAddress
from lti_tool.sandbox import Activity

from . import people
from .classroom import Classroom
from .servers import SandboxServer, Tool
from .visitor import Form, Page, Visitor

INITIATION = r"/lti/login$"
LAUNCH = r"/lti/launch$"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"


@pytest.fixture
def activity(course: Classroom) -> Activity:
    return course.paste_link()


def initiation(course: Classroom, visitor: Visitor, activity: Activity) -> Form:
    """The form that begins a launch, caught before it is sent."""
    place = course.place(course.teacher, f"activities/{activity.id}/launch")
    return visitor.open(place, by_itself=False).form(INITIATION)


def launch(course: Classroom, visitor: Visitor, activity: Activity) -> Form:
    """The form that carries the id_token, caught before it is sent."""
    begun = initiation(course, visitor, activity)
    return visitor.submit(begun, by_itself=False).form(LAUNCH)


def is_refused(page: Page, status: int = 400) -> bool:
    """A page of ours that opens nothing."""
    return page.status == status and "/s/" not in page.url and "<h1" in page.html


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"client_id": "somebody-else"},
        {"target_link_uri": "https://elsewhere.example/lti/launch"},
        {"login_hint": ""},
    ],
    ids=["issuer", "client", "target", "no hint"],
)
def test_a_login_that_is_not_from_a_known_lms_is_refused(
    course: Classroom, teacher: Visitor, activity: Activity, changed: dict[str, str]
) -> None:
    begun = initiation(course, teacher, activity)
    assert is_refused(teacher.submit(begun, changed, by_itself=False))


def test_an_unknown_deployment_waits_and_works_once_it_is_approved(
    shared_tool: Tool, shared_server: SandboxServer, visitors: Callable[[], Visitor]
) -> None:
    canvas = Classroom(shared_server, "canvas")
    activity = canvas.paste_link()
    page = canvas.launch(visitors(), canvas.teacher, activity)
    assert is_refused(page, 403)
    assert canvas.registration.deployment_id in page.html

    listed = shared_tool.run("platform", "list")
    number = listed.partition(f"  {canvas.registration.name}  ")[0].splitlines()[-1]
    shared_tool.run("platform", "approve", number, canvas.registration.deployment_id)
    page = canvas.launch(visitors(), canvas.teacher, activity)
    assert page.status == 200
    assert page.has_form(r"/teacher/choose$")


def test_a_replayed_launch_is_refused(
    course: Classroom, teacher: Visitor, activity: Activity
) -> None:
    form = launch(course, teacher, activity)
    assert teacher.submit(form).status == 200
    assert is_refused(teacher.submit(form))


def test_a_token_slipped_into_another_login_is_refused(
    course: Classroom, visitors: Callable[[], Visitor], activity: Activity
) -> None:
    mine, theirs = visitors(), visitors()
    token = launch(course, mine, activity).value("id_token")
    other = launch(course, theirs, activity)
    assert is_refused(theirs.submit(other, {"id_token": token}))


def test_a_token_changed_on_its_way_is_refused(
    course: Classroom, teacher: Visitor, activity: Activity
) -> None:
    form = launch(course, teacher, activity)
    head, body, signature = form.value("id_token").split(".")
    changed = jwt.encode({**_claims(form), "sub": "1"}, "x" * 32).split(".")[1]
    assert changed != body
    assert is_refused(teacher.submit(form, {"id_token": f"{head}.{changed}.{signature}"}))


@pytest.mark.parametrize(
    "missing", ["sub", LTI + "deployment_id", LTI + "resource_link", LTI + "roles"]
)
def test_a_launch_that_lacks_a_claim_is_refused(
    course: Classroom, teacher: Visitor, activity: Activity, missing: str
) -> None:
    form = launch(course, teacher, activity)
    claims = {name: value for name, value in _claims(form).items() if name != missing}
    signed = course.platform.key.signed(claims)
    assert is_refused(teacher.submit(form, {"id_token": signed}))


def test_a_login_that_took_too_long_is_refused(
    shared_tool: Tool, course: Classroom, teacher: Visitor, activity: Activity
) -> None:
    fields = dict(initiation(course, teacher, activity).fields)
    with shared_tool.parts() as parts:
        onward = begin_login(
            parts.database.at_once,
            fields,
            address=ToolAddress(shared_tool.base_url),
            now=parts.clock() - timedelta(minutes=11),
            token=lambda: secrets.token_urlsafe(32),
        )
    page = teacher.open(onward.url)
    assert is_refused(page)


def test_a_login_that_the_lms_refuses_ends_on_a_page(
    shared_tool: Tool, course: Classroom, teacher: Visitor
) -> None:
    answer = Form(f"{shared_tool.base_url}/lti/launch", "post", "")
    answer.fields += [("error", "login_required"), ("state", "x")]
    teacher.open(course.place(course.teacher, "course"))
    assert is_refused(teacher.submit(answer))


def test_a_message_far_too_large_is_refused(
    course: Classroom, teacher: Visitor, activity: Activity
) -> None:
    form = launch(course, teacher, activity)
    assert is_refused(teacher.submit(form, {"more": "x" * 200_000}), 413)


def test_a_variable_that_the_lms_left_unresolved_counts_as_missing(
    course: Classroom, teacher: Visitor, student: Visitor
) -> None:
    activity = course.platform.add_activity("未解析", custom={"assessment": "$Dabiao.assessment"})
    page = course.launch(student, course.student, activity)
    assert (page.status, page.forms_to("student")) == (200, ())
    page = course.launch(teacher, course.teacher, activity)
    assert page.status == 200
    assert page.has_form(r"/teacher/choose$")


def test_a_link_that_is_not_set_up_is_a_notice_to_students_and_a_choice_to_teachers(
    course: Classroom, teacher: Visitor, student: Visitor, activity: Activity
) -> None:
    page = course.launch(student, course.student, activity)
    assert (page.status, page.forms_to("student")) == (200, ())
    page = course.launch(teacher, course.teacher, activity)
    assert page.status == 200
    people.set_up(teacher)
    page = course.launch(student, course.student, activity)
    assert page.has_form(r"/evidence/text$")


def _claims(form: Form) -> dict[str, Any]:
    token = form.value("id_token")
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
