"""The pages on agreement, of a course and of a school."""

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from tests.services.classroom import STANDARD, Classroom
from tests.services.second_marked import Marked, marked
from tests.web.conftest import SignIn

ENGLISH = {"language": "en"}


@pytest.fixture
def case(classroom: Classroom) -> Marked:
    return marked(classroom)


@pytest.fixture
def pages(case: Marked, client: FlaskClient, sign_in: SignIn) -> list[str]:
    """Where a teacher and a registrar read it."""
    teacher = sign_in(case.classroom.teacher, Role.TEACHER, data=ENGLISH)
    person = case.classroom.enrol("教务", Role.TEACHER)
    registrar = sign_in(person, Role.REGISTRAR, data=ENGLISH)
    return [f"{teacher}/teacher/agreement", f"{registrar}/registrar/agreement/{STANDARD}"]


def test_both_say_so_while_nothing_was_marked_twice(client: FlaskClient, pages: list[str]) -> None:
    for each in pages:
        page = client.get(each)

        assert page.status_code == 200
        assert "Nothing was marked a second time yet" in page.text


def test_both_show_shares_per_code_too_few_pairs_and_drift(
    case: Marked, client: FlaskClient, pages: list[str]
) -> None:
    case.first(3, 3, 3)
    case.second(3, 4, 4)

    for each in pages:
        text = client.get(each).text

        assert "Two raters give the same level in 33% of all pairs" in text
        assert "too few pairs" in text
        assert "+0.67" in text
        assert "−0.67" in text


def test_students_see_neither(client: FlaskClient, case: Marked, sign_in: SignIn) -> None:
    student = sign_in(case.learner, Role.STUDENT)

    for path in ("teacher/agreement", f"registrar/agreement/{STANDARD}"):
        assert client.get(f"{student}/{path}").status_code == 403
