"""``lti-tool standard diff|equivalence``: what a person would have to decide on."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parent.parent.parent
OLD, NEW = "530050-2021-2.0", "530050-2026-3.0"


@pytest.fixture
def revised(environment: dict[str, str]) -> None:
    """An invented second version, added to the installed standards: one text reworded, and no
    link of the first version kept."""
    added = Path(environment["LTI_TOOL_DATA_DIR"]) / "standards" / NEW
    for part in ("rubrics", "mappings"):
        folder = added / part / NEW
        folder.mkdir(parents=True)
        for file in (ROOT / part / OLD).iterdir():
            text = file.read_text(encoding="utf-8").replace(f"standard: {OLD}", f"standard: {NEW}")
            text = text.replace("version: '2021-2.0'", "version: '2026-3.0'")
            text = text.replace(
                "能够在服务结束前进行真诚确认", "能够在服务结束前进行真诚、完整的确认"
            )
            if file.name == "equivalence.yaml":
                text = f"standard: {NEW}\nlinks: []\n"
            if not file.name.startswith(("assessments", "descriptors")):
                (folder / file.name).write_text(text, encoding="utf-8")


def test_a_version_against_itself_changes_nothing(run: Run) -> None:
    code, out, _ = run("standard", "diff", OLD, OLD)
    expected = "same 151; reworded 0; moved 0; split 0; new 0; withdrawn 0\n"
    assert (code, out) == (0, expected)


def test_a_version_nobody_has_is_refused(run: Run) -> None:
    code, _, complaint = run("standard", "diff", OLD, "999999")
    assert code == 2
    assert "999999" in complaint


def test_what_a_new_version_changes_is_listed(run: Run, revised: None) -> None:
    code, out, _ = run("standard", "diff", OLD, NEW)
    assert code == 0
    lines = out.splitlines()
    assert "same 149; reworded 2" in lines[-1]
    assert lines[0].startswith("reworded")
    assert "真诚、完整的确认" in lines[0]


def test_pairs_are_proposed_with_their_reasons(run: Run, revised: None) -> None:
    code, out, _ = run("standard", "equivalence", NEW)
    assert code == 0
    assert "64 pairs to compare; nothing is linked until a person says so" in out
    assert "the same text, word for word; the same code (1.1.1)" in out


def test_a_standard_whose_pairs_are_all_judged_proposes_none(run: Run) -> None:
    code, out, _ = run("standard", "equivalence", OLD)
    assert (code, out.startswith("0 pairs")) == (0, True)
