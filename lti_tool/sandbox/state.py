"""The sandbox's memory: two platforms, each with a course and its copies, their activities and
gradebooks.

All of it lives in this process and is gone with it. Every public method is thread-safe. Not here:
how requests reach it (``login``, ``gradebook``, ``pages``).
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from threading import RLock

from lti_tool.sandbox import scores
from lti_tool.sandbox.addresses import Addresses, SandboxSettings
from lti_tool.sandbox.claims import Message, Place
from lti_tool.sandbox.course import Activity, Course, Grade, LineItem, copy_of
from lti_tool.sandbox.keys import SigningKey
from lti_tool.sandbox.manners import Manner
from lti_tool.sandbox.people import Person, Role, colleague, registrar, students, teacher
from lti_tool.sandbox.tickets import Tickets
from lti_tool.sandbox.traffic import Faults, Received

LAUNCH_SECONDS = 300
TOKEN_SECONDS = 3600
VISIT_SECONDS = 8 * 3600


@dataclass(frozen=True)
class PendingLaunch:
    """A launch that was started and waits for the tool's authorisation request."""

    user_id: str
    course_id: str
    message: Message
    place: Place
    activity_id: int | None
    locale: str
    document_target: str


@dataclass(frozen=True)
class Visit:
    """Who holds a return URL, so that a way back finds the person's page."""

    user_id: str
    course_id: str
    language: str


