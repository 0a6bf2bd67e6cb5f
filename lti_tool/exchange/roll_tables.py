"""The registrar's list as a table: one row for each student in a term.

Columns are known by their names in either language, in any order; others are left out and named.
Not here: CSV and XLSX as files (``spreadsheets``), what becomes of a list (``lti_tool.services``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.roll import (
    FIELDS,
    LONGEST,
    Enrolment,
    clean,
    holds_id_number,
    is_cut_number,
    repeated,
)
from lti_tool.domain.standard import Text

from .spreadsheets import CellProblem, Rows, address

MOST_ROWS = 30_000
"""A large school has 20,000 learners."""
COLUMNS: Mapping[str, Text] = {
    "student_number": Text("学号", "student number"),
    "name": Text("姓名", "name"),
    "pinyin": Text("姓名拼音", "pinyin"),
    "term": Text("学期", "term"),
    "programme": Text("专业", "programme"),
    "class_name": Text("班级", "class"),
}
OTHER_NAMES: Mapping[str, str] = {
    "学生学号": "student_number",
    "学生姓名": "name",
    "拼音": "pinyin",
    "学年学期": "term",
    "专业名称": "programme",
    "program": "programme",
    "major": "programme",
    "班级名称": "class_name",
    "行政班": "class_name",
    "class name": "class_name",
}
ID_COLUMNS = ("身份证", "身份号码", "证件号", "id number", "id card", "identity")
"""What a column of ID numbers is called, or its name holds."""
NO_ID_NUMBERS = Text(
    "这是身份证号：系统不收也不存，请从文件里删去",
    "this is an ID number: they are neither taken nor kept, so remove it from the file",
)
CUT = Text(
    "电子表格把号码变成了约数，请把这一列设为文本再存",
    "the spreadsheet has rounded this number: format the column as text and save again",
)
MISSING = Text("没有填写", "nothing stands here")
TWICE = Text(
    "同一学号在同一学期出现了不止一次",
    "this student number stands in the list more than once for the same term",
)


@dataclass(frozen=True, slots=True)
class RollTable:
    """A list that was read: its entries with their rows (from 1), what is wrong by cell, and the
    columns that were left out. With any problem the entries are of no use."""

    entries: tuple[tuple[int, Enrolment], ...]
    problems: tuple[CellProblem, ...]
    left_out: tuple[str, ...]


def roll_from(rows: Rows, *, term: str = "") -> RollTable:
    """The list that a table holds, its head first; ``term`` is for rows that name none."""
    head = [clean(each) for each in rows[0]] if rows else []
    places = _places(head)
    problems = [*_head_problems(head, places), *_id_numbers(rows)]
    if "student_number" not in places:
        return RollTable((), tuple(problems), ())
    found: list[tuple[int, Enrolment]] = []
    for number in range(1, len(rows)):
        if any(each.strip() for each in rows[number]):
            each = _read(rows[number], places, clean(term))
            problems += _wrong(each, number, head, places)
            found.append((number + 1, each))
    problems += _repeated(found, places)
    left_out = tuple(name for place, name in enumerate(head) if place not in places.values())
    if not found and not problems:
        problems.append(CellProblem("", "", "", Text("表里没有学生", "the list has no students")))
    return RollTable(tuple(found), tuple(problems), tuple(filter(None, left_out)))


def sample_rows(language: str) -> list[list[str]]:
    """A list to begin with: the columns, and one invented student."""
    invented = {
        "student_number": "2024030107",
        "name": "黄嘉怡",
        "pinyin": "Huang Jiayi",
        "term": "2026-2027-1",
        "programme": "电子商务",
        "class_name": "电商2401",
    }
    return [
        [name.in_language(language) for name in COLUMNS.values()],
        [invented[field] for field in COLUMNS],
    ]


def _places(head: Sequence[str]) -> Mapping[str, int]:
    names = {word: field for field, name in COLUMNS.items() for word in (name.zh, name.en or "")}
    names |= OTHER_NAMES
    found: dict[str, int] = {}
    for place, word in enumerate(head):
        field = names.get(word.casefold())
        if field is not None:
            found.setdefault(field, place)
    return found


def _head_problems(head: Sequence[str], places: Mapping[str, int]) -> Iterator[CellProblem]:
    for place, word in enumerate(head):
        if any(each in word.casefold() for each in ID_COLUMNS):
            yield CellProblem(address(0, place), word, word, NO_ID_NUMBERS)
        elif word and word in head[:place]:
            reason = Text("这一列出现了两次", "this column stands here twice")
            yield CellProblem(address(0, place), word, word, reason)
    if "student_number" not in places:
        reason = Text("第一行里没有“学号”这一列", "the first row has no column “student number”")
        yield CellProblem("", "", "", reason)


def _id_numbers(rows: Rows) -> Iterator[CellProblem]:
    """In whatever column; the number itself is not repeated."""
    for number, row in enumerate(rows):
        for place, words in enumerate(row):
            if len(words) >= 18 and holds_id_number(words):
                yield CellProblem(
                    address(number, place), clean(_at(rows[0], place)), "", NO_ID_NUMBERS
                )


def _read(row: Sequence[str], places: Mapping[str, int], term: str) -> Enrolment:
    told = {field: clean(_at(row, places[field])) for field in places}
    return Enrolment(**{**dict.fromkeys(FIELDS, ""), **told, "term": told.get("term") or term})


def _wrong(
    each: Enrolment, number: int, head: Sequence[str], places: Mapping[str, int]
) -> Iterator[CellProblem]:
    for field in FIELDS:
        words = getattr(each, field)
        reason = _reason(field, words)
        if reason is not None:
            place = places.get(field, 0)
            column = head[place] if field in places else COLUMNS[field].zh
            yield CellProblem(address(number, place), column, words, reason)


def _reason(field: str, words: str) -> Text | None:
    if not words and field in ("student_number", "term"):
        return MISSING
    if field == "student_number" and is_cut_number(words):
        return CUT
    most = LONGEST[field]
    if len(words) > most:
        return Text(f"超过 {most} 个字", f"more than {most} characters")
    return None


def _repeated(
    found: Sequence[tuple[int, Enrolment]], places: Mapping[str, int]
) -> Iterator[CellProblem]:
    for at in sorted(repeated([each for _, each in found])):
        row, each = found[at]
        if each.student_number:
            cell = address(row - 1, places["student_number"])
            yield CellProblem(cell, COLUMNS["student_number"].zh, each.student_number, TWICE)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
