"""The registrar's list as a file: every encoding a school saves, and every problem by row."""

import pytest

from lti_tool.domain.roll import Enrolment
from lti_tool.exchange.roll_tables import (
    CUT,
    MISSING,
    NO_ID_NUMBERS,
    TWICE,
    roll_from,
    sample_rows,
)
from lti_tool.exchange.spreadsheets import Rows, csv_file, read_table, xlsx_file

HEAD = ["学号", "姓名", "姓名拼音", "学期", "专业", "班级"]
STUDENT = ["2024030107", "黄𬭎怡", "Huang Hongyi", "2026-2027-1", "电子商务", "电商2401"]
READ = Enrolment("2024030107", "2026-2027-1", "电子商务", "电商2401", "黄𬭎怡", "Huang Hongyi")


def text(*rows: list[str]) -> str:
    return "\r\n".join(",".join(row) for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text(HEAD, STUDENT).encode(), id="utf-8"),
        pytest.param(text(HEAD, STUDENT).encode("utf-8-sig"), id="utf-8 with a byte order mark"),
        pytest.param(text(HEAD, STUDENT).encode("gb18030"), id="GB18030"),
        pytest.param(csv_file([HEAD, STUDENT]), id="our own CSV"),
        pytest.param(xlsx_file([HEAD, STUDENT], "名单"), id="XLSX"),
    ],
)
def test_a_list_is_read_from_every_kind_of_file(content: bytes) -> None:
    table = roll_from(read_table(content))
    assert (table.entries, table.problems, table.left_out) == (((2, READ),), (), ())


def test_columns_are_known_in_either_language_and_in_any_order() -> None:
    rows = [["Class", "Student Number", "Remarks"], ["电商2401", "７", "住校"], ["", "", ""]]
    table = roll_from(rows, term="2026-2027-1")
    assert table.entries == ((2, Enrolment("7", "2026-2027-1", class_name="电商2401")),)
    assert table.left_out == ("Remarks",)


def test_a_row_s_own_term_goes_before_the_one_given_for_all() -> None:
    rows = [["学号", "学期"], ["1", "2025-2026-2"], ["2", ""]]
    table = roll_from(rows, term="2026-2027-1")
    assert [each.term for _, each in table.entries] == ["2025-2026-2", "2026-2027-1"]


ID_ROW = ["2024030108", "李强", "Li Qiang", "2026-2027-1", "电子商务", "11010519491231002X"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([HEAD, STUDENT, ID_ROW], [("F3", NO_ID_NUMBERS)], id="ID number in a row"),
        pytest.param([["学号", "身份证号"]], [("B1", NO_ID_NUMBERS)], id="column of ID numbers"),
        pytest.param([["学号", "学期"], ["", "1"]], [("A2", MISSING)], id="no number"),
        pytest.param([["学号", "班级"], ["1", "甲"]], [("A2", MISSING)], id="no term"),
        pytest.param([["学号", "学期"], ["2.02403E+09", "1"]], [("A2", CUT)], id="rounded"),
        pytest.param([["学期", "学号"], ["1", "7"], ["1", "7"]], [("B3", TWICE)], id="twice"),
    ],
)
def test_every_problem_is_named_with_its_cell(rows: Rows, found: list[tuple[str, object]]) -> None:
    assert [(each.cell, each.reason) for each in roll_from(rows).problems] == found


def test_an_id_number_is_not_repeated_where_it_is_refused() -> None:
    assert [each.words for each in roll_from([HEAD, ID_ROW]).problems] == [""]


@pytest.mark.parametrize(
    "rows", [[], [["学号", "学期"]], [["姓名"], ["黄"]]], ids=["nothing", "no rows", "no numbers"]
)
def test_a_table_without_students_is_refused(rows: Rows) -> None:
    assert len(roll_from(rows).problems) == 1


def test_a_cell_that_is_too_long_is_refused() -> None:
    problems = roll_from([["学号", "学期", "班级"], ["1", "1", "班" * 101]]).problems
    assert [(each.cell, each.column) for each in problems] == [("C2", "班级")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_can_be_brought_back(language: str) -> None:
    table = roll_from(sample_rows(language))
    assert len(table.entries) == 1
    assert table.problems == ()
