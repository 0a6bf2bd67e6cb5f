"""Schools as stored, and what belongs to one."""

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.persistence import courses, platforms, schools
from lti_tool.persistence.database import Database
from tests.persistence.course_rows import NOW, make_course, make_person


def test_a_deployment_brings_a_school_named_after_its_platform(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        assert schools.school(session, course.school_id).name == "LMS"
        assert [each.id for each in schools.schools(session)] == [course.school_id]


def test_a_school_of_a_name_is_made_once(database: Database) -> None:
    with database.transaction() as session:
        made = schools.ensure_school(session, "江南商贸职业学校")
    with database.transaction() as session:
        assert schools.ensure_school(session, "江南商贸职业学校") == made


def test_an_unknown_school_is_not_found(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFoundError):
        schools.school(session, 4711)


def test_a_deployment_joins_a_school(database: Database) -> None:
    with database.transaction() as session:
        deployment_id = make_course(session).deployment_id
        made = schools.ensure_school(session, "江南商贸职业学校")
        schools.join_school(session, deployment_id, made.id)
    with database.reading() as session:
        found = platforms.deployment_by_id(session, deployment_id)
        assert found is not None
        assert found.school_id == made.id


@pytest.mark.parametrize("brought", [False, True], ids=["nothing", "a course"])
def test_the_school_it_leaves_goes_where_nothing_is_left_there(
    database: Database, brought: bool
) -> None:
    with database.transaction() as session:
        deployment_id = make_course(session).deployment_id
        made = schools.ensure_school(session, "江南商贸职业学校").id
        if not brought:
            platform = platforms.platforms(session)[0]
            deployment_id = platforms.note_deployment(session, platform, "9", now=NOW).id
        before = {each.id for each in schools.schools(session)}
        schools.join_school(session, deployment_id, made)
    with database.reading() as session:
        left = {each.id for each in schools.schools(session)}
    assert (left == before) is brought
    assert made in left


@pytest.mark.parametrize("unknown", ["deployment", "school"])
def test_joining_what_does_not_exist_is_refused(database: Database, unknown: str) -> None:
    with database.transaction() as session:
        course = make_course(session)
    deployment_id = 4711 if unknown == "deployment" else course.deployment_id
    school_id = 4711 if unknown == "school" else course.school_id
    with pytest.raises(NotFoundError), database.transaction() as session:
        schools.join_school(session, deployment_id, school_id)
    with database.reading() as session:
        found = platforms.deployment_by_id(session, course.deployment_id)
        assert found is not None
        assert found.school_id == course.school_id


def test_a_school_has_the_courses_of_its_deployments_and_their_students(database: Database) -> None:
    with database.transaction() as session:
        here, elsewhere = make_course(session), make_course(session, deployment="2")
        student, teacher = make_person(session, here), make_person(session, here, "t")
        for course, person, role in (
            (here, student, Role.STUDENT),
            (elsewhere, student, Role.STUDENT),
            (here, teacher, Role.TEACHER),
        ):
            courses.remember_membership(
                session, course_id=course.id, person_id=person.id, role=role, now=NOW
            )
    with database.reading() as session:
        assert list(courses.courses_of_school(session, here.school_id)) == [here]
        assert courses.courses_by_student(session, here.school_id) == {student.id: [here.id]}
