"""The inbox, the count in the page head, and the pages that notifications lead to."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind
from lti_tool.persistence import people
from lti_tool.persistence.people import Account, PersonRow
from lti_tool.services.return_submission import return_submission
from lti_tool.services.review_rating import ask_review
from lti_tool.services.show_notifications import show_notifications
from lti_tool.web import notifications as pages
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def assessment(classroom: Classroom) -> Assessment:
    return classroom.set_up()


@pytest.fixture
def teacher(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"})


@pytest.fixture
def student(learner: Account, sign_in: SignIn) -> str:
    return sign_in(learner, Role.STUDENT, data={"language": "en"})


def newest(classroom: Classroom, who: Account, role: Role) -> int:
    with classroom.reading() as session:
        found = show_notifications(session, who.id, classroom.course.id, frozenset({role}))
    return found.entries[0].id


def count_in(page: str) -> str:
    """What the head says beside "Notifications"; empty where nothing is new."""
    bell = page.split('class="bell', 1)[1].split("</a>", 1)[0]
    return bell.rsplit("</span>", 2)[-2] if "count" in bell else ""


def test_every_kind_has_words_and_a_page() -> None:
    assert pages.KINDS.keys() == set(NotificationKind)


def test_an_empty_inbox_says_what_will_come(client: FlaskClient, student: str) -> None:
    page = client.get(f"{student}/notifications/").text

    assert "No notifications yet" in page
    assert count_in(page) == ""


def test_the_head_of_every_page_counts_what_is_unread(
    client: FlaskClient, classroom: Classroom, assessment: Assessment, teacher: str
) -> None:
    classroom.hand_in(classroom.enrol("一"), assessment)
    classroom.hand_in(classroom.enrol("二"), assessment)

    assert count_in(client.get(f"{teacher}/teacher/").text) == "2"
    page = client.get(f"{teacher}/notifications/").text
    assert "2 works were handed in" in page
    assert assessment.title in page


def test_the_inbox_names_no_student(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    teacher: str,
) -> None:
    classroom.hand_in(learner, assessment)

    assert learner.name not in client.get(f"{teacher}/notifications/").text


def test_a_notification_leads_to_the_work_and_is_read_then(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    teacher: str,
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    number = newest(classroom, classroom.teacher, Role.TEACHER)

    answer = client.get(f"{teacher}/notifications/{number}")

    assert answer.status_code == 303
    assert urlsplit(answer.location).path == f"{teacher}/teacher/work/{handed_in.id}"
    assert client.get(answer.location).status_code == 200
    assert count_in(client.get(f"{teacher}/teacher/").text) == ""


def test_many_of_a_kind_lead_to_the_queue(
    client: FlaskClient, classroom: Classroom, assessment: Assessment, teacher: str
) -> None:
    classroom.hand_in(classroom.enrol("一"), assessment)
    classroom.hand_in(classroom.enrol("二"), assessment)
    number = newest(classroom, classroom.teacher, Role.TEACHER)

    answer = client.get(f"{teacher}/notifications/{number}")

    assert answer.location.endswith(f"/teacher/assessments/{assessment.id}")


def test_a_review_leads_to_its_page(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    teacher: str,
) -> None:
    released = classroom.finish(learner, assessment)
    with classroom.working(learner) as work:
        review = ask_review(work, released, assessment, assessment.codes[0], "理由")

    answer = client.get(
        f"{teacher}/notifications/{newest(classroom, classroom.teacher, Role.TEACHER)}"
    )

    assert answer.location.endswith(f"/teacher/reviews/{review.id}")


def test_a_student_is_led_to_the_feedback(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    student: str,
) -> None:
    classroom.finish(learner, assessment)
    number = newest(classroom, learner, Role.STUDENT)

    answer = client.get(f"{student}/notifications/{number}")

    assert answer.location.endswith(f"/student/assessments/{assessment.id}/feedback")


def test_looking_at_the_feedback_itself_reads_the_notification(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    student: str,
) -> None:
    classroom.finish(learner, assessment)
    assert count_in(client.get(f"{student}/student/progress").text) == "1"

    page = client.get(f"{student}/student/assessments/{assessment.id}/feedback")

    assert count_in(page.text) == ""


def test_looking_at_returned_work_reads_the_notification(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    student: str,
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    with classroom.working() as work:
        return_submission(work, handed_in, "请补充")

    page = client.get(f"{student}/student/assessments/{assessment.id}")

    assert count_in(page.text) == ""


def test_all_are_marked_read_at_once(
    client: FlaskClient, classroom: Classroom, assessment: Assessment, teacher: str
) -> None:
    classroom.hand_in(classroom.enrol("一"), assessment)

    answer = client.post(f"{teacher}/notifications/read")

    assert answer.status_code == 303
    page = client.get(f"{teacher}/notifications/").text
    assert "Nothing new" in page
    assert "Mark all as read" not in page


def test_another_persons_notification_is_not_found_and_stays_unread(
    client: FlaskClient,
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    student: str,
) -> None:
    classroom.hand_in(learner, assessment)
    number = newest(classroom, classroom.teacher, Role.TEACHER)

    assert client.get(f"{student}/notifications/{number}").status_code == 404
    assert newest(classroom, classroom.teacher, Role.TEACHER) == number


def test_outside_a_course_there_is_no_inbox(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    registrar = sign_in(classroom.teacher, Role.REGISTRAR, course=False)

    assert 'class="bell' not in client.get(f"{registrar}/registrar/").text
    assert client.get(f"{registrar}/notifications/").status_code == 403


def test_a_chosen_language_is_kept_for_mail(
    app: Flask, client: FlaskClient, classroom: Classroom, learner: Account, student: str
) -> None:
    client.post(f"{student}/preferences/language", data={"language": "en"})

    with classroom.reading() as session:
        assert session.get_one(PersonRow, learner.id).language == "en"
        assert people.account(session, learner.id) == learner
