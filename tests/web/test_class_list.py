"""The class list on the teacher's pages: who has not opened the tool, who left, reading it anew."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import courses, rosters
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

URL = "https://lms.example/memberships"


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


def listed(classroom: Classroom, problem: str = "") -> None:
    course_id, now = classroom.course.id, classroom.now
    with classroom.database.transaction() as session:
        rosters.note_roster(session, course_id=course_id, url=URL, now=now)
        if problem:
            rosters.mark_failed(session, course_id, problem=problem, again_at=None)
        else:
            rosters.mark_refreshed(session, course_id, now=now)


def leave(classroom: Classroom) -> None:
    """Everybody known so far leaves."""
    with classroom.database.transaction() as session:
        late = classroom.now + timedelta(days=1)
        courses.mark_left(session, classroom.course.id, but=(), unseen_since=late, now=late)


def test_who_left_is_shown_apart_with_their_work_and_in_no_count(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    gone = classroom.enrol("离开的学生")
    assessment = classroom.set_up()
    work = classroom.finish(gone, assessment)
    leave(classroom)
    classroom.enrol("在读的学生")
    queue = client.get(f"{home}/assessments/{assessment.id}").text
    assert "1 student has left the course" in queue
    assert f"/teacher/work/{work.id}" in queue
    assert "All 1<" in queue
    shown = client.get(f"{home}/class").text
    assert "1 student has left the course" in shown
    assert "1 student ×" in shown
    assert client.get(f"{home}/work/{work.id}").status_code == 200


@pytest.mark.parametrize("page", ["queue", "class"])
def test_the_list_is_read_anew_at_the_press_of_a_button(
    client: FlaskClient, classroom: Classroom, home: str, page: str
) -> None:
    assessment = classroom.set_up()
    listed(classroom)
    form = {"assessment": assessment.id} if page == "queue" else {}
    answer = client.post(f"{home}/class-list/refresh", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "is being read from the LMS" in answer.text
    with classroom.reading() as session:
        found = rosters.roster_of(session, classroom.course.id)
    assert found is not None
    assert found.due_at is not None


def test_a_list_that_cannot_be_read_says_who_can_mend_it(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    listed(classroom, "token_refused")
    assert "The administrator turns on names and roles" in client.get(f"{home}/class").text


def test_without_a_list_there_is_no_button(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    assert "class-list/refresh" not in client.get(f"{home}/class").text
    assert client.post(f"{home}/class-list/refresh").status_code == 404
