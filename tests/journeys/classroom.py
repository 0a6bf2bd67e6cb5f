"""The sandbox course of a journey: where its people enter the tool, and what its gradebook holds.

Not here: what they do in the tool (``people``).
"""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.sandbox import Activity, LineItem, Person, Platform, Registration, Sandbox
from lti_tool.sandbox import registrations as all_registrations

from .servers import SandboxServer
from .visitor import Page, Visitor


@dataclass(frozen=True)
class Cell:
    """A grade: its share of the column's maximum, what stands beside it, and its timestamp."""

    share: float
    comments: tuple[str, ...]
    timestamp: datetime


@dataclass(frozen=True)
class Classroom:
    """One course of the sandbox; ``manner`` is ``moodle`` or ``canvas``, ``course_id`` that of a
    copied course, empty for the first one."""

    server: SandboxServer
    manner: str
    course_id: str = ""

    @property
    def sandbox(self) -> Sandbox:
        return self.server.sandbox

    @property
    def platform(self) -> Platform:
        first = self.sandbox.platforms[self.manner]
        return (first.at(self.course_id) or first) if self.course_id else first

    @property
    def registration(self) -> Registration:
        issuer = self.platform.addresses.issuer
        known = all_registrations(self.sandbox.settings)
        return next(each for each in known if each.issuer == issuer)

    @property
    def teacher(self) -> Person:
        return self.platform.teacher

    @property
    def student(self) -> Person:
        return self.platform.students[0]

    def place(self, person: Person, path: str) -> str:
        """The address of one of a person's pages."""
        inside = f"in/{self.course_id}/" if self.course_id else ""
        return f"{self.platform.addresses.issuer}/as/{person.user_id}/{inside}{path}"

    def paste_link(self, title: str = "售后咨询") -> Activity:
        """The teacher pastes the tool's address: a link that says nothing of what it opens."""
        return self.platform.add_activity(title)

    def launch(self, visitor: Visitor, person: Person, activity: Activity) -> Page:
        """A person opens an activity; shows the tool's page."""
        return visitor.open(self.place(person, f"activities/{activity.id}/launch"))

    def copied(self, visitor: Visitor) -> "Classroom":
        """The teacher copies the course, as for a new term."""
        visitor.open(self.place(self.teacher, "course"))
        visitor.submit(r"/copies$")
        return Classroom(self.server, self.manner, self.platform.courses[-1].course.id)

    def duplicate(self, visitor: Visitor, activity: Activity) -> Activity:
        """The teacher duplicates an activity."""
        visitor.open(self.place(self.teacher, "course"))
        visitor.submit(rf"/activities/{activity.id}/copy$")
        return self.platform.activities[-1]

    def launch_navigation(self, visitor: Visitor, person: Person) -> Page:
        """A person opens the tool from the course's menu, where there is one."""
        return visitor.open(self.place(person, "navigation/launch"))

    def launch_institution(self, visitor: Visitor) -> Page:
        """The registrar opens the tool outside any course."""
        return visitor.open(self.place(self.platform.registrar, "institution/launch"))

    def choose_content(self, visitor: Visitor) -> Page:
        """The teacher adds an activity by deep linking; shows the tool's chooser."""
        return visitor.open(self.place(self.teacher, "choose/launch"))

    def keep_content(self, visitor: Visitor) -> Activity:
        """The teacher saves what came back from the tool, and opens it to students."""
        if visitor.page.has_form(r"/content"):
            visitor.submit(r"/content")
        activity = self.platform.activities[-1]
        visitor.open(self.place(self.teacher, "course"))
        if not activity.published:
            visitor.submit(rf"/activities/{activity.id}/publish")
        return activity

    def grade(self, person: Person, activity: Activity) -> Cell | None:
        """What the activity's own column holds for a person, None while it holds nothing."""
        return self._cell(self.platform.own_column(activity.id), person)

    def attainment(self, person: Person) -> Cell | None:
        """What the level's column holds for a person, None while there is none."""
        return self._cell(next(iter(self.tagged("attainment")), None), person)

    def tagged(self, tag: str) -> tuple[LineItem, ...]:
        """The columns with this tag, oldest first."""
        return tuple(each for each in self.platform.line_items if each.tag == tag)

    def _cell(self, column: LineItem | None, person: Person) -> Cell | None:
        grade = self.platform.grade(column.id, person.user_id) if column else None
        if column is None or grade is None or grade.score is None:
            return None
        return Cell(grade.score / column.maximum, grade.comments, grade.timestamp)
