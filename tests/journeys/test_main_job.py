"""The main job, end to end over HTTP, in Moodle's and in Canvas's manner, on both databases.

The tool is its own process; nothing is patched. Not here: what goes wrong (``test_bad_input``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.sandbox import Activity

from . import people
from .classroom import Cell, Classroom
from .history import STANDARD, give_history
from .servers import Tool, connect, sandbox_beside, serving
from .visitor import Visitor


@pytest.fixture(params=["moodle", "canvas"])
def manner(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def tool(manner: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tool]:
    """On SQLite for Moodle's manner, on PostgreSQL for Canvas's: delivery differs by manner,
    storage by database, and neither knows of the other."""
    database = {"moodle": "sqlite_url", "canvas": "postgresql_url"}[manner]
    with serving(tmp_path / "data", request.getfixturevalue(database)) as made:
        yield made


@pytest.fixture
def course(tool: Tool, manner: str) -> Iterator[Classroom]:
    with sandbox_beside(tool) as server:
        made = Classroom(server, manner)
        connect(tool, made.registration)
        give_history(tool, made.registration.issuer, made.student.user_id)
        tool.serve()
        yield made


def test_the_main_job_from_setting_up_to_the_level_in_the_gradebook(
    course: Classroom, teacher: Visitor, student: Visitor, registrar: Visitor
) -> None:
    activity = _set_up(course, teacher)

    course.launch(student, course.student, activity)
    people.draft_text(student)
    people.draft_file(student, ("工单 截图.png", PNG, "image/png"))
    people.rate_self(student)
    people.hand_in(student)
    assert not student.page.has_form(r"/submit$")

    course.launch(teacher, course.teacher, activity)
    people.begin_rating(teacher)
    people.rate_all(teacher)
    assert course.grade(course.student, activity) is None, "drafts go nowhere"
    people.release(teacher)

    grade = people.until(lambda: _if_share(0.8, course.grade(course.student, activity)))
    assert grade.comments == ("4/4 达标",)
    level = people.until(lambda: _if_share(0, course.attainment(course.student)))
    assert "49/49" in level.comments[-1]
    course.launch(student, course.student, activity)
    assert student.follow(r"/feedback").status == 200

    course.launch_institution(registrar)
    people.sign_off(registrar)
    assert not registrar.page.has_form(r"/sign-off$")
    signed = people.until(lambda: _if_share(1, course.attainment(course.student)))
    assert STANDARD in signed.comments[-1]
    why = registrar.open(registrar.page.url)
    assert why.status == 200
    assert "2.2.4" in why.html

    assert len(course.platform.line_items) == 2, "the grade and the level, no doubles"
    assert course.tagged("attainment")[0].resource_link_id in (None, "")


def _set_up(course: Classroom, teacher: Visitor) -> Activity:
    """In Canvas by choosing content, in Moodle by a pasted link that is then set up."""
    if course.manner == "canvas":
        course.choose_content(teacher)
        people.set_up(teacher)
        return course.keep_content(teacher)
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    people.set_up(teacher)
    return activity


def _if_share(share: float, cell: Cell | None) -> Cell | None:
    return cell if cell is not None and cell.share == share else None


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
"""A picture of one dot."""
