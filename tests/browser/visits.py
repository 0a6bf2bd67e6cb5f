"""What a person does at the sandbox LMS: come in, open an activity in its frame, read grades.

Not here: what they do inside the tool, which the tests say step by step.
"""

import re
import time
from dataclasses import dataclass

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from tests.browser.demo import Demo

TEACHER = "陆明慧"
REGISTRAR = "沈国华"
PRODUCTS = {"moodle": "Moodle", "canvas": "Canvas"}
PATIENCE = 20_000
"""Milliseconds for a launch, which passes through five pages."""
DELIVERY_SECONDS = 40


@dataclass(frozen=True)
class Visit:
    """One person at the LMS, in a browser of their own."""

    page: Page
    demo: Demo
    person: str

    @property
    def tool(self) -> FrameLocator:
        """The tool in the frame of the page that is open."""
        return self.page.frame_locator("iframe.tool")

    def open(self, title: str) -> FrameLocator:
        """Open an activity from the course page; returns the tool in its frame."""
        self.to_course()
        self.page.get_by_role("link", name=title, exact=True).click()
        return self.arrived()

    def arrived(self) -> FrameLocator:
        """Wait until the launch in the frame has come to a page of the tool."""
        self.tool.locator("main h1").first.wait_for(timeout=PATIENCE)
        return self.tool

    def frame(self) -> Frame:
        """The frame with the tool, for its address. Raises LookupError if none is open."""
        found = self.page.frame("tool")
        if found is None:
            raise LookupError("no tool on this page")
        return found

    def to_course(self) -> None:
        """The course page, over its tab."""
        self._tab("course")

    def to_gradebook(self) -> None:
        """The gradebook, or a student's own grades."""
        self._tab("gradebook")

    def to_institution(self) -> FrameLocator:
        """The registrar's page outside any course; returns the tool in its frame."""
        self._tab("institution")
        return self.arrived()

    def grade(self, column: str, student: str) -> Locator:
        """The gradebook's cell of one student in the first column whose title says ``column``."""
        self.page.locator("table.grades thead th").first.wait_for()
        heads = self.page.locator("table.grades thead th").all_inner_texts()
        place = next(number for number, head in enumerate(heads) if column in head)
        row = self.page.locator("table.grades tbody tr", has_text=student)
        return row.locator("th, td").nth(place)

    def grade_in_time(self, column: str, student: str, words: str) -> Locator:
        """The gradebook's cell once it says ``words``, which takes as long as delivery does.

        Raises AssertionError with the cell's words when it never does.
        """
        deadline = time.monotonic() + DELIVERY_SECONDS
        while time.monotonic() < deadline:
            if words in self.grade(column, student).inner_text():
                break
            self.page.wait_for_timeout(500)
            self.page.reload()
        expect(self.grade(column, student)).to_contain_text(words)
        return self.grade(column, student)

    def _tab(self, name: str) -> None:
        self.page.locator(f'nav.tabs a[href*="/{name}"]').click()
        self.page.wait_for_url(re.compile(rf"/{name}\b"))


def visit(
    page: Page, demo: Demo, person: str, *, manner: str = "moodle", language: str = "zh"
) -> Visit:
    """Enter the LMS as ``person`` from its front page."""
    page.goto(f"{demo.lms_url}/?lang={language}")
    card = page.locator("section.card", has_text=PRODUCTS[manner])
    card.get_by_role("link", name=person).first.click()
    return Visit(page, demo, person)
