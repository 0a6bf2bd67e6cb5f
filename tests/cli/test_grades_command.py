"""``lti-tool grades reconcile`` and ``lti-tool platform pace``."""

import pytest

from lti_tool.app import build_parts
from lti_tool.domain.launch import Role
from lti_tool.persistence import line_items
from lti_tool.settings import read_settings
from tests.cli.conftest import Run
from tests.services.classroom import Classroom, enrol, open_course

DETAILS = (
    "--issuer=https://moodle.example",
    "--client-id=abc",
    "--auth-login-url=https://moodle.example/auth",
    "--auth-token-url=https://moodle.example/token",
    "--key-set-url=https://moodle.example/keys",
)


def test_courses_without_columns_need_no_comparison(run: Run) -> None:
    run("database", "upgrade")
    assert run("grades", "reconcile")[:2] == (0, "")
    code, _, complaint = run("grades", "reconcile", "--course", "7")
    assert (code, "no column" in complaint) == (1, True)


def test_a_gradebook_that_cannot_be_read_ends_with_one_and_says_so(
    run: Run, environment: dict[str, str]
) -> None:
    run("database", "upgrade")
    parts = build_parts(read_settings(environment, default_base_url=""))
    course = open_course(parts.database)
    teacher = enrol(parts.database, course, "teacher", Role.TEACHER)
    Classroom(parts.database, parts.catalogue, course, teacher).set_up()
    with parts.database.transaction() as session:
        (item,) = line_items.line_items_of(session, course.id)
        url = "https://lms.example/course-1/lineitems/1/lineitem"
        line_items.set_line_item_url(session, item.id, url)
    parts.database.close()
    code, out, _ = run("grades", "reconcile")
    assert code == 1
    assert "column cannot be read" in out


def test_a_platforms_pace_is_set_and_taken_back(run: Run) -> None:
    run("platform", "add", "--name=学校 Moodle", *DETAILS)
    assert run("platform", "pace", "学校 Moodle", "--per-second=50", "--burst=80")[0] == 0
    assert run("platform", "pace", "学校 Moodle")[0] == 0


@pytest.mark.parametrize("numbers", [["--per-second=50"], ["--per-second=0", "--burst=5"]])
def test_half_a_pace_is_refused(run: Run, numbers: list[str]) -> None:
    run("platform", "add", "--name=学校 Moodle", *DETAILS)
    code, _, complaint = run("platform", "pace", "学校 Moodle", *numbers)
    assert (code, "together" in complaint) == (2, True)
