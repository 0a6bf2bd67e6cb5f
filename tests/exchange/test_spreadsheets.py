"""Tables as CSV and XLSX: the same text out and back, nothing live, nothing hostile."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lti_tool.exchange.spreadsheets import (
    MAX_ROWS,
    TableError,
    csv_file,
    read_table,
    xlsx_file,
)

LIVE = ["=1+1", "+1", "-2", "@sum", "'quoted", "plain", "多行\n文字", 'a "b", c']
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=20)


@given(st.lists(texts, min_size=1, max_size=5))
def test_csv_gives_back_what_was_written(cells: list[str]) -> None:
    rows = [["编号", *cells], ["x", *cells]]
    assert read_table(csv_file(rows)) == rows


def test_no_cell_of_a_csv_begins_like_a_formula() -> None:
    text = csv_file([[each] for each in LIVE]).decode("utf-8-sig")
    assert not any(line.lstrip('"').startswith(("=", "+", "-", "@")) for line in text.split("\r\n"))


def test_cells_of_a_workbook_are_text() -> None:
    content = xlsx_file([["head"], *([each] for each in LIVE)], "量规")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert {cell.data_type for (cell,) in sheet.iter_rows()} == {"s"}
    assert [row[0] for row in read_table(content)] == ["head", *LIVE]


def test_a_formula_in_a_workbook_is_refused_by_cell() -> None:
    with pytest.raises(TableError) as refused:
        read_table(workbook([["a"], ["=1+1"]]))
    assert refused.value.cell == "A2"


def test_numbers_of_a_workbook_are_read_as_they_look() -> None:
    assert read_table(workbook([["a", "b", "c"], [3, 2.0, 2.5]]))[1] == ["3", "2", "2.5"]


def test_csv_as_chinese_excel_saves_it_is_read() -> None:
    assert read_table("编号,权重\n一,2\n".encode("gb18030")) == [["编号", "权重"], ["一", "2"]]


def test_empty_rows_at_the_end_are_left_out() -> None:
    assert read_table(b"a,b\n1,2\n,\n\n") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"a\x00b",
        b"PK\x03\x04",
        b"x" * 5_000_001,
        b"a\n" * (MAX_ROWS + 1),
        b"," * 101,
    ],
    ids=["empty", "no text", "zero", "damaged", "large", "rows", "columns"],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(TableError):
        read_table(content)


def test_an_archive_that_expands_beyond_bounds_is_refused() -> None:
    with pytest.raises(TableError):
        read_table(with_part("xl/media/x.bin", b"\0" * 61_000_000))


def test_a_declaration_of_entities_is_refused() -> None:
    part = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    )
    with pytest.raises(TableError):
        read_table(with_part("xl/other.xml", part))


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("part", [b"", b"<broken", b"<a/>"], ids=["none", "broken", "other"])
def test_a_damaged_workbook_is_refused_or_empty(name: str, part: bytes) -> None:
    with pytest.raises(TableError):
        read_table(with_part(name, part))


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    """A workbook with one part put in place of its own, or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"], ["b"]]))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return stream.getvalue()
