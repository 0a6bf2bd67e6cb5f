"""The comment bank's page, as plain forms and as the rating page's script uses it."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


@pytest.fixture
def made(classroom: Classroom) -> Assessment:
    return classroom.set_up()


def keep(
    client: FlaskClient, home: str, made: Assessment, text: str, *, json: bool = False
) -> TestResponse:
    page = f"{home}/assessments/{made.id}/comments"
    headers = {"Accept": "application/json"} if json else {}
    return client.post(page, data={"code": "2.1.1", "text": text}, headers=headers)


def test_a_comment_is_kept_changed_removed_and_brought_back(
    client: FlaskClient, home: str, made: Assessment
) -> None:
    bank = f"{home}/assessments/{made.id}/comments"
    kept = keep(client, home, made, "先安抚，再处理。", json=True).get_json()["id"]
    assert "先安抚，再处理。" in client.get(bank).text
    form = {"code": "2.1.1", "text": "先安抚，后处理。", "shared": "1"}
    assert client.post(f"{bank}/{kept}", data=form).status_code == 303
    page = client.post(f"{bank}/{kept}/remove", data={}, follow_redirects=True).text
    assert "先安抚，后处理。" not in page
    assert f"/comments/{kept}/restore" in page
    client.post(f"{bank}/{kept}/restore", data={})
    assert "先安抚，后处理。" in client.get(bank).text


def test_a_refused_comment_comes_back_with_its_reason(
    client: FlaskClient, home: str, made: Assessment
) -> None:
    long = "长" * 1001
    answer = keep(client, home, made, long)
    assert answer.status_code == 422
    assert long in answer.text
    assert "At most 1000 characters." in answer.text
    told = keep(client, home, made, " ", json=True)
    assert (told.status_code, told.get_json()["error"]) == (422, "Write the comment first.")


def test_markup_in_a_comment_is_shown_as_written(
    client: FlaskClient, home: str, made: Assessment
) -> None:
    keep(client, home, made, '"><script>alert(1)</script>')
    page = client.get(f"{home}/assessments/{made.id}/comments").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_rating_page_offers_the_bank(
    classroom: Classroom, client: FlaskClient, home: str, made: Assessment
) -> None:
    keep(client, home, made, "先安抚，再处理。")
    work = classroom.hand_in(classroom.enrol("陈思雨"), made)
    page = client.get(f"{home}/work/{work.id}").text
    assert 'data-text="先安抚，再处理。"' in page


def test_the_bank_of_another_course_is_not_found(
    classroom: Classroom, client: FlaskClient, made: Assessment, sign_in: SignIn
) -> None:
    other = sign_in(classroom.teacher, Role.TEACHER, course=False) + "/teacher"
    assert keep(client, other, made, "评语").status_code == 404
