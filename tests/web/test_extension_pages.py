"""The page on which a teacher gives single students more time."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.persistence import extensions
from lti_tool.persistence.people import Account
from tests.services.classroom import START, Classroom, conditions
from tests.web.conftest import SignIn

DUE = START + timedelta(days=1)


@dataclass
class Office:
    """A teacher, one student and an assessment that takes no late work."""

    classroom: Classroom
    client: FlaskClient
    home: str
    student: Account
    assessment: Assessment

    @property
    def path(self) -> str:
        return f"{self.home}/teacher/assessments/{self.assessment.id}/more-time"

    def give(self, until: str = "2026-09-05T12:00", **more: object) -> TestResponse:
        return self.client.post(
            self.path, data={"student": self.student.id, "until": until, **more}
        )

    @property
    def given(self) -> list[str]:
        zone = "Asia/Shanghai"
        with self.classroom.reading() as session:
            found = extensions.extensions_to(session, self.assessment.id)
        return [f"{each.until:%m-%d %H:%M} {zone}" for each in found]


@pytest.fixture
def office(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Office:
    student = classroom.enrol("陈思雨", number="2024030101")
    made = classroom.set_up(given=conditions(due_at=DUE, accepts_late=False))
    home = sign_in(classroom.teacher, Role.TEACHER)
    return Office(classroom, client, home, student, made)


def test_a_student_gets_more_time_and_sees_it(office: Office, sign_in: SignIn) -> None:
    assert "more-time" in office.client.get(office.path.removesuffix("/more-time")).text
    assert office.give(reason="住院").status_code == 303

    page = office.client.get(office.path).text
    assert "1 名学生" in page
    assert "9 月 5 日 12:00" in page
    assert "住院" in page
    home = sign_in(office.student, Role.STUDENT)
    theirs = office.client.get(f"{home}/student/assessments/{office.assessment.id}").text
    assert "9 月 5 日 12:00" in theirs
    assert "住院" not in theirs


def test_taking_it_back_can_be_undone(office: Office) -> None:
    office.give(reason="住院")

    answer = office.client.post(f"{office.path}/{office.student.id}/remove")
    assert office.given == []
    page = office.client.get(answer.location).text
    assert 'value="2026-09-05T12:00"' in page
    assert 'value="住院"' in page
    assert re.search(rf'value="{office.student.id}" selected', page)
    assert office.client.post(f"{office.path}/{office.student.id}/remove").status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"until": ""}, "必填"),
        ({"until": "morgen"}, "日期"),
        ({"until": "2026-09-01T12:00"}, "晚于"),
        ({"student": ""}, "选择学生"),
        ({"student": "x"}, "整数"),
        ({"reason": "长" * 501}, "字"),
    ],
)
def test_a_form_that_says_nothing_usable_is_refused_with_what_was_typed(
    office: Office, form: dict[str, str], said: str
) -> None:
    answer = office.client.post(
        office.path,
        data={"student": office.student.id, "until": "2026-09-05T12:00", "reason": "住院", **form},
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert office.given == []
    if "reason" not in form:
        assert 'value="住院"' in answer.text


def test_a_stranger_is_given_no_time(office: Office) -> None:
    assert office.give(student=9999).status_code == 404
    assert office.given == []


def test_without_a_due_time_there_is_nothing_to_give(office: Office) -> None:
    office.assessment = office.classroom.set_up()

    assert "没有截止时间" in office.client.get(office.path).text
    assert office.give().status_code == 422
