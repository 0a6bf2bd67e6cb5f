"""A student reads the feedback, and how far they have come."""

from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import courses
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn
from tests.web.studying import Student

# --- Feedback -------------------------------------------------------------------------------------


def test_feedback_is_empty_until_something_is_released(student: Student) -> None:
    submission = student.classroom.hand_in(student.account, student.assessment)
    student.classroom.rate(submission, student.assessment, 3, comment="秘密评语")

    page = student.get("/feedback")

    assert page.status_code == 200
    assert "秘密评语" not in page.text


def test_feedback_shows_level_comment_evidence_and_what_changed(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 2, 3, 3)
    with student.classroom.working(student.account):
        pass
    student.classroom.finish(student.account, student.assessment, 4, 3, 2)

    page = student.get("/feedback").text

    assert "做得不错" in page
    assert "沟通记录" in page
    assert "比上次高 2 级" in page
    assert "比上次低 1 级" in page
    assert "与上次相同" in page
    first = student.get("/feedback?attempt=1")
    assert "比上次" not in first.text
    assert student.get("/feedback?attempt=9").status_code == 404


# --- Progress -------------------------------------------------------------------------------------


def test_progress_of_a_new_student_lists_what_is_missing(student: Student) -> None:
    page = student.client.get(f"{student.home}/student/progress")

    assert page.status_code == 200
    assert "距离初级还差" in page.text
    assert "关键要求 2.2.1 必须掌握" in page.text
    assert "0 / 49" in page.text


def test_progress_names_the_assessment_that_covers_a_gap(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 3, 2, 3)

    page = student.client.get(f"{student.home}/student/progress").text

    assert student.assessment.title in page
    assert "佐证不足" in page


def test_progress_shows_the_history_of_the_requirement_asked_for(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 2, 3, 3)
    student.classroom.finish(student.account, student.assessment, 3, 3, 3)

    page = student.client.get(
        f"{student.home}/student/progress?requirement=elementary/2.1.1&standard=x"
    ).text

    assert "2.1.1 的" in page
    assert page.count("做得不错") == 2


def test_a_course_without_assessments_says_so(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    home = sign_in(classroom.enrol("新生"), Role.STUDENT)

    assert client.get(f"{home}/student/progress").status_code == 200


def test_the_tabs_lead_to_the_assessment_the_student_came_by(
    student: Student, sign_in: SignIn
) -> None:
    link = student.classroom.link()
    with student.classroom.database.transaction() as session:
        courses.point_link(session, link.id, student.assessment.id)
    home = sign_in(student.account, Role.STUDENT, data={"link_id": link.id})

    page = student.client.get(f"{home}/student/progress").text

    assert f"{home}/student/assessments/{student.assessment.id}/feedback" in page
