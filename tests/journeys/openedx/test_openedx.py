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
    teacher.open(openedx.unit("pasted", "instructor", "teacher-1"))
    assert people.set_up(teacher).status == 200

    student.open(openedx.unit("pasted", "student", STUDENT))
    people.draft_text(student)
    people.rate_self(student)
    assert people.hand_in(student).status == 200

    teacher.open(openedx.unit("pasted", "instructor", "teacher-1"))
    people.begin_rating(teacher)
    people.rate_all(teacher)
    assert openedx.columns() == {}, "drafts go nowhere"
    people.release(teacher)

    grade = people.until(lambda: openedx.scores(STUDENT).get("grade"))
    assert (grade["given"], grade["maximum"]) == (16, 20)
    assert grade["progress"] == ["Completed", "FullyGraded"]
    assert grade["comment"] == "4/4 达标"
    level = people.until(lambda: openedx.scores(STUDENT).get("attainment"))
    assert (level["given"], level["maximum"]) == (0, 1)
    assert "49/49" in level["comment"]

    registrar.open(people.address_in(tool.run("access", "add", "--role", "registrar")))
    assert people.sign_off(registrar).status == 200
    signed = people.until(lambda: _attained(openedx))
    assert (signed["given"], signed["maximum"]) == (1, 1)
    assert STANDARD in signed["comment"]
    assert openedx.columns()[ATTAINMENT]["resource_link_id"] is None


def _attained(openedx: OpenEdx) -> Any:
    level = openedx.scores(STUDENT)["attainment"]
    return level if level["given"] == 1 else None