class Platform:
    """One platform, seen in one of its courses. ``people`` are the teachers, the registrar
    and the students; they are the same in every course."""

    def __init__(
        self,
        manner: Manner,
        settings: SandboxSettings,
        *,
        class_size: int,
        clock: Callable[[], float],
    ) -> None:
        self.manner = manner
        self.addresses = Addresses(settings, manner.name, manner.paths, manner.course.id)
        self.students = students(class_size, platform=manner.name)
        self.teacher = teacher(platform=manner.name)
        self.colleague = colleague(platform=manner.name)
        self.registrar = registrar(platform=manner.name)
        self.people = (self.teacher, self.colleague, self.registrar, *self.students)
        self.faults = Faults()
        self.launches = Tickets[PendingLaunch](seconds=LAUNCH_SECONDS, clock=clock)
        self.visits = Tickets[Visit](seconds=VISIT_SECONDS, clock=clock)
        self.drafts = Tickets[tuple[Mapping[str, object], ...]](seconds=VISIT_SECONDS, clock=clock)
        self.tokens = Tickets[frozenset[str]](seconds=TOKEN_SECONDS, clock=clock)
        self.assertions = Tickets[bool](seconds=TOKEN_SECONDS, clock=clock)
        self.notice_handlers: dict[str, str] = {}
        self._key: SigningKey | None = None
        self._clock = clock
        self._lock = RLock()
        self._numbers = count(1)
        self._requests: list[Received] = []
        self._people_by_id = {person.user_id: person for person in self.people}
        self._courses: dict[str, Platform] = {}
        self.begin(manner.course)

    @property
    def storage_frame(self) -> str:
        """The name of the frame that keeps values for tools; empty where none does."""
        offered = self.addresses.settings.platform_storage
        return self.manner.login.storage_frame if offered else ""

    # --- time, key and people ---

    @property
    def key(self) -> SigningKey:
        """The platform's signing key, made when first asked for."""
        with self._lock:
            if self._key is None:
                self._key = SigningKey.made(f"{self.manner.name}-key-1")
            return self._key

    def now(self) -> datetime:
        """The platform's time, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def person(self, user_id: str) -> Person | None:
        """The person with this ``sub``; None if nobody has it."""
        return self._people_by_id.get(user_id)

    # --- courses ---

    @property
    def courses(self) -> tuple["Platform", ...]:
        """The same platform in each of its courses, the first one first."""
        with self._lock:
            return tuple(self._courses.values())

    def at(self, course_id: str) -> "Platform | None":
        """The same platform in another course, or None if it has none of this id."""
        with self._lock:
            return self._courses.get(course_id)

    def begin(self, course: Course) -> None:
        """Be in this course from now on, which is still empty."""
        self.course = course
        self.addresses = replace(self.addresses, course_id=course.id)
        self._activities: dict[int, Activity] = {}
        self._items: dict[int, LineItem] = {}
        self._grades: dict[tuple[int, str], Grade] = {}
        self._courses[course.id] = self

    def copy_course(self) -> "Platform":
        """Copy this course: activities keep custom, columns resource id and tag (observed on Moodle
        4.5.5); links and columns are new, and nobody has a grade."""
        with self._lock:
            self._key = self.key
            made = copy.copy(self)
            made.begin(copy_of(self.course, len(self._courses)))
            for each in self.activities:
                made.take_activity(each, self.own_column(each.id))
            for item in self.line_items:
                if item.activity_id is None:
                    made.add_line_item(replace(item, resource_link_id=None))
            return made

    # --- the course page ---

    @property
    def activities(self) -> tuple[Activity, ...]:
        """All activities, oldest first."""
        with self._lock:
            return tuple(self._activities.values())

    def activity(self, activity_id: int) -> Activity | None:
        """The activity with this number, or None."""
        with self._lock:
            return self._activities.get(activity_id)

    def add_activity(
        self,
        title: str,
        *,
        text: str = "",
        url: str = "",
        custom: Mapping[str, str] | None = None,
        published: bool = True,
        graded: bool = True,
        column: LineItem | None = None,
    ) -> Activity:
        """Put a link to the tool on the course page, with a column of its own if it is graded.

        ``url`` defaults to the tool's launch URL. ``column`` gives label, maximum, resource id and
        tag of the column (its other fields are set here); by default it is named as the activity
        and has 100 points.
        """
        with self._lock:
            number = next(self._numbers)
            activity = Activity(
                id=number,
                resource_link_id=self.manner.resource_link_id(number),
                title=title,
                text=text,
                url=url or self.addresses.tool_launch,
                custom=dict(custom or {}),
                published=published,
                graded=graded,
            )
            self._activities[number] = activity
            if graded:
                self._add_own_column(activity, column or LineItem(0, title, 100.0))
            return activity

    def _add_own_column(self, activity: Activity, column: LineItem) -> None:
        number = next(self._numbers)
        self._items[number] = replace(
            column,
            id=number,
            activity_id=activity.id,
            resource_link_id=activity.resource_link_id,
        )

    def duplicate_activity(self, activity_id: int) -> Activity | None:
        """Copy an activity as Moodle does: custom, resource id and tag stay, link and column are
        new. None if there is no such activity."""
        with self._lock:
            original = self._activities.get(activity_id)
            if original is None:
                return None
            column = self.own_column(activity_id)
            return self.take_activity(
                replace(original, title=f"{original.title} (copy)"),
                column and replace(column, label=f"{column.label} (copy)"),
            )

    def take_activity(self, original: Activity, column: LineItem | None) -> Activity:
        """Put a copy of an activity, and of its column if it has one, on the course page."""
        return self.add_activity(
            original.title,
            text=original.text,
            url=original.url,
            custom=original.custom,
            published=original.published,
            graded=column is not None,
            column=column,
        )

    def publish(self, activity_id: int) -> None:
        """Open an activity to students. Nothing happens if there is none."""
        with self._lock:
            if activity_id in self._activities:
                activity = self._activities[activity_id]
                self._activities[activity_id] = replace(activity, published=True)

    # --- columns ---

    @property
    def line_items(self) -> tuple[LineItem, ...]:
        """All columns, oldest first, those that the gradebook does not show included."""
        with self._lock:
            return tuple(self._items.values())

    def line_item(self, item_id: int) -> LineItem | None:
        """The column with this number, or None."""
        with self._lock:
            return self._items.get(item_id)

    def own_column(self, activity_id: int) -> LineItem | None:
        """The activity's own column; None after it was deleted."""
        return next((i for i in self.line_items if i.activity_id == activity_id), None)

    def linked_columns(self, resource_link_id: str) -> tuple[LineItem, ...]:
        """The columns that belong to a link, its own and those the tool made for it."""
        return tuple(i for i in self.line_items if i.resource_link_id == resource_link_id)

    def add_line_item(self, item: LineItem) -> LineItem:
        """Keep a column the tool made, under a new number."""
        with self._lock:
            linked = item.resource_link_id and self.linked_columns(item.resource_link_id)
            hidden = bool(linked) and self.manner.columns.column_per_link
            made = replace(item, id=next(self._numbers), in_gradebook=not hidden)
            self._items[made.id] = made
            return made

    def put_line_item(self, item: LineItem) -> None:
        """Store a changed column. Grades keep their numbers."""
        with self._lock:
            self._items[item.id] = item

    def change_maximum(self, item_id: int, maximum: float, *, rescale: bool) -> None:
        """Give a column another maximum as a teacher; its grades are rescaled, or kept as numbers
        and capped at the new maximum."""
        with self._lock:
            item = self._items[item_id]
            self._items[item_id] = replace(item, maximum=maximum)
            for key, cell in self._grades.items():
                if key[0] == item_id and cell.score is not None:
                    scaled = cell.score * maximum / item.maximum if rescale else cell.score
                    self._grades[key] = replace(cell, score=min(scaled, maximum))

    def clear_grade(self, item_id: int, user_id: str) -> None:
        """Empty a cell of the gradebook as a teacher."""
        with self._lock:
            cell = self._grades[item_id, user_id]
            self._grades[item_id, user_id] = replace(cell, score=None, received=self.now())

    def delete_line_item(self, item_id: int) -> None:
        """Remove a column and all its grades."""
        with self._lock:
            self._items.pop(item_id, None)
            self._grades = {k: grade for k, grade in self._grades.items() if k[0] != item_id}

    # --- grades ---

    def grade(self, item_id: int, user_id: str) -> Grade | None:
        """One cell of the gradebook; None if nothing was ever posted there."""
        with self._lock:
            return self._grades.get((item_id, user_id))

    def grades(self, item_id: int) -> tuple[Grade, ...]:
        """A column's cells, in the order of their first score."""
        with self._lock:
            return tuple(grade for key, grade in self._grades.items() if key[0] == item_id)

    def post_score(self, item: LineItem, score: scores.Score) -> None:
        """Apply a score that was posted. Raises ``scores.ScoreRefused``."""
        with self._lock:
            key = (item.id, score.user_id)
            self._check_student(item, score)
            rules = self.manner.scores
            self._grades[key] = scores.graded(score, item, self._grades.get(key), rules, self.now())

    def _check_student(self, item: LineItem, score: scores.Score) -> None:
        rules = self.manner.scores
        person = self.person(score.user_id)
        if person is None or person.role is not Role.STUDENT:
            raise scores.ScoreRefused(rules.unknown_user_status, "User is not a student here")
        activity = self._activities.get(item.activity_id or 0)
        if rules.unpublished_status and activity and not activity.published:
            raise scores.ScoreRefused(rules.unpublished_status, "The assignment is not published")

    def override(self, item_id: int, user_id: str, score: float) -> None:
        """Type a grade into the gradebook as a teacher."""
        with self._lock:
            old = self._grades.get((item_id, user_id))
            self._grades[item_id, user_id] = scores.overridden(old, user_id, score, self.now())

    def lock_grade(self, item_id: int, user_id: str) -> None:
        """Lock a cell that has a grade, as a teacher."""
        with self._lock:
            cell = self._grades[item_id, user_id]
            self._grades[item_id, user_id] = replace(cell, locked=True)

    # --- traffic ---

    @property
    def requests(self) -> tuple[Received, ...]:
        """Every grade service request so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def log(self, received: Received) -> None:
        """Note a grade service request."""
        with self._lock:
            self._requests.append(received)


@dataclass(frozen=True)
class Sandbox:
    """All platforms by name: ``moodle`` and ``canvas``."""

    settings: SandboxSettings
    platforms: Mapping[str, Platform]
