"""``lti-tool exports``: what a nightly job of a registrar calls."""

import csv
import hashlib
import io
from pathlib import Path

import pytest

from lti_tool.app import build_parts
from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log
from lti_tool.settings import read_settings
from tests.cli.conftest import BASE_URL, Run
from tests.services.attaining import rate_once_more
from tests.services.classroom import STANDARD, Classroom, enrol, open_course


@pytest.fixture
def classroom(run: Run, environment: dict[str, str]) -> Classroom:
    """One learner with an outcome."""
    assert run("database", "upgrade")[0] == 0
    parts = build_parts(read_settings(environment, default_base_url=BASE_URL))
    course = open_course(parts.database)
    teacher = enrol(parts.database, course, "周敏", Role.TEACHER)
    room = Classroom(parts.database, parts.catalogue, course, teacher)
    rate_once_more(room, room.enrol("黄嘉怡", number="2024030107"), {"2.1.1": 3})
    return room


def test_an_export_is_made_listed_shown_and_handed_out_again(
    run: Run, classroom: Classroom, tmp_path: Path
) -> None:
    place, again = tmp_path / "outcomes.csv", tmp_path / "again.csv"
    code, out, complaint = run("exports", "make", "--kind", "csv", "--to", str(place))
    assert code == 0, complaint
    number = out.split()[0]
    text = place.read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["学号"], row["状态"]) == ("2024030107", "未达成")
    assert "不是 X 证书" in row["声明"]
    assert place.stat().st_mode & 0o077 == 0, "names and numbers are in it"
    (line,) = run("exports", "list")[1].splitlines()
    assert line.startswith(number)
    assert f"csv  1 rows  {STANDARD}  command line" in line

    rate_once_more(classroom, classroom.enrol("梁俊杰", number="2024030108"), {"2.1.1": 2})
    later = tmp_path / "outcomes.zip"
    code, out, _ = run("exports", "make", "--kind", "oneroster", "--to", str(later))
    assert code == 0
    _, shown, _ = run("exports", "show", out.split()[0])
    assert f"since {number}" in shown
    assert "1 new, 0 changed, 0 gone" in shown

    assert run("exports", "show", number, "--to", str(again))[0] == 0
    assert again.read_bytes() == place.read_bytes()
    digest = hashlib.sha256(place.read_bytes()).hexdigest()
    with classroom.reading() as session:
        log = audit_log.entries_about(session, f"export:{number}")
    assert [each.action for each in log] == ["export", "take_export", "take_export"]
    assert [each.detail for each in log[1:]] == [digest, digest]


def test_a_filter_narrows_and_what_makes_no_sense_is_named(
    run: Run, classroom: Classroom, tmp_path: Path
) -> None:
    place = tmp_path / "outcomes.csv"
    wrong = {
        ("--level", "master"): "master",
        ("--standard", "530050-1999"): "530050-1999",
        ("--course", "999"): "999",
        ("--school", "某校"): "name the school",
        ("--state", "attained"): "nothing",
    }
    for narrowing, named in wrong.items():
        code, _, complaint = run("exports", "make", "--kind", "csv", "--to", str(place), *narrowing)
        assert (code != 0, place.exists()) == (True, False), narrowing
        assert named in complaint, narrowing
    assert run("exports", "list")[1] == ""
    assert run("exports", "show", "nothing")[0] == 2
    place.write_text("mine")
    assert run("exports", "make", "--kind", "csv", "--to", str(place))[0] == 2
    assert place.read_text() == "mine"
    course = str(classroom.course.id)
    made = run("exports", "make", "--kind", "xlsx", "--to", str(tmp_path / "a"), "--course", course)
    assert made[0] == 0, made
    assert f"course={course}" in run("exports", "list")[1]
