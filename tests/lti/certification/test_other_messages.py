"""Submission review and data privacy launches, over the real routes."""

import uuid
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.persistence import courses, people
from lti_tool.persistence.courses import CourseRow, ResourceLinkRow
from lti_tool.persistence.people import Account
from tests.lti.http_lms import HttpLms, title_of
from tests.lti.platform_side import ADDRESS, LTI, MEMBERSHIP, student_claims
from tests.services.classroom import Classroom

REVIEW = "LtiSubmissionReviewRequest"
TEACHER, STUDENT, CLASSMATE = "3", "5", "6"


@dataclass
class Course:
    """A course of its own on the platform, with an activity that is set up."""

    lms: HttpLms
    name: str

    def launch(self, sub: str, **changes: Any) -> TestResponse:
        role = "Instructor" if sub == TEACHER else "Learner"
        told = {
            "sub": sub,
            "roles": [MEMBERSHIP + role],
            "context": {"id": self.name},
            "resource_link": {"id": self.name},
            "endpoint": None,
            "custom": {},
        }
        return self.lms.launch(student_claims, **{**told, **changes})

    def review(self, sub: str, of: str) -> TestResponse:
        return self.launch(sub, message_type=REVIEW, for_user={"user_id": of})

    def classroom(self) -> Classroom:
        """The course as the launches left it."""
        database = self.lms.parts.database
        with database.reading() as session:
            row = session.scalars(select(CourseRow).filter_by(context_id=self.name)).one()
            course = courses.course(session, row.id)
        made = Classroom(database, self.lms.parts.catalogue, course, self.account(TEACHER))
        made.numbers = count(uuid.uuid4().int % 10**30)
        return made

    def account(self, sub: str) -> Account:
        with self.lms.parts.database.reading() as session:
            row = session.scalars(select(CourseRow).filter_by(context_id=self.name)).one()
            found = people.person_by_sub(
                session, school_id=row.school_id, issuer=self.lms.platform.issuer, sub=sub
            )
        assert found is not None
        return found

    def set_up(self) -> Assessment:
        """What the activity opens from now on."""
        made = self.classroom().set_up()
        with self.lms.parts.database.transaction() as session:
            link = session.scalars(select(ResourceLinkRow).filter_by(link_id=self.name)).one()
            courses.point_link(session, link.id, made.id)
        return made


@pytest.fixture
def course(lms: HttpLms) -> Course:
    """The teacher and two students have opened the activity."""
    made = Course(lms, f"c-{uuid.uuid4().hex}")
    for sub in (TEACHER, STUDENT, CLASSMATE):
        assert made.launch(sub).status_code == 303
    return made


def place(answer: TestResponse) -> str:
    """The page a launch comes to, after the session's token."""
    assert answer.status_code == 303, answer.text
    return "/" + answer.headers["Location"].split("/", 3)[3]


def handed_in(course: Course, made: Assessment) -> str:
    return course.classroom().hand_in(course.account(STUDENT), made).id


def test_a_teacher_comes_to_the_work_of_the_student_the_gradebook_named(course: Course) -> None:
    made = course.set_up()
    work = handed_in(course, made)
    answer = course.review(TEACHER, STUDENT)
    assert place(answer) == f"/teacher/work/{work}"
    page = course.lms.browser().get(answer.headers["Location"], base_url=ADDRESS.base_url)
    assert page.status_code == 200


@pytest.mark.parametrize("whom", [CLASSMATE, "nobody-known"])
def test_without_work_a_teacher_comes_to_the_queue(course: Course, whom: str) -> None:
    made = course.set_up()
    assert place(course.review(TEACHER, whom)) == f"/teacher/assessments/{made.id}"


def test_a_student_may_review_the_own_work(course: Course) -> None:
    made = course.set_up()
    handed_in(course, made)
    assert place(course.review(STUDENT, STUDENT)).endswith("/feedback")


def test_a_student_may_not_review_anothers_work(course: Course) -> None:
    """Moodle 4.5 sends such a launch to whoever types its URL."""
    made = course.set_up()
    handed_in(course, made)
    assert course.review(CLASSMATE, STUDENT).status_code == 403


@pytest.mark.parametrize("for_user", [None, {}, {"user_id": ""}, "5", {"user_id": 5}])
def test_a_review_must_name_somebody(course: Course, for_user: object) -> None:
    answer = course.launch(TEACHER, message_type=REVIEW, for_user=for_user)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest"])
@pytest.mark.parametrize("context", [None, {"id": "c-1"}])
def test_a_data_privacy_launch_says_what_is_kept(
    lms: HttpLms, name: str, context: dict[str, str] | None
) -> None:
    gone = {"resource_link": None, "endpoint": None, "context": context}
    answer = lms.launch(student_claims, message_type=name, for_user={"user_id": "5"}, **gone)
    assert answer.status_code == 200
    assert title_of(answer)
    assert LTI not in answer.text
