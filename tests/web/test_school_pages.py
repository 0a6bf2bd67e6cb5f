"""The administrator's page on which two schools become one."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Context, Role
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import audit_log, courses, platforms, schools
from lti_tool.persistence.courses import Course
from lti_tool.services.waive_requirement import waive_requirement
from tests.services.classroom import STANDARD, START, Classroom, enrol
from tests.web.conftest import SignIn


@pytest.fixture
def other(classroom: Classroom) -> Course:
    """The only course of another deployment, which is a school of its own."""
    with classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        for each in platforms.deployments(session):
            platforms.approve_deployment(session, platform, each.deployment_id, now=START)
        deployment = platforms.approve_deployment(session, platform, "2", now=START)
        return courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context("course-9", "电子商务客服实训（二）"),
            grades=None,
            now=START,
        )


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    person = classroom.enrol("孙工", Role.TEACHER)
    return sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "en"})


def look(client: FlaskClient, home: str, gone: object, into: object) -> TestResponse:
    return client.get(f"{home}/schools/?gone={gone}&into={into}")


def join(client: FlaskClient, home: str, gone: object, into: object) -> TestResponse:
    return client.post(f"{home}/schools/join", data={"gone": gone, "into": into})


def school_ids(classroom: Classroom) -> list[int]:
    with classroom.reading() as session:
        return [each.id for each in schools.schools(session)]


def test_two_schools_are_joined_after_a_look_and_with_a_trail(
    classroom: Classroom, client: FlaskClient, home: str, other: Course
) -> None:
    gone, into = other.school_id, classroom.course.school_id
    assert f"{home}/schools/" in client.get(f"{home}/admin/").text
    page = look(client, home, gone, into).text
    assert "would be part of" in page
    assert "<dt>Courses</dt><dd>1</dd>" in page
    assert school_ids(classroom) == [into, gone]
    answer = join(client, home, gone, into)
    assert (answer.status_code, school_ids(classroom)) == (303, [into])
    page = client.get(answer.location).text
    assert "There is one school only" in page
    with classroom.reading() as session:
        (entry,) = audit_log.entries_about(session, f"school:{into}")
    assert (entry.action, entry.actor_id is not None) == ("join_schools", True)


def test_schools_that_cannot_be_joined_say_why_and_stay_two(
    classroom: Classroom, client: FlaskClient, home: str, other: Course
) -> None:
    gone, into = other.school_id, classroom.course.school_id
    with classroom.working() as work:
        key = RequirementKey("advanced", "4.1.1")
        waive_requirement(work, STANDARD, key, reason="原文缺失", school_id=gone)
    enrol(classroom.database, other, "孙工", Role.TEACHER)
    page = look(client, home, gone, into).text
    assert "waived requirements" in page
    assert "1 LMS user has an account in both schools" in page
    assert "Join them" not in page
    answer = join(client, home, gone, into)
    assert (answer.status_code, school_ids(classroom)) == (409, [into, gone])
    assert "cannot be part of" in answer.text


def test_what_is_no_other_school_is_refused(
    classroom: Classroom, client: FlaskClient, home: str, other: Course
) -> None:
    into = classroom.course.school_id
    wrong = {"": 404, "x": 404, "999": 404, "9" * 30: 404, str(into): 409}
    assert {gone: join(client, home, gone, into).status_code for gone in wrong} == wrong
    assert school_ids(classroom) == [into, other.school_id]


def test_only_administrators_come_here(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, other: Course
) -> None:
    home = sign_in(classroom.teacher, Role.REGISTRAR)
    assert look(client, home, other.school_id, 1).status_code == 403
    assert join(client, home, other.school_id, 1).status_code == 403
