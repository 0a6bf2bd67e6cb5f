"""The main job with an LMS that nobody here wrote: the platform side of lti-consumer-xblock.

Everything over HTTP between three programs: the tool, Open edX's side, the people's browsers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.history import STANDARD, give_history
from tests.journeys.servers import Tool, serving
from tests.journeys.visitor import Visitor

from .platform import OpenEdx, openedx_beside

TEACHER = "teacher-1"
STUDENT = "student-7"
ATTAINMENT = (f"{STANDARD}/elementary", "attainment")


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    with serving(tmp_path_factory.mktemp("tool")) as made:
        yield made


@pytest.fixture(scope="module")
def openedx(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenEdx]:
    folder: Path = tmp_path_factory.mktemp("openedx")
    with openedx_beside(tool, folder) as made:
        made.register(tool)
        give_history(tool, made.base_url, STUDENT)
        tool.serve()
        yield made


def test_the_main_job_from_the_first_launch_to_the_level_in_the_gradebook(
    tool: Tool, openedx: OpenEdx, teacher: Visitor, student: Visitor, registrar: Visitor
) -> None:
    teacher.open(openedx.unit("pasted", "instructor", TEACHER))
    assert people.set_up(teacher).status == 200
    _hand_in(openedx, student, "pasted", STUDENT)

    teacher.open(openedx.unit("pasted", "instructor", TEACHER))
    people.begin_rating(teacher)
    people.rate_all(teacher)
    assert openedx.columns() == [], "drafts go nowhere"
    people.release(teacher)

    grade = people.until(lambda: openedx.score("pasted", "grade", STUDENT))
    assert (grade["given"], grade["maximum"]) == (16, 20)
    assert grade["progress"] == ["Completed", "FullyGraded"]
    assert grade["comment"] == "4/4 达标"
    level = people.until(lambda: openedx.score("pasted", "attainment", STUDENT))
    assert (level["given"], level["maximum"]) == (0, 1)
    assert "49/49" in level["comment"]

    registrar.open(people.address_in(tool.run("access", "add", "--role", "registrar")))
    assert people.sign_off(registrar).status == 200
    signed = people.until(lambda: _attained(openedx))
    assert (signed["given"], signed["maximum"]) == (1, 1)
    assert STANDARD in signed["comment"]
    columns = {(each["resource_id"], each["tag"]): each for each in openedx.columns()}
    assert len(columns) == 2, "the grade and the level, no doubles"
    assert columns[ATTAINMENT]["resource_link_id"] is None


def test_content_chosen_in_the_tool_is_understood_and_opens_the_assessment(
    openedx: OpenEdx, teacher: Visitor, student: Visitor
) -> None:
    teacher.open(openedx.choosing("chosen", TEACHER))
    people.set_up(teacher, title="订单咨询", points="12.5")
    assert teacher.page.status == 200

    (item,) = openedx.content("chosen")
    assert (item["type"], item["title"]) == ("ltiResourceLink", "订单咨询")
    assessment = item["custom"]["assessment"]
    _hand_in(openedx, student, "chosen", "student-8")
    assert assessment in student.page.url


def test_a_grade_keeps_its_column_when_the_platform_names_the_levels_column_as_the_units(
    openedx: OpenEdx, teacher: Visitor, student: Visitor
) -> None:
    """Observed with lti-consumer-xblock 11.4: the launch names the unit's first column as its
    line item, whatever that is. Ratings released at once bring the level's column first."""
    teacher.open(openedx.unit("alone", "instructor", TEACHER))
    people.set_up(teacher, release="at_once")
    _hand_in(openedx, student, "alone", "student-9")
    teacher.open(openedx.unit("alone", "instructor", TEACHER))
    people.begin_rating(teacher)
    first, *others = people.CODES
    people.rate(teacher, first, 3)
    people.until(lambda: openedx.score("alone", "attainment", "student-9"))

    student.open(openedx.unit("alone", "student", "student-9"))
    people.rate_all(teacher, dict.fromkeys(others, 3))
    grade = people.until(lambda: openedx.score("alone", "grade", "student-9"))
    assert (grade["given"], grade["maximum"]) == (16, 20)
    level = openedx.score("alone", "attainment", "student-9")
    assert (level["given"], level["maximum"]) == (0, 1)


def _hand_in(openedx: OpenEdx, student: Visitor, unit: str, user: str) -> None:
    student.open(openedx.unit(unit, "student", user))
    people.draft_text(student)
    people.rate_self(student)
    people.hand_in(student)
    assert student.page.status == 200


def _attained(openedx: OpenEdx) -> Any:
    level = openedx.score("pasted", "attainment", STUDENT)
    return level if level["given"] == 1 else None
