"""A day in a minute: what memory the service holds while people launch, hand in, rate, look, and
scores go out, lesson after lesson.

The tool is one process of its own on SQLite, `lti-tool serve`, which delivers, too; everything is
done through its pages. Lessons follow each other without a break, so that the work of a school's
day passes in the time given. Not here: many at once (``rush``), a backlog (``delivery``).

``python -m tests.benchmarks.day [SECONDS]``
"""

import logging
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from lti_tool.sandbox import Activity, Person
from tests.journeys import people
from tests.journeys.classroom import Classroom
from tests.journeys.servers import Tool, connect, sandbox_beside, serving
from tests.journeys.visitor import Visitor

SECONDS = 90.0
CLASS_SIZE = 5
MOST_GROWTH = 1.1
"""The last third to the second: in the first, what is kept to be quick is filled."""
LOOKS = ("", "class", "class.xlsx", "coverage", "grades")
"""Pages that a teacher looks at after rating."""


@dataclass
class Day:
    """What was done, and what the service held after each piece of work, in MiB."""

    course: Classroom
    tool: Tool
    lessons: int = 0
    launches: int = 0
    ratings: int = 0
    pages: int = 0
    held: list[float] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Hold lessons for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._lesson()
            self.lessons += 1

    def thirds(self) -> tuple[float, float, float]:
        """The most that was held in each third of the time."""
        size = max(1, len(self.held) // 3)
        return max(self.held[:size]), max(self.held[size:-size]), max(self.held[-size:])

    def _lesson(self) -> None:
        teacher = Visitor()
        self.course.choose_content(teacher)
        people.set_up(teacher)
        activity = self.course.keep_content(teacher)
        for each in self.course.platform.students:
            self._hand_in(each, activity)
        self._rate(teacher, activity)
        teacher.close()
        first = self.course.student
        people.until(lambda: self.course.grade(first, activity) is not None)

    def _hand_in(self, person: Person, activity: Activity) -> None:
        student = Visitor()
        self._launch(student, person, activity)
        people.draft_text(student)
        people.rate_self(student)
        people.hand_in(student)
        self.pages += 5
        student.close()

    def _rate(self, teacher: Visitor, activity: Activity) -> None:
        for _ in self.course.platform.students:
            self._launch(teacher, self.course.teacher, activity)
            people.begin_rating(teacher)
            people.rate_all(teacher)
            people.release(teacher)
            self.ratings += len(people.CODES)
            self.pages += len(people.CODES) + 2
        self._look_around(teacher)

    def _look_around(self, teacher: Visitor) -> None:
        home = teacher.page.url.partition("/teacher/")[0]
        for path in LOOKS:
            if teacher.open(f"{home}/teacher/{path}").status != 200:
                raise RuntimeError(f"{path}: HTTP {teacher.page.status}")
            self.pages += 1

    def _launch(self, visitor: Visitor, person: Person, activity: Activity) -> None:
        self.course.launch(visitor, person, activity)
        self.launches += 1
        self.held.append(self._resident())

    def _resident(self) -> float:
        server = self.tool.server
        if server is None or server.process is None:
            raise RuntimeError("the tool does not run")
        rows = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024


def measure(seconds: float = SECONDS) -> bool:
    """Print what was done and held; whether memory stayed."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as tool,
        sandbox_beside(tool, class_size=CLASS_SIZE) as server,
    ):
        course = Classroom(server, "moodle")
        connect(tool, course.registration)
        tool.serve()
        day = Day(course, tool)
        day.run(seconds)
    return _told(day, seconds)


def _told(day: Day, seconds: float) -> bool:
    first, second, third = day.thirds()
    even = third <= MOST_GROWTH * second
    print(
        f"{f'a day in {seconds:.0f} s':<45} {day.lessons} lessons, {day.launches} launches, "
        f"{day.pages} pages, {day.ratings} ratings; memory by thirds {first:.0f}, {second:.0f}, "
        f"{third:.0f} MiB (limit {MOST_GROWTH} x)",
        "" if even else "  GROWS",
    )
    return even


if __name__ == "__main__":
    sys.exit(0 if measure(float(sys.argv[1]) if sys.argv[1:] else SECONDS) else 1)
