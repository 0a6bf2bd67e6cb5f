"""The real rubric as a table and back: nothing lost, every problem by cell."""

from pathlib import Path

import pytest

from lti_tool.catalogue import StandardBundle, load_catalogue
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.rubric_authoring import changes, heads
from lti_tool.exchange.rubric_tables import rubric_from, rubric_rows
from lti_tool.exchange.spreadsheets import CellProblem, csv_file, read_table, xlsx_file

ROOT = Path(__file__).parents[2]
Table = list[list[str]]


@pytest.fixture(scope="module")
def bundle() -> StandardBundle:
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings").find("530050-2021-2.0")


def table_of(bundle: StandardBundle, language: str = "zh") -> Table:
    keys = heads(bundle.standard, bundle.classes)
    return rubric_rows(bundle.standard, bundle.rubric, keys, language)


def read(bundle: StandardBundle, rows: Table) -> tuple[Rubric, tuple[CellProblem, ...]]:
    keys = heads(bundle.standard, bundle.classes)
    return rubric_from(rows, bundle.rubric, bundle.classes, keys)


def problems(bundle: StandardBundle, rows: Table) -> list[tuple[str, str]]:
    return [(each.cell, each.column) for each in read(bundle, rows)[1]]


def put(rows: Table, row: str, column: str, words: str) -> str:
    """Write a cell; returns its address."""
    at = next(n for n, each in enumerate(rows) if each[0] == row)
    place = rows[0].index(column)
    rows[at][place] = words
    return f"{chr(ord('A') + place)}{at + 1}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_rubric_comes_back_whole(bundle: StandardBundle, language: str, kind: str) -> None:
    rows = table_of(bundle, language)
    content = csv_file(rows) if kind == "csv" else xlsx_file(rows, "量规")
    rubric, found = read(bundle, read_table(content))
    keys = heads(bundle.standard, bundle.classes)
    assert found == ()
    assert changes(bundle.rubric, rubric, keys) == ()


def test_columns_and_rows_may_be_left_out_and_stand_in_any_order(bundle: StandardBundle) -> None:
    rubric, found = read(bundle, [["权重", "编号"], ["4", "elementary/2.1.1"], ["", ""]])
    keys = heads(bundle.standard, bundle.classes)
    assert found == ()
    assert [
        (each.row, each.field, each.after) for each in changes(bundle.rubric, rubric, keys)
    ] == [("elementary/2.1.1", "weight", "4")]


def test_levels_and_cut_are_read_from_their_rows(bundle: StandardBundle) -> None:
    rows = table_of(bundle)
    put(rows, "水平名称", "水平 1", "待提高")
    put(rows, "水平百分比", "水平 2", "60")
    put(rows, "合格线", "水平 3", "")
    put(rows, "合格线", "水平 2", "是")
    put(rows, "elementary/2.2.4", "水平 2", rows[0][0])
    put(rows, "elementary/2.2.4", "水平 3", "")
    put(rows, "elementary/2.2.4", "水平 2（英文）", "")
    put(rows, "elementary/2.2.4", "水平 3（英文）", "")
    rubric, found = read(bundle, rows)
    assert found == ()
    assert (rubric.cut, rubric.percent(2), rubric.performance_levels[0].name.zh) == (
        2,
        60,
        "待提高",
    )


def test_every_problem_has_its_cell(bundle: StandardBundle) -> None:
    rows = table_of(bundle)
    expected = [
        (put(rows, "水平百分比", "水平 3", "20"), "水平 3"),
        (put(rows, "elementary/1.1.1", "权重", "一"), "权重"),
        (put(rows, "elementary/1.1.2", "一票否决项", "也许"), "一票否决项"),
        (put(rows, "elementary/1.1.3", "考核方式", "写作文"), "考核方式"),
        (put(rows, "elementary/1.1.4", "水平 4", ""), "水平 4"),
    ]
    rows += [["elementary/9.9.9"], ["elementary/1.1.1"], ["", "没有编号"]]
    end = len(rows)
    expected += [(f"A{end - 2}", "编号"), (f"A{end - 1}", "编号"), (f"A{end}", "编号")]
    assert sorted(problems(bundle, rows)) == sorted(expected)


def test_a_head_that_is_not_understood_is_named(bundle: StandardBundle) -> None:
    assert problems(bundle, [["编号", "颜色"], ["elementary/1.1.1", "红"]]) == [("B1", "颜色")]
    assert problems(bundle, [["编号", "权重", "权重"]]) == [("C1", "权重")]
    assert problems(bundle, [["代码"], ["elementary/1.1.1"]]) == [("A1", "代码"), ("", "")]


def test_a_row_of_another_member_of_a_class_is_named(bundle: StandardBundle) -> None:
    assert problems(bundle, [["编号"], ["intermediate/2.1.1"]]) == [("A2", "编号")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rights_notice_travels_with_the_texts(bundle: StandardBundle, language: str) -> None:
    notice = bundle.standard.rights_notice.in_language(language)
    assert table_of(bundle, language)[-1] == ["#", notice]
