"""Looking at one group of the class, where the LMS has groups."""

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Group, Role
from lti_tool.persistence import groups
from lti_tool.persistence.people import Account
from tests.services.classroom import Classroom, open_course
from tests.web.conftest import SignIn


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


def grouped(classroom: Classroom, *members: Account) -> int:
    """Our id of a group with these students."""
    told = {"g1": [each.id for each in members]}
    with classroom.database.transaction() as session:
        groups.keep_groups(session, classroom.course.id, [Group("g1", "客服一组")], told)
        return groups.groups_of(session, classroom.course.id)[0].id


def test_queue_and_class_show_one_group(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    inside, outside = classroom.enrol("组内的学生"), classroom.enrol("组外的学生")
    made = classroom.set_up()
    for each in (inside, outside):
        classroom.rate(classroom.hand_in(each, made), made, 3, 3, 3)
    group = grouped(classroom, inside)
    queue = f"{home}/assessments/{made.id}"
    assert "组外的学生" in client.get(queue).text
    shown = client.get(f"{queue}?group={group}").text
    assert "组内的学生" in shown
    assert "组外的学生" not in shown
    assert "All 1<" in shown
    assert f"state=ready&amp;group={group}" in shown
    assert "Show the whole class to release" in shown
    assert "Release all that are complete" not in shown
    assert "1 student ×" in client.get(f"{home}/class?group={group}").text
    assert "2 students ×" in client.get(f"{home}/class?group=").text


def test_without_groups_nothing_is_asked(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    classroom.enrol("学生")
    made = classroom.set_up()
    for page in (f"assessments/{made.id}", "class"):
        assert 'name="group"' not in client.get(f"{home}/{page}").text


@pytest.mark.parametrize("group", ["other", "999", "x"])
def test_another_courses_group_shows_nothing(
    client: FlaskClient, classroom: Classroom, home: str, group: str
) -> None:
    made = classroom.set_up()
    other = open_course(classroom.database, "course-2")
    with classroom.database.transaction() as session:
        groups.keep_groups(session, other.id, [Group("g1", "别的组")], {})
        (theirs,) = groups.groups_of(session, other.id)
    asked = str(theirs.id) if group == "other" else group
    for page in (f"assessments/{made.id}", "class"):
        answer = client.get(f"{home}/{page}?group={asked}")
        assert answer.status_code == (200 if group == "x" else 404)
        assert "别的组" not in answer.text
