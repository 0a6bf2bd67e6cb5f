"""Deep linking in the teacher's pages: one item or several, duplicates, cancel, refusal."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments, courses
from tests.services.classroom import STANDARD, Classroom, conditions
from tests.web.conftest import SignIn

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
Asked = Callable[..., str]


@pytest.fixture
def asked(classroom: Classroom, sign_in: SignIn) -> Asked:
    """The prefix of a session that a deep linking request began."""

    def begin(**request: object) -> str:
        told = {
            "return_url": "https://lms.example/return",
            "accept_line_item": True,
            "accept_multiple": True,
            "data": None,
            "deployment_id": classroom.course.deployment_id,
            **request,
        }
        data: dict[str, object] = {"deep_linking": told, "language": "en"}
        return sign_in(classroom.teacher, Role.TEACHER, data=data) + "/teacher"

    return begin


def claims(answer: TestResponse) -> Mapping[str, Any]:
    """The message that the page posts back."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert found
    told: dict[str, Any] = jwt.decode(found[1], options={"verify_signature": False})
    return told


def items(answer: TestResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = claims(answer)[DL + "content_items"]
    return found


def test_one_activity_for_each_task_where_the_lms_takes_several(
    client: FlaskClient, classroom: Classroom, asked: Asked
) -> None:
    home = asked()
    form = {
        "standard": STANDARD,
        "tasks": ["elementary/2.1", "elementary/2.2"],
        "codes": ["elementary/1.1.1"],
        "points": "20",
        "each": "1",
        "form_id": "a-form-id-0123456789",
    }
    assert "one activity for each task" in client.get(f"{home}/choose").text
    made = items(client.post(f"{home}/choose", data=form))
    assert len(made) == 3
    assert len({each["custom"]["assessment"] for each in made}) == 3
    assert len({each["title"] for each in made}) == 3
    assert {each["lineItem"]["resourceId"] for each in made} == {
        each["custom"]["assessment"] for each in made
    }
    assert all(isinstance(x, str) for each in made for x in each["custom"].values())
    again = items(client.post(f"{home}/choose", data=form))
    assert [each["custom"] for each in again] == [each["custom"] for each in made]
    with classroom.reading() as session:
        assert len(assessments.assessments_of(session, classroom.course.id)) == 3


def test_one_item_where_the_lms_takes_one(
    client: FlaskClient, classroom: Classroom, asked: Asked
) -> None:
    home = asked(accept_multiple=False)
    assert "one activity for each task" not in client.get(f"{home}/choose").text
    first, second = classroom.set_up(), classroom.set_up("1.1.1")
    form = {"assessment": [first.id, second.id]}
    (item,) = items(client.post(f"{home}/choose/existing", data=form))
    assert item["custom"]["assessment"] == first.id


def test_several_that_the_course_has_are_linked_without_being_set_up_again(
    client: FlaskClient, classroom: Classroom, asked: Asked
) -> None:
    due = classroom.now + timedelta(days=7)
    first, second = classroom.set_up(given=conditions(due_at=due)), classroom.set_up("1.1.1")
    form = {"assessment": [first.id, second.id, first.id]}
    one, other = items(client.post(f"{asked()}/choose/existing", data=form))
    assert [one["custom"]["assessment"], other["custom"]["assessment"]] == [first.id, second.id]
    assert one["submission"]["endDateTime"].startswith(due.date().isoformat())
    assert "submission" not in other
    with classroom.reading() as session:
        assert len(assessments.assessments_of(session, classroom.course.id)) == 2


def test_a_second_link_to_an_assessment_makes_no_second_column(
    client: FlaskClient, classroom: Classroom, asked: Asked
) -> None:
    made = classroom.set_up()
    link = classroom.link(line_item_url="https://lms.example/lineitems/1")
    form = {"assessment": made.id}
    (first,) = items(client.post(f"{asked()}/choose/existing", data=form))
    assert "lineItem" in first
    with classroom.database.transaction() as session:
        courses.point_link(session, link.id, made.id)
    (second,) = items(client.post(f"{asked()}/choose/existing", data=form))
    assert "lineItem" not in second


def test_cancelling_sends_an_empty_answer(client: FlaskClient, asked: Asked) -> None:
    told = claims(client.post(f"{asked()}/choose/cancel"))
    assert told[DL + "content_items"] == []
    assert DL + "log" in told
    assert DL + "errormsg" not in told


def test_an_lms_that_asks_for_something_else_is_told_so(client: FlaskClient, asked: Asked) -> None:
    told = claims(client.get(f"{asked(accept_links=False)}/choose"))
    assert told[DL + "content_items"] == []
    assert told[DL + "errormsg"]
    assert told[DL + "errorlog"]
