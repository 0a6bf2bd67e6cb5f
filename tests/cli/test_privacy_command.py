"""``lti-tool privacy``: a learner is found, their data are handed out, and they are forgotten."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from lti_tool.app import build_parts
from lti_tool.domain.launch import Person, Role
from lti_tool.persistence import courses, people
from lti_tool.settings import read_settings
from tests.cli.conftest import BASE_URL, Run
from tests.services.classroom import ISSUER, open_course

LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


@pytest.fixture
def learner(run: Run, environment: dict[str, str]) -> int:
    """Somebody last heard of eleven years ago."""
    assert run("database", "upgrade")[0] == 0
    parts = build_parts(read_settings(environment, default_base_url=BASE_URL))
    course = open_course(parts.database)
    with parts.database.transaction() as session:
        made = people.remember_person(
            session,
            school_id=course.school_id,
            issuer=ISSUER,
            person=Person("u-7", name="欧阳晓薇", student_number="2026001"),
            now=LONG_AGO,
        )
        courses.remember_membership(
            session, course_id=course.id, person_id=made.id, role=Role.STUDENT, now=LONG_AGO
        )
    parts.database.close()
    return made.id


def test_a_learner_is_found_exported_and_forgotten(run: Run, learner: int, tmp_path: Path) -> None:
    assert run("privacy", "find", "晓薇")[1] == f"{learner}  2026001  欧阳晓薇\n"
    place = tmp_path / "own.zip"
    assert run("privacy", "export", str(learner), "--to", str(place))[0] == 0
    with ZipFile(place) as archive:
        told = json.loads(archive.read("data.json"))["data"]
    assert told["people"][0]["name"] == "欧阳晓薇"
    assert run("privacy", "export", str(learner), "--to", str(place))[0] == 2

    code, out, _ = run("privacy", "erase", str(learner))
    assert code == 0
    assert "Account  1  emptied of what was written (levels" in out.replace("（", " (")
    assert "Nothing is erased yet" in out
    assert run("privacy", "find", "晓薇")[0] == 0

    code, out, _ = run("privacy", "erase", str(learner), "--yes")
    assert code == 0
    assert "Backups from before still hold the person" in out
    assert run("privacy", "find", "晓薇")[0] == 1
    assert run("privacy", "erased")[1].startswith(f"{learner}  20")
    code, _, said = run("privacy", "erase", str(learner), "--yes")
    assert (code, "is erased already" in said) == (1, True)


def test_a_number_that_nobody_has_is_said(run: Run, learner: int) -> None:
    for action in ("show", "erase"):
        code, _, said = run("privacy", action, str(learner + 1000))
        assert (code, "not found: check the number" in said) == (1, True)


def test_whose_data_are_due_is_said_until_somebody_keeps_them(
    run: Run, learner: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, said = run("privacy", "due")
    assert (code, "LTI_TOOL_RETENTION_YEARS is not set" in said) == (1, True)
    monkeypatch.setenv("LTI_TOOL_RETENTION_YEARS", "12")
    assert run("privacy", "due")[1] == ""
    monkeypatch.setenv("LTI_TOOL_RETENTION_YEARS", "10")
    assert run("privacy", "due")[1] == f"{learner}  2026001  {LONG_AGO:%Y-%m-%d}\n"
    keep = ("privacy", "keep", str(learner), "--years", "3", "--reason", "诉讼未结")
    assert run(*keep)[0] == 0
    assert run("privacy", "due")[1] == ""
    monkeypatch.setenv("LTI_TOOL_RETENTION_YEARS", "0")
    assert run("privacy", "due")[0] == 2


def test_an_unknown_person_is_said_to_be_unknown(run: Run, learner: int) -> None:
    assert run("privacy", "show", str(learner + 99))[0] == 1
