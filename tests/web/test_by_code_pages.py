"""Rating by code as plain pages and as the script's JSON: what is shown, saved and refused."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.persistence.people import Account
from lti_tool.services.rate_by_code import Cell, give_cells
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

JSON = {"Accept": "application/json"}


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


@pytest.fixture
def student(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨", number="2024030101")


def given(classroom: Classroom, made: Assessment, cell: Cell, by: Account | None = None) -> str:
    """The id of a rating."""
    with classroom.working(by) as work:
        (outcome,) = give_cells(work, made, [cell], course_id=classroom.course.id)
    assert outcome.word is not None
    return outcome.word.id


def post(
    client: FlaskClient,
    home: str,
    made: Assessment,
    form: Mapping[str, str],
    *,
    code: str = "2.1.1",
    json: bool = False,
) -> TestResponse:
    page = f"{home}/assessments/{made.id}/cells"
    return client.post(page, data={"code": code, **form}, headers=JSON if json else {})


def test_the_grid_shows_students_levels_and_the_sheet(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up()
    word = given(classroom, made, Cell(student.id, "2.1.1", 3))
    text = client.get(f"{home}/assessments/{made.id}/by-code").text
    assert "陈思雨" in text
    assert f'value="{word}:3"' in text
    assert f'name="level-{student.id}" value="3" aria-label="Meets" checked' in text
    assert "Rating sheet" in text
    assert "Next code 2.1.2" in text
    assert "Rated 1 of 1" in text


def test_without_scripts_only_changed_rows_are_saved(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made, other = classroom.set_up(), classroom.enrol("李浩然")
    word = given(classroom, made, Cell(student.id, "2.1.1", 3))
    form = {
        f"level-{student.id}": "3",
        f"seen-{student.id}": f"{word}:3",
        f"level-{other.id}": "2",
        f"seen-{other.id}": ":0",
    }
    # A colleague changes the row that this teacher did not touch.
    colleague = classroom.enrol("何志强", Role.TEACHER)
    given(classroom, made, Cell(student.id, "2.1.1", 1, seen=word), colleague)
    answer = post(client, home, made, form)
    assert answer.status_code == 303
    text = client.get(answer.headers["Location"]).text
    assert "Rated 2 of 2" in text


def test_without_scripts_a_conflict_shows_both_words_in_its_row(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up()
    colleague = classroom.enrol("何志强", Role.TEACHER)
    word = given(classroom, made, Cell(student.id, "2.1.1", 2), colleague)
    form = {f"level-{student.id}": "4", f"seen-{student.id}": ":0"}
    answer = post(client, home, made, form)
    assert answer.status_code == 409
    assert "何志强 gave 2" in answer.text
    assert 'value="4" aria-label="Exceeds" checked' in answer.text
    again = {**form, f"seen-{student.id}": f"{word}:2"}
    assert post(client, home, made, again).status_code == 303


def test_the_script_is_told_of_each_cell(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up("2.2.4")
    answer = post(client, home, made, {f"level-{student.id}": "1"}, code="2.2.4", json=True)
    assert answer.status_code == 200
    (cell,) = answer.get_json()["cells"]
    assert (cell["state"], cell["level"]) == ("refused", 0)
    assert "needs a reason" in cell["message"]


@pytest.mark.parametrize("level", ["x", "-1", "100", "２"])
def test_a_level_that_is_none_is_refused(
    classroom: Classroom, client: FlaskClient, home: str, student: Account, level: str
) -> None:
    made = classroom.set_up()
    answer = post(client, home, made, {f"level-{student.id}": level}, json=True)
    assert answer.status_code == 400


def test_a_code_that_the_assessment_does_not_cover_is_refused(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up()
    answer = post(client, home, made, {f"level-{student.id}": "3"}, code="9.9.9")
    assert answer.status_code == 400
