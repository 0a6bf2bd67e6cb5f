"""The rubric's pages: who may write, the draft, publishing, going back, spreadsheets."""

import csv
import io
import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence import rubric_versions
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn

CRITERION = "/criteria/elementary/2.1.1"
CELLS = {
    "weight": "2",
    "method": "phone_role_play",
    "1.zh": "客户要求重说两次以上。",
    "1.en": "The customer asks twice or more.",
    "2.zh": "有一段听不清。",
    "2.en": "",
    "3.zh": "全程听得清，客户没有要求重说。",
    "3.en": "",
    "4.zh": "客户着急时先放慢。",
    "4.en": "",
    "evidence.zh": "录音一段",
    "evidence.en": "",
}


@dataclass
class Desk:
    """Somebody at the rubric's pages."""

    client: FlaskClient
    home: str

    def get(self, page: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/rubrics/{STANDARD}{page}")

    def post(self, page: str, **form: object) -> TestResponse:
        return self.send(page, form)

    def send(self, page: str, form: dict[str, object]) -> TestResponse:
        sent = {"revision": self.revision, **form}
        return self.client.post(f"{self.home}/rubrics/{STANDARD}{page}", data=sent)

    def upload(self, content: bytes, name: str = "rubric.csv") -> TestResponse:
        return self.send("/import", {"table": (io.BytesIO(content), name)})

    @property
    def revision(self) -> str:
        found = re.search(r'name="revision" value="([0-9]+)"', self.get().text)
        return found[1] if found else "0"

    def publish(self, note: str = "改了 2.1.1") -> TestResponse:
        return self.post("/publish", note=note)

    def table(self, kind: str = "csv") -> bytes:
        return self.get(f"/rubric.{kind}").get_data()


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    data: dict[str, object] = {"language": "en"}
    return Desk(client, sign_in(classroom.teacher, Role.REGISTRAR, data=data, course=False))


def versions(classroom: Classroom) -> list[tuple[int, str]]:
    with classroom.reading() as session:
        found = rubric_versions.versions_of(session, classroom.course.school_id, STANDARD)
    return [(each.number, each.note) for each in found]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def as_csv(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def cell(rows: list[list[str]], row: str, column: str) -> tuple[int, int]:
    return next(n for n, each in enumerate(rows) if each[0] == row), rows[0].index(column)


def test_students_do_not_open_the_rubrics_pages(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    student = Desk(client, sign_in(classroom.enrol("陈思雨"), Role.STUDENT))
    for page in ("", CRITERION, "/scale", "/changes", "/versions/0", "/rubric.csv"):
        assert student.get(page).status_code == 403, page


def test_teachers_read_and_export_but_do_not_write(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, desk: Desk
) -> None:
    desk.send(CRITERION, dict(CELLS))
    teacher = Desk(client, sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}))
    assert "客户要求重说两次以上" not in teacher.get(CRITERION).text
    assert teacher.get("/versions/0").status_code == 200
    rows = rows_of(teacher.table())
    assert len(rows) == 4 + 95 + 1
    assert "A draft is being written" not in teacher.get().text
    for page in ("/scale", "/changes"):
        assert teacher.get(page).status_code == 403
    for page in (CRITERION, "/scale", "/publish", "/discard", "/import", "/versions/0"):
        assert teacher.post(page, note="x").status_code == 403, page


def test_a_change_waits_in_the_draft_until_it_is_published(
    classroom: Classroom, desk: Desk
) -> None:
    assert desk.send(CRITERION, dict(CELLS)).status_code == 303
    assert versions(classroom) == []
    page = desk.get("/changes").text
    assert "<ins>客户要求重说两次以上。</ins>" in page
    assert "<del>1</del>" in page
    assert desk.publish("").status_code == 422
    assert desk.publish().status_code == 303
    assert versions(classroom) == [(1, "改了 2.1.1")]
    assert "Version 1" in desk.get().text
    assert desk.post("/publish", note="again").status_code == 409


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"weight": "0"}, "a whole number from 1 to 100"),
        ({"method": "essay"}, "must be one of: Role-play in chat"),
        ({"2.zh": ""}, "the Chinese is missing"),
        ({"3.zh": CELLS["2.zh"]}, "reads the same as a lower level"),
        ({"1.zh": "长" * 601}, "too long: 601 characters"),
        ({"evidence.zh": "", "evidence.en": "A recording"}, "the Chinese is missing"),
    ],
    ids=["weight", "method", "no Chinese", "twice", "long", "evidence"],
)
def test_a_fault_is_said_beside_its_field(desk: Desk, typed: dict[str, str], sentence: str) -> None:
    answer = desk.send(CRITERION, {**CELLS, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert CELLS["4.zh"] in answer.text
    assert "A draft is being written" not in desk.get().text


def test_a_red_line_keeps_the_words_of_two_levels(desk: Desk) -> None:
    desk.send(CRITERION, {**CELLS, "red_line": "1"})
    page = desk.get(CRITERION).text
    assert 'name="2.zh"' not in page
    assert CELLS["3.zh"] in page


def test_the_cut_moves_and_names_change(desk: Desk) -> None:
    rows = desk.get("/scale").text
    typed = dict(re.findall(r'<input class="input"[^>]* name="([^"]+)" value="([^"]*)"', rows))
    typed = {name: value for name, value in typed.items() if name[0].isdigit()}
    wrong = desk.send("/scale", {**typed, "cut": "3", "3.percent": "40"})
    assert wrong.status_code == 422
    assert "percents must rise" in wrong.text
    assert desk.send("/scale", {**typed, "cut": "2", "1.name.zh": "待提高"}).status_code == 303
    changed = desk.get("/changes").text
    assert "<ins>待提高</ins>" in changed
    # The words of the one red line move with the cut.
    assert changed.count("2.2.4") == 4


def test_a_draft_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    desk.send(CRITERION, dict(CELLS))
    stale = desk.send(CRITERION, {**CELLS, "weight": "9", "revision": "0"})
    assert stale.status_code == 409
    assert 'value="9"' in stale.text
    assert desk.post("/discard", revision="7").status_code == 409
    assert desk.post("/discard").status_code == 303
    assert "A draft is being written" not in desk.get().text


def test_going_back_makes_a_new_version(classroom: Classroom, desk: Desk) -> None:
    desk.send(CRITERION, dict(CELLS))
    desk.publish("一")
    assert "<del>客户要求重说两次以上。</del>" in desk.get("/versions/0").text
    assert desk.post("/versions/0", note="回到随附", seen="0").status_code == 409
    assert desk.post("/versions/0", note="", seen="1").status_code == 422
    assert desk.post("/versions/0", note="回到随附", seen="1").status_code == 303
    assert versions(classroom) == [(2, "回到随附"), (1, "一")]
    assert "No differences" in desk.get("/versions/0").text
    assert desk.get("/versions/3").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_taken_out_and_back_changes_nothing(desk: Desk, kind: str) -> None:
    assert desk.upload(desk.table(kind), f"rubric.{kind}").status_code == 303
    assert "No differences" in desk.get("/changes").text


def test_a_table_is_read_into_the_draft(desk: Desk) -> None:
    rows = rows_of(desk.table())
    row, column = cell(rows, "elementary/2.1.1", "weight")
    rows[row][column] = "5"
    row, column = cell(rows, "level percent", "level 2 (Chinese)")
    rows[row][column] = "60%"
    assert desk.upload(as_csv(rows)).status_code == 303
    page = desk.get("/changes").text
    assert "<ins>5</ins>" in page
    assert "<ins>60</ins>" in page


def test_every_problem_is_listed_by_cell_and_nothing_is_saved(desk: Desk) -> None:
    rows = rows_of(desk.table())
    for row, column, words in (
        ("elementary/2.1.1", "weight", "many"),
        ("elementary/2.1.2", "red line", "perhaps"),
        ("elementary/2.1.3", "level 2 (Chinese)", ""),
        ("cut", "level 3 (Chinese)", ""),
    ):
        at, place = cell(rows, row, column)
        rows[at][place] = words
    at, _ = cell(rows, "elementary/2.1.1", "code")
    rows.append(["elementary/9.9.9"])
    answer = desk.upload(as_csv(rows))
    assert answer.status_code == 422
    assert "4 cells cannot be taken" in answer.text
    assert f'<th scope="row">D{at + 1}</th>' in answer.text
    assert "A draft is being written" not in desk.get().text


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 no archive", b"\x00\x01\x02", b"a,b\n1,2\n"],
    ids=["empty", "damaged", "binary", "no code column"],
)
def test_a_file_that_is_no_rubric_is_refused(desk: Desk, content: bytes) -> None:
    assert desk.upload(content).status_code == 422


def test_the_first_page_is_that_of_the_newest_standard(desk: Desk) -> None:
    answer = desk.client.get(f"{desk.home}/rubrics/")
    assert answer.headers["Location"].endswith(f"/rubrics/{STANDARD}")


def test_a_teacher_moves_an_unrated_assessment_to_the_newest_rubric(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, desk: Desk
) -> None:
    made = classroom.set_up()
    desk.send(CRITERION, dict(CELLS))
    desk.publish()
    teacher = sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"
    page = f"{teacher}/assessments/{made.id}/conditions"
    assert "rated with the shipped rubric; in force at your school is version 1" in (
        client.get(page).text
    )
    assert client.post(f"{teacher}/assessments/{made.id}/rubric").status_code == 303
    assert "in force at your school is" not in client.get(page).text
    classroom.finish(classroom.enrol("陈思雨"), made)
    assert client.post(f"{teacher}/assessments/{made.id}/rubric").status_code == 409
