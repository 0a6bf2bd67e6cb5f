"""From one pasted address to a launch: the whole of dynamic registration, over HTTP.

Not here: every way it can fail (``tests/web/test_registration_pages``).
"""

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from .classroom import Classroom
from .servers import Tool, sandbox_beside, serving
from .visitor import Visitor


@pytest.fixture(params=["moodle", "canvas"])
def manner(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    """A tool that knows no LMS."""
    with serving(tmp_path / "data") as made:
        made.run("database", "upgrade")
        made.serve()
        yield made


@pytest.fixture
def course(tool: Tool, manner: str) -> Iterator[Classroom]:
    with sandbox_beside(tool) as server:
        yield Classroom(server, manner)


def invited(tool: Tool) -> str:
    """The address that the administrator pastes."""
    printed = tool.run("platform", "invite", "--school", "某职业学院")
    return next(line for line in printed.splitlines() if line.startswith(tool.base_url))


def frame(visitor: Visitor) -> str:
    """The address in the frame of the page."""
    return unescape(visitor.page.html.partition("<iframe")[2].partition('src="')[2].split('"')[0])


def paste(course: Classroom, visitor: Visitor, address: str) -> None:
    """The LMS's administrator pastes the address and sees the tool's page in the frame."""
    visitor.open(course.place(course.platform.registrar, "tools"))
    visitor.submit(r"/tools$", {"url": address})
    visitor.open(frame(visitor))


def test_an_lms_is_connected_by_pasting_one_address(
    course: Classroom, tool: Tool, registrar: Visitor, teacher: Visitor
) -> None:
    activity = course.paste_link()
    address = invited(tool)
    paste(course, registrar, address)
    assert registrar.page.status == 200
    registrar.submit("", {"name": "学校的 LMS"})
    assert "registration-close.js" in registrar.page.html

    registrar.open(course.place(course.platform.registrar, "tools"))
    registrar.submit(r"/tools/activate$")
    launched = course.launch(teacher, course.teacher, activity)
    if course.manner == "canvas":
        assert launched.status == 403, "Canvas named no deployment: the first launch waits"
        tool.run("platform", "approve", "学校的 LMS", "1", "--school", "某职业学院")
        launched = course.launch(teacher, course.teacher, activity)
    assert launched.status == 200
    assert "/teacher/" in launched.url
    assert "某职业学院" in tool.run("platform", "list")


def test_an_address_is_worth_nothing_once_it_was_used(
    course: Classroom, tool: Tool, visitors: Callable[[], Visitor]
) -> None:
    address = invited(tool)
    first, second = visitors(), visitors()
    paste(course, first, address)
    paste(course, second, address)
    first.submit("", {"name": "一"})
    assert first.page.status == 200
    second.submit("", {"name": "二"})
    assert second.page.status == 410
    assert "二" not in tool.run("platform", "list")
