"""Asking for a review on the feedback page, and answering it, in the real application."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.review import Review
from lti_tool.domain.submission import Submission
from lti_tool.persistence import assessments, reviews
from lti_tool.persistence.people import Account
from tests.services.classroom import Classroom, enrol, open_course
from tests.web.conftest import SignIn

CODE = "2.1.1"
REASON = "第二段录音 <b>里</b> 有复述。"


@dataclass
class Case:
    """A released work, and the sessions of its student, its rater and a second teacher."""

    classroom: Classroom
    client: FlaskClient
    assessment: Assessment
    submission: Submission
    learner: Account
    student: str
    first: str
    second: str

    def feedback(self) -> str:
        path = f"{self.student}/student/assessments/{self.assessment.id}/feedback"
        return self.client.get(path).text

    def ask(self, reason: str = REASON, code: str = CODE) -> TestResponse:
        path = f"{self.student}/student/assessments/{self.assessment.id}/reviews"
        return self.client.post(path, data={"code": code, "attempt": 1, "reason": reason})

    def answer(self, home: str, **form: object) -> TestResponse:
        path = f"{home}/teacher/reviews/{self.review.id}/answer"
        return self.client.post(path, data=form)

    def page(self, home: str) -> TestResponse:
        return self.client.get(f"{home}/teacher/reviews/{self.review.id}")

    @property
    def review(self) -> Review:
        with self.classroom.reading() as session:
            return reviews.reviews_of_submission(session, self.submission.id)[CODE]


@pytest.fixture
def case(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Case:
    learner = classroom.enrol("陈思雨", number="2024030101")
    other = classroom.enrol("刘洋", Role.TEACHER)
    assessment = classroom.set_up()
    return Case(
        classroom,
        client,
        assessment,
        classroom.finish(learner, assessment, 2, 3, 3),
        learner,
        sign_in(learner, Role.STUDENT),
        sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}),
        sign_in(other, Role.TEACHER, data={"language": "en"}),
    )


def test_a_student_asks_on_the_feedback_page_and_sees_it_there(case: Case) -> None:
    assert "申请复核" in case.feedback()

    assert case.ask().status_code == 303

    page = case.feedback()
    assert "复核中。" in page
    assert "&lt;b&gt;里&lt;/b&gt;" in page


def test_a_request_without_a_reason_is_refused_beside_its_field(case: Case) -> None:
    answer = case.ask("  ")

    assert answer.status_code == 422
    assert f'id="why-{CODE}-error"' in answer.text


def test_a_second_request_is_refused_in_words(case: Case) -> None:
    case.ask()

    answer = case.ask()

    assert answer.status_code == 409
    assert "每条要求只能申请一次" in answer.text


def test_the_queue_and_the_work_lead_teachers_to_the_review(case: Case) -> None:
    case.ask()
    link = f"/teacher/reviews/{case.review.id}"

    queue = case.client.get(f"{case.second}/teacher/assessments/{case.assessment.id}").text
    work = case.client.get(f"{case.second}/teacher/work/{case.submission.id}?code={CODE}").text

    assert "1 review is asked for" in queue
    assert link in queue
    assert link in work


def test_the_first_rater_reads_it_without_a_form_and_cannot_answer(case: Case) -> None:
    case.ask()

    assert 'name="comment"' not in case.page(case.first).text
    refused = case.answer(case.first, level=3, comment="好")

    assert refused.status_code == 409
    assert "another teacher of the course answers" in refused.text
    assert case.review.is_open


def test_another_teacher_answers_and_the_student_reads_what_came_of_it(case: Case) -> None:
    case.ask()

    assert case.answer(case.second, level=4, comment="两段都有证据").status_code == 303

    page = case.feedback()
    assert "已复核：评定已更改。" in page
    assert "两段都有证据" in page
    assert "What it changes" in case.page(case.second).text


def test_what_was_typed_comes_back_when_the_answer_lacks_a_level(case: Case) -> None:
    case.ask()

    refused = case.answer(case.second, comment="听了两遍")

    assert refused.status_code == 422
    assert "听了两遍" in refused.text
    assert case.review.is_open


def test_a_teacher_of_another_course_finds_no_review(case: Case, sign_in: SignIn) -> None:
    case.ask()
    course = open_course(case.classroom.database, "course-2")
    stranger = enrol(case.classroom.database, course, "何静", Role.TEACHER)
    home = sign_in(stranger, Role.TEACHER, course=course)

    assert case.page(home).status_code == 404
    assert case.answer(home, level=3, comment="好").status_code == 404


def test_the_days_to_ask_are_a_condition_of_the_assessment(case: Case) -> None:
    path = f"{case.first}/teacher/assessments/{case.assessment.id}/conditions"
    form = {"title": "有效沟通", "points": "20", "release": "held"}

    assert case.client.post(path, data={**form, "review_days": "61"}).status_code == 422
    assert case.client.post(path, data={**form, "review_days": "0"}).status_code == 303

    with case.classroom.reading() as session:
        found = assessments.assessment(
            session, case.assessment.id, course_id=case.classroom.course.id
        )
    assert found.review_days == 0
    assert "申请复核的" not in case.feedback()
