"""One learner in two courses of a platform, over HTTP: what was shown in either counts once, and
the level's column of both courses says the same after every change.

The tool is its own process; nothing is patched. Not here: the main job (``test_main_job``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import people
from .classroom import Cell, Classroom
from .history import give_history
from .servers import Tool, connect, sandbox_beside, serving
from .visitor import Visitor


@pytest.fixture
def tool(sqlite_url: str, tmp_path: Path) -> Iterator[Tool]:
    with serving(tmp_path / "data", sqlite_url) as made:
        yield made


@pytest.fixture
def course(tool: Tool) -> Iterator[Classroom]:
    """The student lacks one more rating of one task for the rule to be met."""
    with sandbox_beside(tool) as server:
        made = Classroom(server, "moodle")
        connect(tool, made.registration)
        give_history(tool, made.registration.issuer, made.student.user_id)
        tool.serve()
        yield made


def assess(course: Classroom, teacher: Visitor, student: Visitor) -> None:
    """Set the task up in a course, hand it in, rate every code at the cut and release."""
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    people.set_up(teacher)
    course.launch(student, course.student, activity)
    people.draft_text(student)
    people.hand_in(student)
    course.launch(teacher, course.teacher, activity)
    people.begin_rating(teacher)
    people.rate_all(teacher)
    people.release(teacher)


def both(courses: tuple[Classroom, Classroom], share: float, words: str) -> tuple[Cell, ...]:
    """What the columns of both courses hold, once both hold this share with these words."""

    def look() -> tuple[Cell, ...] | None:
        cells = [each.attainment(each.student) for each in courses]
        found = tuple(each for each in cells if each is not None and each.share == share)
        told = all(words in each.comments[-1] for each in found)
        return found if len(found) == len(courses) and told else None

    return people.until(look)


def test_evidence_from_two_courses_counts_once_and_both_columns_follow_every_change(
    course: Classroom, teacher: Visitor, student: Visitor, registrar: Visitor
) -> None:
    other = course.copied(teacher)
    courses = (course, other)
    assess(course, teacher, student)
    people.until(lambda: course.attainment(course.student))
    assess(other, teacher, student)
    assert len({each.comments[-1] for each in both(courses, 0, "49/49 已掌握；已符合规则")}) == 1

    course.launch_institution(registrar)
    people.sign_off(registrar)
    both(courses, 1, "初级已认定")
    registrar.submit(r"/revoke$", {"reason": "考核中使用了他人账号"})
    both(courses, 0, "撤销；49/49 已掌握")

    columns = [each for one in courses for each in one.tagged("attainment")]
    assert len(columns) == 2, "one column of the level in each course"
