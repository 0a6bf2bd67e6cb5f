"""Courses, members and links as stored."""

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Context, GradeService, ResourceLink, Role
from lti_tool.persistence import courses
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database, Session
from tests.persistence.course_rows import (
    MINUTE,
    NOW,
    make_assessment,
    make_course,
    make_person,
)

URL = "https://lms.example/lineitems/7"
LINK = ResourceLink("link-1", "有效沟通")


def seen_again(
    session: Session, course: Course, context: Context, grades: GradeService | None
) -> Course:
    return courses.remember_course(
        session,
        school_id=course.school_id,
        platform_id=course.platform_id,
        deployment_id=course.deployment_id,
        context=context,
        grades=grades,
        now=NOW + MINUTE,
    )


def test_the_same_context_id_in_two_deployments_is_two_courses(database: Database) -> None:
    with database.transaction() as session:
        one = make_course(session)
        two = make_course(session, deployment="2")
        three = make_course(session, client_id="another")
    assert one.context_id == two.context_id == three.context_id
    assert len({one.id, two.id, three.id}) == 3
    assert len({one.school_id, two.school_id, three.school_id}) == 3


def test_a_launch_without_grade_claim_and_title_leaves_what_is_known(database: Database) -> None:
    with database.transaction() as session:
        made = make_course(session)
        assert seen_again(session, made, Context("course-1", "", ""), None) == made


def test_a_launch_tells_the_new_place_and_rights_of_the_gradebook(database: Database) -> None:
    with database.transaction() as session:
        made = make_course(session)
        grades = GradeService("https://lms.example/new", None, frozenset({"score", "result"}))
        again = seen_again(session, made, Context("course-1", "新名称", "EC-1"), grades)
    assert (again.id, again.title) == (made.id, "新名称")
    assert again.line_items_url == "https://lms.example/new"
    assert again.grade_scopes == {"score", "result"}


def test_members_are_kept_by_role_and_listed_by_student_number(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        learner, teacher = make_person(session, course, "4"), make_person(session, course, "3")
        for account, role in ((learner, Role.STUDENT), (teacher, Role.TEACHER)):
            for now in (NOW, NOW + MINUTE):
                courses.remember_membership(
                    session, course_id=course.id, person_id=account.id, role=role, now=now
                )
        assert courses.students_of(session, course.id) == [learner]
        assert courses.is_student(session, course.id, learner.id)
        assert not courses.is_student(session, course.id, teacher.id)
        assert courses.courses_of_student(session, learner.id) == [course]
        assert courses.courses_of_student(session, teacher.id) == []


def test_the_same_link_id_in_two_courses_is_two_links(database: Database) -> None:
    with database.transaction() as session:
        one, two = (
            courses.remember_link(session, course_id=course.id, link=LINK, line_item_url=None)
            for course in (make_course(session), make_course(session, deployment="2"))
        )
    assert one.id != two.id


def test_a_launch_without_a_line_item_leaves_the_one_that_is_known(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        courses.remember_link(session, course_id=course.id, link=LINK, line_item_url=URL)
        again = courses.remember_link(
            session, course_id=course.id, link=ResourceLink("link-1", ""), line_item_url=""
        )
    assert (again.line_item_url, again.title) == (URL, "有效沟通")


def test_a_link_points_to_its_assessment_and_tells_its_column(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        made = make_assessment(session, course, make_person(session, course))
        link = courses.remember_link(session, course_id=course.id, link=LINK, line_item_url=URL)
        assert courses.line_item_url_of(session, made.id) is None
        courses.point_link(session, link.id, made.id)
        assert courses.link(session, link.id).assessment_id == made.id
        assert courses.line_item_url_of(session, made.id) == URL


def test_what_was_never_seen_is_not_found(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(NotFoundError):
            courses.course(session, 1)
        with pytest.raises(NotFoundError):
            courses.link(session, 1)
        with pytest.raises(NotFoundError):
            courses.point_link(session, 1, "a-1")
