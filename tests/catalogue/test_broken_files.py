"""A broken file is refused with file, line, path and a reason, whatever is wrong with it."""

from pathlib import Path

import pytest

from lti_tool.catalogue import CatalogueError, Problem, load_catalogue
from tests.catalogue.faults import (
    ATTAINMENT,
    ELEMENTARY,
    EQUIVALENCE,
    FAULTS,
    ID,
    PROGRAMMES,
    RUBRIC,
    STANDARD,
    Fault,
)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder / "rubrics", folder / "mappings")
    return caught.value.problems


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_reported_with_its_place_and_reason(copy: Path, fault: Fault) -> None:
    file = copy / fault.file
    text = file.read_text("utf-8")
    assert fault.old in text
    file.write_text(text.replace(fault.old, fault.new, 1), "utf-8")
    found = [
        each
        for each in problems_of(copy)
        if each.file == file and each.path == fault.path and fault.reason in str(each.reason.en)
    ]
    assert len(found) == 1, problems_of(copy)
    line = file.read_text("utf-8").splitlines()[found[0].line - 1]
    assert fault.at in line
    assert found[0].reason.zh != found[0].reason.en


def test_every_fault_of_every_file_is_reported_at_once(copy: Path) -> None:
    for file, old, new in (
        (ELEMENTARY, "'1.1.2'", "'1.1.1'"),
        (ELEMENTARY, "'3.1.2'", "3.12"),
        (RUBRIC, "percent: 80", "percent: 50"),
        (EQUIVALENCE, "tags: [same]", "tags: [equal]"),
        (ATTAINMENT, "needed: 2", "needed: two"),
        (PROGRAMMES, "catalogue: old", "catalogue: older"),
    ):
        path = copy / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    files = {str(each.file.relative_to(copy)) for each in problems_of(copy)}
    assert files == {ELEMENTARY, RUBRIC, EQUIVALENCE, ATTAINMENT, PROGRAMMES}


@pytest.mark.parametrize(
    "file", [STANDARD, ELEMENTARY, RUBRIC, EQUIVALENCE, ATTAINMENT, PROGRAMMES]
)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert [(each.file, each.line, each.reason.en) for each in problems_of(copy)] == [
        (copy / file, 1, "the file is missing")
    ]


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(copy: Path) -> None:
    (copy / RUBRIC).write_bytes("standard: x\nname: 量规\n".encode("gb18030"))
    (problem,) = problems_of(copy)
    assert (problem.file, problem.line) == (copy / RUBRIC, 2)
    assert problem.reason.en == "the file is not UTF-8 text"


def test_an_empty_file_is_refused(copy: Path) -> None:
    (copy / RUBRIC).write_text("# nothing\n", "utf-8")
    (problem,) = problems_of(copy)
    assert problem.reason.en == "the file is empty"


def test_a_file_beyond_all_bounds_is_refused(copy: Path) -> None:
    (copy / RUBRIC).write_bytes(b"# " + b"x" * 5_000_000)
    (problem,) = problems_of(copy)
    assert "larger than" in str(problem.reason.en)


@pytest.mark.parametrize("name", ["level-expert.yaml", "descriptor-elementary.yaml", "rubric.yml"])
def test_a_file_of_an_unknown_name_is_not_passed_over(copy: Path, name: str) -> None:
    stray = copy / "rubrics" / ID / name
    stray.write_text("standard: x\n", "utf-8")
    (problem,) = problems_of(copy)
    assert (problem.file, problem.reason.en) == (stray, "a file of this name is not known")


def test_a_mapping_folder_without_its_standard_is_named(copy: Path) -> None:
    (copy / "mappings" / "999999-2022-1.0").mkdir()
    (problem,) = problems_of(copy)
    assert problem.file.name == "999999-2022-1.0"


def test_missing_folders_are_named(tmp_path: Path) -> None:
    assert [each.file.name for each in problems_of(tmp_path)] == ["mappings", "rubrics"]


def test_a_problem_speaks_the_readers_language(copy: Path) -> None:
    (copy / RUBRIC).unlink()
    (problem,) = problems_of(copy)
    assert problem.in_language("zh_Hans_CN") == f"{copy / RUBRIC}:1: 缺少这个文件"
    assert str(problem) == f"{copy / RUBRIC}:1: the file is missing"
