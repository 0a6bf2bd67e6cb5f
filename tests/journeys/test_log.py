"""What the tool's log says of a working day, and what it must not say: anything of a person."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import people
from .classroom import Classroom
from .servers import Tool, connect, sandbox_beside, serving
from .visitor import Visitor

EVIDENCE = "您好，包裹破损我们马上为您补发。"
TOKEN = re.compile(r"eyJ[\w-]+\.|/s/[\w-]{20,}|/enter/[\w-]{20,}|Bearer \w")


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    with serving(tmp_path / "data") as made:
        yield made


@pytest.fixture
def course(tool: Tool) -> Iterator[Classroom]:
    """In Canvas's manner, whose user ids are long enough to be looked for."""
    with sandbox_beside(tool) as server:
        made = Classroom(server, "canvas")
        connect(tool, made.registration)
        tool.serve()
        yield made


def test_a_day_is_logged_without_anything_of_a_person(
    tool: Tool, course: Classroom, teacher: Visitor, student: Visitor, registrar: Visitor
) -> None:
    _live(tool, course, teacher, student)
    registrar.open(people.address_in(tool.run("access", "add", "--role", "registrar")))
    log, events = _read(tool)

    requests = [each for each in events if each["event"] == "request"]
    assert {"launch.login", "launch.launch", "launch.enter"} <= {each["page"] for each in requests}
    (refused,) = [each for each in events if each["event"] == "launch refused"]
    assert refused["reason"] == "state_used"
    assert all(each.get("request_id") for each in (*requests, refused))

    members = (course.teacher, course.student, course.platform.registrar)
    said = [each for person in members for each in (person.name, person.email, person.user_id)]
    said += [person.family_name + person.given_name for person in members]
    said += [person.student_number for person in members] + [EVIDENCE, "看过了", "达标"]
    assert [each for each in said if each and each in log] == []
    assert TOKEN.findall(log) == []
    for visitor in (teacher, student, registrar):
        assert visitor.page.url.split("/s/")[1].split("/")[0] not in log


def test_the_request_that_released_a_grade_goes_on_to_the_lms(
    tool: Tool, course: Classroom, teacher: Visitor, student: Visitor
) -> None:
    _live(tool, course, teacher, student)
    (released,) = [each for each in _read(tool)[1] if each.get("page") == "teacher.release"]

    def delivered() -> bool:
        """The line is written after the LMS has answered."""
        events = [each for each in _read(tool)[1] if each["event"] == "score was delivered"]
        return released["request_id"] in {each["request_id"] for each in events}

    assert people.until(delivered, seconds=20)


def _live(tool: Tool, course: Classroom, teacher: Visitor, student: Visitor) -> None:
    """An assessment from setting up to the gradebook, and a launch that is sent twice."""
    course.choose_content(teacher)
    people.set_up(teacher)
    activity = course.keep_content(teacher)
    course.launch(student, course.student, activity)
    people.draft_text(student, EVIDENCE)
    people.hand_in(student)
    course.launch(teacher, course.teacher, activity)
    people.begin_rating(teacher)
    people.rate_all(teacher)
    people.release(teacher)
    people.until(lambda: course.grade(course.student, activity))
    place = course.place(course.student, f"activities/{activity.id}/launch")
    student.open(place, by_itself=False)
    form = student.submit(r"/lti/login$", by_itself=False).form(r"/lti/launch$")
    student.submit(form)
    entered = student.page.url
    assert student.submit(form).status == 400
    student.open(entered)


def _read(tool: Tool) -> tuple[str, list[dict[str, Any]]]:
    """The log and its events; after the greeting every line is one."""
    log = (tool.folder / "serve.log").read_text(encoding="utf-8")
    greeting, _, rest = log.partition("\n")
    assert tool.base_url in greeting
    return log, [json.loads(line) for line in rest.splitlines()]
