"""A student before the application, for the tests of the student's pages: fixture ``student``."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Submission
from lti_tool.persistence import submissions
from lti_tool.persistence.people import Account
from tests.services.classroom import START, Classroom, conditions

DUE = START + timedelta(days=3)


@dataclass
class Student:
    """A student at work: the pages of one assessment, and what is stored of it."""

    classroom: Classroom
    client: FlaskClient
    account: Account
    home: str
    assessment: Assessment

    def get(self, page: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/student/assessments/{self.assessment.id}{page}")

    def post(self, page: str, **form: object) -> TestResponse:
        return self.client.post(
            f"{self.home}/student/assessments/{self.assessment.id}{page}", data=form
        )

    def post_own(self, page: str, **form: object) -> TestResponse:
        return self.client.post(
            f"{self.home}/student/submissions/{self.newest.id}{page}", data=form
        )

    def upload(self, *files: tuple[bytes, str], codes: tuple[str, ...] = ()) -> TestResponse:
        sent = [(io.BytesIO(content), name) for content, name in files]
        return self.post("/evidence/files", files=sent, codes=list(codes))

    def open(self, evidence_id: str, **headers: str) -> TestResponse:
        path = f"{self.home}/student/evidence/{evidence_id}"
        return self.client.get(path, headers=headers, buffered=True)

    @property
    def attempts(self) -> list[Submission]:
        with self.classroom.reading() as session:
            return list(submissions.attempts_of(session, self.assessment.id, self.account.id))

    @property
    def newest(self) -> Submission:
        return self.attempts[-1]

    def submit(self) -> TestResponse:
        return self.post_own("/submit", version=self.newest.version)


def at_work(
    classroom: Classroom,
    client: FlaskClient,
    sign_in: Callable[..., str],
    *,
    due_at: datetime | None = DUE,
    accepts_late: bool = True,
    attempts: int | None = 3,
    release: ReleaseMode = ReleaseMode.HELD,
    name: str = "陈思雨",
) -> Student:
    given = conditions(due_at=due_at, accepts_late=accepts_late, attempts=attempts, release=release)
    account = classroom.enrol(name, number="2024030101")
    assessment = classroom.set_up(given=given)
    home = sign_in(account, Role.STUDENT)
    return Student(classroom, client, account, home, assessment)
