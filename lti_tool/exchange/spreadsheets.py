"""Tables of text as CSV and XLSX files, out and back, guarded both ways.

Out: no cell is a formula, whatever it begins with. In: bounded in size, no formulas, no external
entities. Not here: what the cells mean.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from lti_tool.domain.standard import Text

Rows = Sequence[Sequence[str]]

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 200
XLSX: Final = b"PK\x03\x04"
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
"""How a cell begins that a spreadsheet would run, or that was guarded already."""


class TableError(Exception):
    """The file is no table that can be read. ``reason`` says why, ``cell`` where if known."""

    def __init__(self, reason: Text, cell: str = "") -> None:
        super().__init__(reason.en or reason.zh)
        self.reason = reason
        self.cell = cell


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in a cell. ``cell`` is as a spreadsheet names it (``D12``), empty for the whole
    table; ``column`` is its head, ``words`` what stands there."""

    cell: str
    column: str
    words: str
    reason: Text


def address(row: int, column: int) -> str:
    """``D12`` for row 11 and column 3, both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def csv_file(rows: Rows) -> bytes:
    """CSV with a byte order mark, for spreadsheets; a cell they would run gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerows([[guarded(cell) for cell in row] for row in rows])
    return stream.getvalue().encode("utf-8-sig")


def xlsx_file(rows: Rows, title: str) -> bytes:
    """A workbook of one sheet, every cell a string, its head frozen and bold."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = title[:31]
    for number, row in enumerate(rows, start=1):
        for place, words in enumerate(row, start=1):
            cell = sheet.cell(number, place, words)
            # openpyxl would make a formula of "=1+1".
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for place in range(1, len(rows[0]) + 1 if rows else 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18 if place != 2 else 36
    sheet.freeze_panes = "C2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_table(content: bytes, *, most_rows: int = MAX_ROWS) -> list[list[str]]:
    """The rows of a CSV or XLSX file, its first sheet, at most so many. Raises TableError."""
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        raise TableError(Text(f"文件超过 {limit} MB", f"the file is larger than {limit} MB"))
    reader = _xlsx_rows if content.startswith(XLSX) else _csv_rows
    rows = reader(content, most_rows)
    if not rows:
        raise TableError(Text("文件里没有表格", "there is no table in the file"))
    return rows


def guarded(words: str) -> str:
    """The words with an apostrophe before them where a spreadsheet would run them."""
    return f"'{words}" if words.startswith(RISKY) else words


def _bare(words: str) -> str:
    return words[1:] if words.startswith("'") and words[1:].startswith(RISKY) else words


def _csv_rows(content: bytes, most: int) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Chinese Excel saves CSV like this.
        text = _decoded(content)
    if "\0" in text:
        raise TableError(Text("这不是 CSV 或 XLSX 文件", "this is neither CSV nor XLSX"))
    try:
        rows = [[_bare(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise TableError(Text(f"不是有效的 CSV：{error}", f"not valid CSV: {error}")) from error
    return _bounded(rows, most)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        reason = Text("文字编码既不是 UTF-8 也不是 GB18030", "neither UTF-8 nor GB18030 text")
        raise TableError(reason) from error


def _xlsx_rows(content: bytes, most: int) -> list[list[str]]:
    broken = Text("XLSX 文件已损坏", "the XLSX file is damaged")
    try:
        _refuse_hostile(content, most)
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        if (sheet.max_column or 0) > MAX_COLUMNS:
            raise _too_large(most)
        rows = _sheet_rows(sheet.iter_rows(max_row=most + 1))
        return _bounded([list(row) for row in rows], most)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise TableError(broken) from error
    except (EOFError, OSError, TypeError, AttributeError, SyntaxError) as error:
        # openpyxl raises these on parts that do not hold what their names say.
        raise TableError(broken) from error


def _sheet_rows(rows: Iterator[Sequence[object]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_words(cell) for cell in row]


def _words(cell: object) -> str:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", "") == "f":
        reason = Text("这里是公式；请改成文字", "this is a formula: write the text itself")
        raise TableError(reason, str(getattr(cell, "coordinate", "")))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _refuse_hostile(content: bytes, most: int) -> None:
    """Before anything is unpacked: no archive that grows beyond bounds, no document type."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
            raise _too_large(most)
        for each in archive.infolist():
            if each.filename.endswith((".xml", ".rels")) and b"<!" in _start(archive, each):
                reason = Text("文件里有不允许的声明", "the file holds a declaration not allowed")
                raise TableError(reason)


def _start(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        return part.read(4096)


def _bounded(rows: list[list[str]], most: int) -> list[list[str]]:
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if len(rows) > most or any(len(row) > MAX_COLUMNS for row in rows):
        raise _too_large(most)
    return rows


def _too_large(most: int) -> TableError:
    return TableError(
        Text(
            f"表格超过 {most} 行或 {MAX_COLUMNS} 列",
            f"the table has more than {most} rows or {MAX_COLUMNS} columns",
        )
    )
