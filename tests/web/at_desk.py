"""A teacher in a real browser over the served application, for the tests of the pages' scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

WAIT = 15_000
"""Milliseconds: this machine may be busy."""


@dataclass
class AtDesk:
    """A teacher in a browser."""

    page: Page
    classroom: Classroom
    address: str
    sign_in: SignIn
    faults: list[str]

    def open(self, path: str) -> Page:
        """A page in a new session."""
        home = self.sign_in(self.classroom.teacher, Role.TEACHER)
        self.page.goto(f"{self.address}{home}/teacher{path}")
        return self.page

    def newest(self, work: Submission) -> dict[str, Rating]:
        with self.classroom.reading() as session:
            return latest(ratings.ratings_of_submission(session, work.id))

    def work(self, *codes: str) -> tuple[Submission, Assessment]:
        """One student's work, handed in."""
        made = self.classroom.set_up(*codes)
        return self.classroom.hand_in(self.classroom.enrol("陈思雨"), made), made


@contextmanager
def at_desk(
    context: BrowserContext, classroom: Classroom, address: str, sign_in: SignIn
) -> Iterator[AtDesk]:
    """A new page; at the end no script may have failed on it."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield AtDesk(page, classroom, address, sign_in, faults)
    page.close()
    assert faults == []
