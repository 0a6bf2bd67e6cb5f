"""The class map as a file, and the class by work area."""

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.exchange.spreadsheets import read_table
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_map_is_taken_out_as_it_is_filtered(
    classroom: Classroom, client: FlaskClient, home: str, ending: str
) -> None:
    made, student = classroom.set_up(), classroom.enrol("陈思雨", number="01")
    classroom.enrol("李浩然", number="02")
    classroom.finish(student, made, 3, 2, 4)
    answer = client.get(f"{home}/class.{ending}?level=elementary&area=2")
    rows = read_table(answer.data)
    assert rows[0][:4] == ["Student number", "Student", "Missing", "Elementary 2.1.1"]
    assert len(rows[0]) == 3 + 17
    assert rows[2][:4] == ["01", "陈思雨", "17", "Insufficient evidence 3 (1)"]
    assert rows[3][1:4] == ["李浩然", "17", ""]
    assert "not an X certificate" in rows[-1][1]


def test_the_page_shows_each_work_area_with_its_figures(
    classroom: Classroom, client: FlaskClient, home: str
) -> None:
    student = classroom.enrol("陈思雨")
    for _ in range(2):
        classroom.finish(student, classroom.set_up(), 3, 3, 3)
    page = client.get(f"{home}/class?level=elementary").text
    assert '<svg class="radar"' in page
    assert "3 / 17 (18%)" in page
    assert "/teacher/class.csv?level=elementary" in page
