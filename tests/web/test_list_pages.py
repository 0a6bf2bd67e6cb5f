"""The registrar's pages of lists and saved views, in the real application."""

import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.exchange.spreadsheets import csv_file, xlsx_file
from tests.services.attaining import rate_once_more
from tests.services.classroom import Classroom, enrol
from tests.web.conftest import SignIn

HEAD = ["学号", "姓名", "学期", "班级"]
FIRST = ["2024030107", "黄嘉怡", "2026-2027-1", "电商2401"]
SECOND = ["2024030108", "马腾飞", "2026-2027-1", "电商2402"]


@dataclass
class Registrar:
    """A registrar at work, with two rated learners in the school."""

    client: FlaskClient
    home: str

    def bring(self, *rows: list[str], term: str = "") -> TestResponse:
        return self.upload(csv_file([HEAD, *rows]), term=term)

    def upload(self, content: bytes, name: str = "名单.csv", *, term: str = "") -> TestResponse:
        form = {"list": (BytesIO(content), name), "term": term}
        address = f"{self.home}/registrar/lists"
        return self.client.post(address, data=form, content_type="multipart/form-data")

    def keep(self, answer: TestResponse, **form: str) -> TestResponse:
        """Keep the list whose draft the answer leads to."""
        assert answer.status_code == 303
        page = self.client.get(answer.location)
        seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
        assert seen
        return self.client.post(f"{answer.location}/keep", data={"seen": seen[1], **form})

    def get(self, path: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/registrar/{path}")


@pytest.fixture
def registrar(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Registrar:
    for number, name, *_ in (FIRST, SECOND):
        rate_once_more(classroom, classroom.enrol(name, number=number), {"2.1.1": 3})
    person = enrol(classroom.database, classroom.course, "李慧", Role.TEACHER)
    return Registrar(client, sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"}))


def listed(page: TestResponse) -> list[str]:
    """The numbers of the learners in the list of outcomes."""
    assert page.status_code == 200
    return re.findall(r"<span class=\"xs mute nowrap\">(\d+)</span>", page.text)


@pytest.mark.parametrize("kind", ["csv", "gb18030", "xlsx"])
def test_a_list_is_looked_at_kept_and_narrows_the_outcomes(registrar: Registrar, kind: str) -> None:
    rows = [HEAD, FIRST, SECOND]
    contents = {
        "csv": csv_file(rows),
        "gb18030": "\n".join(map(",".join, rows)).encode("gb18030"),
        "xlsx": xlsx_file(rows, "名单"),
    }
    brought = registrar.upload(contents[kind], f"名单.{kind}")
    draft = registrar.client.get(brought.location)
    assert "2 students, not kept yet" in draft.text
    assert registrar.keep(brought).status_code == 303
    assert listed(registrar.get("?class=电商2402")) == ["2024030108"]
    assert listed(registrar.get("?term=2026-2027-1")) == ["2024030107", "2024030108"]
    assert "Nothing matches this filter" in registrar.get("?term=2025-2026-2").text
    assert "电商2401" in registrar.get().text


def test_an_id_number_is_refused_with_its_row_and_nothing_is_saved(registrar: Registrar) -> None:
    answer = registrar.bring(FIRST, [*SECOND[:3], "11010519491231002X"])
    assert answer.status_code == 422
    assert "1 cell cannot be taken" in answer.text
    assert "D3" in answer.text
    assert "this is an ID number" in answer.text
    assert "11010519491231002" not in answer.text
    assert "No list yet" in registrar.get("lists").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no file was chosen"),
        (b"\x00\x01", "neither CSV nor XLSX"),
        (b"PK\x03\x04 broken", "damaged"),
        ("学号\n1\n".encode(), "nothing stands here"),
        ("姓名,学期\n黄,1\n".encode(), "no column “student number”"),
    ],
    ids=["nothing", "no table", "broken workbook", "no term", "no numbers"],
)
def test_a_list_that_cannot_be_read_says_why(
    registrar: Registrar, content: bytes, words: str
) -> None:
    answer = registrar.upload(content)
    assert answer.status_code == 422
    assert words in answer.text


def test_conflicts_are_shown_by_row_and_a_row_can_be_left_out(registrar: Registrar) -> None:
    registrar.keep(registrar.bring(FIRST, SECOND))
    brought = registrar.bring([*FIRST[:3], "物流2401"], [*SECOND[:3], "物流2401"])
    page = registrar.client.get(brought.location)
    assert "2 rows contradict what is known." in page.text
    assert "电商2402" in page.text
    assert registrar.keep(brought, leave="3").status_code == 303
    assert listed(registrar.get("?class=物流2401")) == ["2024030107"]
    assert listed(registrar.get("?class=电商2402")) == ["2024030108"]


def test_a_kept_list_is_taken_back(registrar: Registrar) -> None:
    registrar.keep(registrar.bring(FIRST))
    undo = re.search(r'action="([^"]+/undo)"', registrar.get("lists").text)
    assert undo
    assert registrar.client.post(undo[1]).status_code == 303
    assert "Undone" in registrar.get("lists").text
    assert registrar.client.post(undo[1]).status_code == 409
    assert "Nothing matches" in registrar.get("?class=电商2401").text


def test_a_draft_is_dropped_without_a_trace(registrar: Registrar) -> None:
    brought = registrar.bring(FIRST)
    assert registrar.client.post(f"{brought.location}/discard").status_code == 303
    assert registrar.client.get(brought.location).status_code == 404


def test_a_column_that_is_not_known_is_named(registrar: Registrar) -> None:
    brought = registrar.upload("学号,学期,宿舍\n1,2026,5-301\n".encode())
    assert "Columns that were not read: 宿舍" in registrar.client.get(brought.location).text


def test_the_sample_can_be_brought_as_it_is(registrar: Registrar) -> None:
    sample = registrar.get("lists/sample.csv")
    assert registrar.upload(sample.data).status_code == 303


def test_a_view_is_saved_opened_and_removed_by_its_owner_alone(
    registrar: Registrar, classroom: Classroom, sign_in: SignIn
) -> None:
    registrar.keep(registrar.bring(FIRST, SECOND))
    form = {"class": "电商2401", "state": "not_met", "view_name": "我班未达成"}
    saved = registrar.client.post(f"{registrar.home}/registrar/views", data=form)
    page = registrar.client.get(saved.location)
    assert listed(page) == ["2024030107"]
    assert 'aria-current="true">我班未达成' in page.text
    remove = re.search(r'action="([^"]+/views/\d+/remove)"', page.text)
    assert remove
    person = enrol(classroom.database, classroom.course, "王芳", Role.TEACHER)
    other = sign_in(person, Role.REGISTRAR, course=False)
    token = registrar.home.rpartition("/")[2]
    registrar.client.post(remove[1].replace(token, other.rpartition("/")[2]))
    assert "我班未达成" in registrar.get().text
    assert "我班未达成" not in registrar.client.get(f"{other}/registrar/").text
    registrar.client.post(remove[1])
    assert "我班未达成" not in registrar.get().text


def test_a_view_without_a_name_is_not_saved(registrar: Registrar) -> None:
    form = {"state": "not_met", "view_name": " "}
    answer = registrar.client.post(f"{registrar.home}/registrar/views", data=form)
    assert "This must be filled in." in registrar.client.get(answer.location).text


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.ADMINISTRATOR])
def test_other_roles_bring_no_lists(
    registrar: Registrar, classroom: Classroom, sign_in: SignIn, role: Role
) -> None:
    registrar.home = sign_in(classroom.teacher, role)
    assert registrar.get("lists").status_code == 403
    assert registrar.bring(FIRST).status_code == 403
