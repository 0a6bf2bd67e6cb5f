"""A rubric as a table, for people who write in a spreadsheet: rows of text out and back.

One row for each requirement that stands for its class, three before them for the performance
levels. Columns are known by their names in either language, in any order; a column or row that is
not there stays as it is. Not here: CSV and XLSX as files (``spreadsheets``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lti_tool.domain.mapping import EquivalenceClasses
from lti_tool.domain.rubric import METHOD_NAMES, AssessmentMethod, PerformanceLevel, Rubric
from lti_tool.domain.rubric_authoring import (
    Cells,
    Fault,
    cells_of,
    read_cells,
    read_scale,
    scale_cells,
    with_criterion,
    with_scale,
)
from lti_tool.domain.standard import RequirementKey, Standard, Text

from .spreadsheets import CellProblem, Rows, address

_KEY = Text("编号", "code")
_FIELDS: Mapping[str, Text] = {
    "red_line": Text("一票否决项", "red line"),
    "weight": Text("权重", "weight"),
    "method": Text("考核方式", "way to assess"),
    "evidence.zh": Text("佐证建议", "suggested evidence (Chinese)"),
    "evidence.en": Text("佐证建议（英文）", "suggested evidence (English)"),
}
_REQUIREMENT = Text("职业技能要求（只读）", "requirement (read only)")
_NAME = Text("水平名称", "level name")
_PERCENT = Text("水平百分比", "level percent")
_CUT = Text("合格线", "cut")
_REMARK = "#"
"""A row that begins so says something and holds nothing."""
_YES = Text("是", "yes")
_NO = Text("否", "no")


# --- Out ------------------------------------------------------------------------------------------


def rubric_rows(
    standard: Standard, rubric: Rubric, keys: Iterable[RequirementKey], language: str
) -> list[list[str]]:
    """The table of a rubric in a language, its head first, the standard's rights notice last."""
    fields = list(_columns(rubric.performance_levels))
    head = [_KEY, _REQUIREMENT, *(name for _, name in fields)]
    rows = [[each.in_language(language) for each in head]]
    rows += _scale_rows(rubric, [field for field, _ in fields], language)
    for key in keys:
        cells = _worded(cells_of(rubric.criterion(key)), language)
        text = standard.requirement(key).wording(language) or ""
        rows.append([str(key), text, *(cells.get(field, "") for field, _ in fields)])
    return [*rows, [_REMARK, standard.rights_notice.in_language(language)]]


def _columns(levels: Sequence[PerformanceLevel]) -> Iterator[tuple[str, Text]]:
    for field in ("red_line", "weight", "method"):
        yield field, _FIELDS[field]
    for each in levels:
        yield f"{each.number}.zh", Text(f"水平 {each.number}", f"level {each.number} (Chinese)")
        yield (
            f"{each.number}.en",
            Text(f"水平 {each.number}（英文）", f"level {each.number} (English)"),
        )
    for field in ("evidence.zh", "evidence.en"):
        yield field, _FIELDS[field]


def _scale_rows(rubric: Rubric, fields: Sequence[str], language: str) -> Iterator[list[str]]:
    cells = scale_cells(rubric)
    names = {f"{n}.{x}": cells[f"{n}.name.{x}"] for n in _numbers(rubric) for x in ("zh", "en")}
    percents = {f"{n}.zh": cells[f"{n}.percent"] for n in _numbers(rubric)}
    cut = {f"{rubric.cut}.zh": _YES.in_language(language)}
    for name, values in ((_NAME, names), (_PERCENT, percents), (_CUT, cut)):
        yield [name.in_language(language), "", *(values.get(field, "") for field in fields)]


def _worded(cells: Cells, language: str) -> Mapping[str, str]:
    """The cells with words in place of keys."""
    method = cells["method"]
    return {
        **cells,
        "red_line": (_YES if cells["red_line"] == "yes" else _NO).in_language(language),
        "method": METHOD_NAMES[AssessmentMethod(method)].in_language(language) if method else "",
    }


def _numbers(rubric: Rubric) -> list[int]:
    return [each.number for each in rubric.performance_levels]


# --- Back -----------------------------------------------------------------------------------------


