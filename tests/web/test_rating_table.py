"""The ratings as a spreadsheet, in the real application: out, looked at, saved."""

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.exchange.spreadsheets import csv_file, read_table
from lti_tool.persistence.people import Account
from lti_tool.services.rate_by_code import Cell, give_cells, show_floor
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


@pytest.fixture
def student(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨", number="01")


def table(client: FlaskClient, home: str, made: Assessment, ending: str = "csv") -> list[list[str]]:
    return read_table(client.get(f"{home}/assessments/{made.id}/table.{ending}").data)


def look(client: FlaskClient, home: str, made: Assessment, content: bytes) -> TestResponse:
    form = {"table": (BytesIO(content), "评分.csv")}
    return client.post(f"{home}/assessments/{made.id}/table", data=form)


def save(client: FlaskClient, home: str, made: Assessment, shown: str, *take: str) -> TestResponse:
    found = re.search(r'name="cells" value="([^"]*)"', shown)
    cells = unescape(found[1]) if found else ""
    form = {"cells": cells, "take": list(take)}
    page = f"{home}/assessments/{made.id}/table/save"
    return client.post(page, data=form, follow_redirects=True)


def levels(classroom: Classroom, made: Assessment) -> dict[str, int]:
    with classroom.reading() as session:
        found = show_floor(
            session,
            classroom.catalogue,
            made.id,
            course_id=classroom.course.id,
            viewer_id=classroom.teacher.id,
        )
    return {code: word.performance_level for row in found.rows for code, word in row.words.items()}


@pytest.mark.usefixtures("student")
def test_a_file_is_looked_at_then_saved(
    classroom: Classroom, client: FlaskClient, home: str
) -> None:
    made = classroom.set_up()
    rows = table(client, home, made, "xlsx")
    rows[1][2], rows[1][4] = "3", "2"
    shown = look(client, home, made, csv_file(rows))
    assert shown.status_code == 200
    assert "2 cells would change" in shown.text
    assert levels(classroom, made) == {}
    assert "Saved 2 cells." in save(client, home, made, shown.text).text
    assert levels(classroom, made) == {"2.1.1": 3, "2.1.2": 2}


def test_conflicts_and_breaches_are_saved_only_when_ticked(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up("2.1.1", "2.2.4")
    rows = table(client, home, made)
    rows[1][2:6] = ["3", "", "1", "辱骂客户"]
    with classroom.working() as work:
        given = [Cell(student.id, "2.1.1", 2)]
        give_cells(work, made, given, course_id=classroom.course.id)
    shown = look(client, home, made, csv_file(rows)).text
    assert "1 cell is in conflict" in shown
    save(client, home, made, shown)
    assert levels(classroom, made) == {"2.1.1": 2}
    save(client, home, made, shown, f"{student.id}/2.1.1", f"{student.id}/2.2.4")
    assert levels(classroom, made) == {"2.1.1": 3, "2.2.4": 1}


def test_what_was_rated_between_looking_and_saving_is_left_and_named(
    classroom: Classroom, client: FlaskClient, home: str, student: Account
) -> None:
    made = classroom.set_up()
    rows = table(client, home, made)
    rows[1][2] = "3"
    shown = look(client, home, made, csv_file(rows)).text
    other = classroom.enrol("何志强", Role.TEACHER)
    with classroom.working(other) as work:
        given = [Cell(student.id, "2.1.1", 1)]
        give_cells(work, made, given, course_id=classroom.course.id)
    answer = save(client, home, made, shown).text
    assert "陈思雨 2.1.1" in answer
    assert levels(classroom, made) == {"2.1.1": 1}


@pytest.mark.usefixtures("student")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00\x01", id="no text"),
        pytest.param("学号,2.1.1\n01,9\n".encode("gb18030"), id="a bad level"),
        pytest.param("学号,2.1.1\n01,=2+1\n".encode(), id="a formula"),
        pytest.param(b"PK\x03\x04broken", id="a damaged workbook"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_where(
    classroom: Classroom, client: FlaskClient, home: str, content: bytes
) -> None:
    made = classroom.set_up()
    answer = look(client, home, made, content)
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.text
    assert levels(classroom, made) == {}


@pytest.mark.usefixtures("student")
@pytest.mark.parametrize("cells", ["", "x", "[1]", "[[1]]", '[[1,"2.1.1","3","",null,false]]'])
def test_a_form_that_the_page_never_sent_is_refused(
    classroom: Classroom, client: FlaskClient, home: str, cells: str
) -> None:
    made = classroom.set_up()
    page = f"{home}/assessments/{made.id}/table/save"
    assert client.post(page, data={"cells": cells}).status_code == 400
