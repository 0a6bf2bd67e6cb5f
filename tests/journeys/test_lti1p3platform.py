"""The main job with a second LMS that nobody here wrote: lti1p3platform.

Its own code makes the login, the launches and the deep linking request and checks what comes back;
everything goes over HTTP between the tool's process, the LMS and the people's browsers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.delivery.serving import served
from tests.lti.lti1p3_lms import CLIENT, DEPLOYMENT, MEMBERS, Content, Grades, lms

from . import people
from .servers import Tool, serving
from .visitor import Visitor

STUDENT = "student-7"


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    with serving(tmp_path / "data") as made:
        yield made


@pytest.fixture
def course(tool: Tool) -> Iterator[Flask]:
    Grades.items, Grades.held = {}, {}
    with served(lambda base: lms(base, tool=tool.base_url)) as app:
        base = app.config["URL"]
        tool.run(
            "platform",
            "add",
            "--name=lti1p3platform",
            f"--issuer={base}",
            f"--client-id={CLIENT}",
            f"--auth-login-url={base}/authorise",
            f"--auth-token-url={base}/token",
            f"--key-set-url={base}/keys",
            f"--deployment-id={DEPLOYMENT}",
        )
        tool.serve()
        yield app


def launch(course: Flask, visitor: Visitor, user: str, unit: str = "chosen") -> None:
    visitor.open(f"{course.config['URL']}/open/{unit}/as/{user}")
    assert visitor.page.status == 200, visitor.page.html


def test_the_main_job_from_choosing_content_to_the_grade(
    course: Flask, teacher: Visitor, student: Visitor
) -> None:
    launch(course, teacher, "teacher-1", "choose")
    people.set_up(teacher, title="订单咨询")
    assert teacher.page.html == "taken"
    content: Content = course.config["CONTENT"]
    (item,) = content.items
    assert (item["type"], item["title"]) == ("ltiResourceLink", "订单咨询")

    launch(course, student, STUDENT)
    assert item["custom"]["assessment"] in student.page.url
    people.draft_text(student)
    people.hand_in(student)

    launch(course, teacher, "teacher-1")
    listed = people.until(lambda: _everybody(teacher))
    assert listed == len(MEMBERS) - 1, "the class list was read, its teacher left out"
    people.begin_rating(teacher)
    people.rate_all(teacher)
    assert Grades.items == {}, "drafts go nowhere"
    people.release(teacher)

    chosen = item["custom"]["assessment"]
    grade = people.until(lambda: _grade(STUDENT, chosen))
    assert (grade["scoreGiven"], grade["scoreMaximum"]) == (16, 20)
    assert grade["comment"] == "4/4 达标"
    resource_ids = [each["resourceId"] for each in Grades.items.values()]
    assert resource_ids.count(chosen) == 1, "one column, no doubles"


def _everybody(teacher: Visitor) -> int | None:
    """How many of the class list stand in the queue; None until it was read."""
    teacher.open(teacher.page.url)
    found = sum(f"{each['user_id']}</th>" in teacher.page.html for each in MEMBERS)
    return found or None


def _grade(user: str, resource_id: str) -> Any:
    """What the assessment's column holds for somebody; None while it holds nothing."""
    columns = [url for url, each in Grades.items.items() if each["resourceId"] == resource_id]
    return Grades.held.get((columns[0], user)) if columns else None
