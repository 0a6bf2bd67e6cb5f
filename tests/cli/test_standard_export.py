"""``lti-tool standard export``: files for other systems, and back by ``import`` and ``confirm``."""

from pathlib import Path

import pytest

from lti_tool.exchange.frameworks import Format
from tests.cli.conftest import Run


def test_a_file_is_written_and_what_is_left_out_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("standard", "export", "530050", "--format", "case-1.1")
    assert code == 0
    assert "Wrote 530050-2021-2.0.case-1.1.json" in out
    assert "left out: the attainment rule" in err
    assert (
        '"https://tool.example/ims/case/v1p1/' in Path("530050-2021-2.0.case-1.1.json").read_text()
    )


def test_a_file_that_is_there_stays(run: Run, tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("mine")
    code, _, err = run("standard", "export", "530050", "--format", "moodle", "--output", str(taken))
    assert code == 2
    assert "is there already" in err
    assert taken.read_text() == "mine"


def test_it_goes_to_standard_output_whole(run: Run) -> None:
    code, out, _ = run("standard", "export", "530050", "--format", "canvas-rubric", "--output", "-")
    assert code == 0
    assert out.startswith("Rubric Name,")
    assert "lti-tool:" not in out


def test_an_unknown_standard_is_named(run: Run) -> None:
    code, _, err = run("standard", "export", "999999", "--format", Format.MOODLE.value)
    assert code == 2
    assert "'999999'" in err


def test_what_was_exported_is_imported_and_confirmed_under_another_code(
    run: Run, tmp_path: Path
) -> None:
    file, draft = tmp_path / "f.csv", tmp_path / "draft"
    run("standard", "export", "530050", "--format", "canvas-outcomes", "--output", str(file))
    code, out, _ = run("standard", "import", str(file), "--code", "530099", "--output", str(draft))
    assert code == 0
    assert "高级: 4 work areas, 12 tasks, 38 requirements (37 printed)" in out
    assert "高级  4.1.1: lost in source" in out
    code, out, _ = run("standard", "confirm", str(draft))
    assert "Installed 530099-2021-2.0: 151 requirements" in out


def test_a_table_that_is_none_is_refused_with_what_was_expected(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "grades.csv"
    file.write_text("name,grade\nLi,90\n")
    code, _, err = run("standard", "import", str(file))
    assert code == 1
    assert "the head of this table is not known" in err
    assert "name, grade" in err
