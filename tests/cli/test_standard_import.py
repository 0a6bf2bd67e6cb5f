"""``lti-tool standard import`` and ``confirm``: from a document to an installed standard."""

import csv
import io
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "catalogue" / "data" / "530050-2021-v2.0.txt"
RENAMED = ("--code", "530099")


@pytest.fixture
def draft(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    code, _, _ = run("standard", "import", str(SOURCE), *RENAMED, "--output", str(folder))
    assert code == 0
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {str(each.relative_to(folder)): each.read_bytes() for each in files}


def test_importing_says_what_was_found_lost_and_mended(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("standard", "import", str(SOURCE), "--output", str(tmp_path / "draft"))
    assert code == 0
    assert "中级: 6 work areas, 20 tasks, 64 requirements (63 printed)" in out
    assert "高级  4.1.1: lost in source  [line 281]" in out
    assert "中级  5.3.1: cut at a page break, joined  [line 233]" in out


def test_the_draft_is_the_same_bytes_every_time(run: Run, draft: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    run("standard", "import", str(SOURCE), *RENAMED, "--output", str(again))
    assert contents(again) == contents(draft)


def test_csv_has_the_columns_of_show_and_writes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    _, out, _ = run("standard", "import", str(SOURCE), "--csv")
    _, shown, _ = run("standard", "show", "530050", "--csv")
    rows, known = (list(csv.DictReader(io.StringIO(each))) for each in (out, shown))
    assert list(rows[0]) == list(known[0])
    assert [row["code"] for row in rows] == [row["code"] for row in known]
    assert not any(name.endswith(".yaml") for name in set(contents(tmp_path)) - set(before))


def test_nothing_is_installed_before_somebody_confirms(run: Run, draft: Path) -> None:
    _, out, _ = run("standard", "list")
    assert "530099" not in out
    code, out, _ = run("standard", "confirm", str(draft))
    assert (code, "151 requirements" in out) == (0, True)
    _, out, _ = run("standard", "list")
    assert "530099-2021-2.0  电子商务客户服务职业技能等级标准" in out
    code, out, _ = run("standard", "show", "530099", "--csv")
    assert (code, len(out.splitlines())) == (0, 152)


def test_a_confirmed_standard_brings_proposals_and_links_nothing(draft: Path) -> None:
    mappings = draft / "mappings" / "530099-2021-2.0"
    assert yaml.safe_load((mappings / "equivalence.yaml").read_text("utf-8"))["links"] == []
    rule = yaml.safe_load((mappings / "attainment.yaml").read_text("utf-8"))
    assert "建议" in rule["origin"]["zh"]
    assert rule["critical"] == {}


def test_what_is_installed_is_never_replaced(run: Run, draft: Path, tmp_path: Path) -> None:
    assert run("standard", "confirm", str(draft))[0] == 0
    code, _, complaint = run("standard", "confirm", str(draft))
    assert (code, "installed already" in complaint) == (1, True)
    run("standard", "import", str(SOURCE), "--output", str(tmp_path / "shipped"))
    code, _, complaint = run("standard", "confirm", str(tmp_path / "shipped"))
    assert (code, "installed already" in complaint) == (1, True)


def test_an_edited_draft_is_checked_and_every_fault_listed(run: Run, draft: Path) -> None:
    level = draft / "rubrics" / "530099-2021-2.0" / "level-elementary.yaml"
    level.write_text(level.read_text("utf-8").replace("'1.1.2'", "'1.1.1'", 1), "utf-8")
    code, _, complaint = run("standard", "confirm", str(draft))
    assert code == 1
    assert "1.1.1 stands here twice" in complaint
    assert "530099" not in run("standard", "list")[1]


def test_a_draft_without_a_code_asks_for_it_and_cannot_be_confirmed(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "no-code.txt"
    source.write_text(SOURCE.read_text("utf-8").replace("标准代码：530050", ""), "utf-8")
    folder = tmp_path / "draft"
    code, out, _ = run("standard", "import", str(source), "--output", str(folder))
    assert (code, "import again with --code" in out) == (0, True)
    code, _, complaint = run("standard", "confirm", str(folder))
    assert (code, "no code or version" in complaint) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("letter.txt", "今天天气很好。\n我们去公园。", "no requirements were found"),
        ("empty.txt", "  \n", "the file is empty"),
        ("sheet.xlsx", "x", "only text, Markdown, HTML, DOCX and PDF"),
    ],
    ids=["no-standard", "empty", "other-kind"],
)
def test_what_is_no_standard_is_refused_in_words(
    run: Run, tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    code, _, complaint = run("standard", "import", str(tmp_path / name))
    assert (code, words in complaint) == (1, True)


def test_a_code_that_can_be_none_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, complaint = run("standard", "import", str(SOURCE), "--code", "../x")
    assert (code, "no code or version" in complaint) == (1, True)