def rubric_from(
    rows: Rows, base: Rubric, classes: EquivalenceClasses, keys: Iterable[RequirementKey]
) -> tuple[Rubric, tuple[CellProblem, ...]]:
    """The rubric of a table over ``base``, and every problem by cell.

    Where there are problems, the rubric is of no use.
    """
    table = _Table(rows, base)
    rubric = table.with_scale(base)
    known = {str(each): each for each in keys}
    seen: set[str] = set()
    for number, name in table.named_rows():
        if name not in known:
            reason = Text(
                "没有这个编号，或它随另一条一起评价", "no such code, or it goes with another"
            )
            table.refuse(number, "", reason)
        elif name in seen:
            table.refuse(number, "", Text("这个编号出现了两次", "this code stands here twice"))
        else:
            seen.add(name)
            criterion, faults = read_cells(
                table.cells(number),
                rubric.criterion(known[name]),
                rubric.performance_levels,
                rubric.cut,
            )
            table.note(number, faults)
            rubric = with_criterion(rubric, classes, criterion)
    return rubric, tuple(table.problems)


class _Table:
    """A table read back: where each field's column is, and what is wrong by cell."""

    def __init__(self, rows: Rows, base: Rubric) -> None:
        self.rows = rows
        self.problems: list[CellProblem] = []
        head = [each.strip() for each in rows[0]] if rows else []
        names = {"": _KEY, **dict(_columns(base.performance_levels))}
        self.places = {
            field: head.index(word)
            for field, name in names.items()
            for word in (name.zh, name.en or "")
            if word in head
        }
        self._check_head(head, names)

    def _check_head(self, head: Sequence[str], names: Mapping[str, Text]) -> None:
        known = {word for name in (*names.values(), _REQUIREMENT) for word in (name.zh, name.en)}
        for place, word in enumerate(head):
            if word and word not in known:
                reason = Text("不认识这一列", "this column is not known")
                self.problems.append(CellProblem(address(0, place), word, word, reason))
            elif word and word in head[:place]:
                reason = Text("这一列出现了两次", "this column stands here twice")
                self.problems.append(CellProblem(address(0, place), word, word, reason))
        if "" not in self.places:
            reason = Text("第一行里没有“编号”这一列", "the first row has no column “code”")
            self.problems.append(CellProblem("", "", "", reason))

    def named_rows(self) -> Iterator[tuple[int, str]]:
        """Each requirement's row with its key; empty rows, remarks and the levels left out."""
        for number in range(1, len(self.rows) if "" in self.places else 0):
            name = self.at(number, "")
            if name.startswith(_REMARK):
                continue
            if name and name not in _words(_NAME, _PERCENT, _CUT):
                yield number, name
            elif not name and any(each.strip() for each in self.rows[number]):
                self.refuse(number, "", Text("缺少编号", "the code is missing"))

    def cells(self, number: int) -> dict[str, str]:
        """The cells of a row by field, without its key."""
        return {field: self.at(number, field) for field in self.places if field}

    def with_scale(self, base: Rubric) -> Rubric:
        """The rubric with the levels and the cut of the first rows, as far as they are there."""
        numbers = [each.number for each in base.performance_levels]
        cells: dict[str, str] = {}
        origin: dict[str, tuple[int, str]] = {}
        for number in range(1, len(self.rows)):
            for field, at, words in self._scale_cells(number, numbers):
                cells[field], origin[field] = words, (number, at)
        levels, cut, faults = read_scale(cells, base)
        for each in faults:
            number, at = origin.get(each.field, (0, ""))
            self.refuse(number, at, each.reason)
        return base if faults else with_scale(base, levels, cut)

    def _scale_cells(self, number: int, numbers: Sequence[int]) -> Iterator[tuple[str, str, str]]:
        name, cells = self.at(number, ""), self.cells(number)
        for level in numbers:
            zh, en = f"{level}.zh", f"{level}.en"
            if name in _words(_NAME):
                yield from ((f"{level}.name.{x[-2:]}", x, cells[x]) for x in (zh, en) if x in cells)
            elif name in _words(_PERCENT) and zh in cells:
                yield f"{level}.percent", zh, cells[zh].removesuffix("%")
            elif name in _words(_CUT) and cells.get(zh, ""):
                yield "cut", zh, str(level)

    def at(self, number: int, field: str) -> str:
        """The words of a cell; empty where the row is too short or the column is not there."""
        place = self.places.get(field)
        row = self.rows[number]
        return row[place].strip() if place is not None and place < len(row) else ""

    def refuse(self, number: int, field: str, reason: Text) -> None:
        """Note a problem of a cell."""
        place = self.places.get(field, 0)
        head = self.rows[0][place] if self.rows and place < len(self.rows[0]) else ""
        words = self.at(number, field)
        self.problems.append(CellProblem(address(number, place), head, words, reason))

    def note(self, number: int, faults: Iterable[Fault]) -> None:
        """Note the faults of a requirement's row."""
        for each in faults:
            self.refuse(number, each.field, each.reason)


def _words(*names: Text) -> set[str]:
    return {word for name in names for word in (name.zh, name.en or "")}
