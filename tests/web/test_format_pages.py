"""The page that hands out a standard for other systems: who may, and what comes."""

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.exchange.frameworks import Format, read_framework
from tests.services.classroom import Classroom, enrol
from tests.web.conftest import SignIn

STANDARD = "530050-2021-2.0"


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REGISTRAR, Role.ADMINISTRATOR])
def test_the_page_lists_every_format_with_what_it_leaves_out(
    client: FlaskClient, sign_in: SignIn, classroom: Classroom, role: Role
) -> None:
    person = enrol(classroom.database, classroom.course, "沈国华", role)
    page = client.get(f"{sign_in(person, role)}/rubrics/{STANDARD}/formats?lang=zh")
    assert page.status_code == 200
    for each in Format:
        assert f"/formats/{each.value}" in page.text
    assert "47 份现成考核" in page.text


@pytest.mark.parametrize("to", Format)
def test_each_file_comes_under_its_name(
    client: FlaskClient, sign_in: SignIn, classroom: Classroom, to: Format
) -> None:
    answer = client.get(
        f"{sign_in(classroom.teacher, Role.TEACHER)}/rubrics/{STANDARD}/formats/{to.value}"
    )
    name = f"{STANDARD}.{to}.{to.extension}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert read_framework(answer.data, name).printed == 150


def test_a_student_gets_nothing(client: FlaskClient, sign_in: SignIn, classroom: Classroom) -> None:
    student = enrol(classroom.database, classroom.course, "张子涵", Role.STUDENT)
    start = sign_in(student, Role.STUDENT)
    assert client.get(f"{start}/rubrics/{STANDARD}/formats").status_code == 403
    assert client.get(f"{start}/rubrics/{STANDARD}/formats/moodle").status_code == 403


@pytest.mark.parametrize(
    "path", [f"{STANDARD}/formats/word", "none/formats", "none/formats/moodle"]
)
def test_what_is_not_there_is_not_found(
    client: FlaskClient, sign_in: SignIn, classroom: Classroom, path: str
) -> None:
    assert (
        client.get(f"{sign_in(classroom.teacher, Role.TEACHER)}/rubrics/{path}").status_code == 404
    )
