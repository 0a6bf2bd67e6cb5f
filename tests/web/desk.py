"""A teacher before the application, for the tests of the teacher's pages: fixture ``desk``."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.submission import Submission
from lti_tool.persistence import (
    assessments,
    ratings,
    submissions,
)
from tests.services.classroom import Classroom

JSON = {"Accept": "application/json"}


@dataclass
class Desk:
    """A teacher at work: their pages, and what is stored behind them."""

    classroom: Classroom
    client: FlaskClient
    home: str

    def get(self, page: str) -> TestResponse:
        return self.client.get(f"{self.home}/teacher{page}")

    def post(self, page: str, *, json: bool = False, **form: object) -> TestResponse:
        return self.send(page, form, json=json)

    def send(self, page: str, form: Mapping[str, object], *, json: bool = False) -> TestResponse:
        headers = JSON if json else {}
        return self.client.post(f"{self.home}/teacher{page}", data=form, headers=headers)

    def give(
        self, work: Submission, code: str, level: object, *, json: bool = False, **form: object
    ) -> TestResponse:
        """One rating as the page sends it, with what the page knows unless given."""
        sent = {"code": code, "level": level, "version": self.submission(work).version}
        return self.send(f"/work/{work.id}/ratings", {**sent, **form}, json=json)

    def submission(self, work: Submission) -> Submission:
        with self.classroom.reading() as session:
            return submissions.submission_of(session, work.id)

    def newest(self, work: Submission) -> dict[str, Rating]:
        with self.classroom.reading() as session:
            return latest(ratings.ratings_of_submission(session, work.id))

    @property
    def assessments(self) -> list[Assessment]:
        with self.classroom.reading() as session:
            return list(assessments.assessments_of(session, self.classroom.course.id))
