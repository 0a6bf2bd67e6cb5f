"""A school's own rubric: what may be changed, what is wrong with it, and what differs.

A rubric is edited as cells of text, whether in a form or in a table: ``cells_of`` gives them,
``read_cells`` takes them back. Descriptors belong to an equivalence class, so a change counts for
every member. Not here: files (``lti_tool.exchange``) and versions (``lti_tool.services``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .assessment import MAX_WEIGHT
from .mapping import EquivalenceClasses
from .rubric import (
    BREACH,
    METHOD_NAMES,
    AssessmentMethod,
    Criterion,
    PerformanceLevel,
    Rubric,
)
from .standard import RequirementKey, Standard, Text

MAX_NAME = 20
MAX_DESCRIPTOR = 600
SCALE = "scale"
"""The row of the performance levels and the cut; every other row is a requirement's key."""

Cells = Mapping[str, str]
"""Text by field: ``weight``, ``red_line``, ``method``, ``2.zh``, ``2.en``, ``evidence.zh``, …; of
the scale ``2.name.zh``, ``2.name.en``, ``2.percent`` and ``cut``."""

_YES = {"yes": True, "是": True, "no": False, "否": False, "": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell."""

    row: str
    field: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Change:
    """One cell before and after."""

    row: str
    field: str
    before: str
    after: str


def heads(standard: Standard, classes: EquivalenceClasses) -> tuple[RequirementKey, ...]:
    """The requirements that stand for their class and have a text, in the order of the source."""
    with_text = (each.key for each in standard.requirements() if each.text is not None)
    return tuple(key for key in with_text if classes.class_of(key).key == key)


# --- Cells ----------------------------------------------------------------------------------------


def cells_of(criterion: Criterion) -> dict[str, str]:
    """A criterion as cells; fields without words are left out."""
    cells = {
        "red_line": "yes" if criterion.red_line else "no",
        "weight": str(criterion.weight),
        "method": criterion.method.value if criterion.method else "",
    }
    for number, words in sorted((criterion.descriptors or {}).items()):
        cells |= _pair(str(number), words)
    return cells | (_pair("evidence", criterion.evidence) if criterion.evidence else {})


def read_cells(
    cells: Cells, base: Criterion, levels: Sequence[PerformanceLevel], cut: int
) -> tuple[Criterion, tuple[Fault, ...]]:
    """The criterion of these cells, and what is wrong; a field that is not there stays as it is.

    Where something is wrong, the criterion is of no use.
    """
    whole = {**cells_of(base), **{name: _one_line(words) for name, words in cells.items()}}
    reader = _Reader(str(base.requirement), whole)
    red_line = reader.yes_or_no("red_line")
    numbers = [each.number for each in levels]
    expected = [BREACH, cut] if red_line else numbers
    reader.refuse_words(cells, [each for each in numbers if each not in expected], expected)
    criterion = Criterion(
        requirement=base.requirement,
        red_line=red_line,
        descriptors=reader.descriptors(expected),
        evidence=reader.words("evidence"),
        method=reader.method("method"),
        weight=reader.number("weight", 1, MAX_WEIGHT),
    )
    return criterion, tuple(reader.faults)


def scale_cells(rubric: Rubric) -> dict[str, str]:
    """The performance levels and the cut as cells."""
    cells = {"cut": str(rubric.cut)}
    for each in rubric.performance_levels:
        cells |= _pair(f"{each.number}.name", each.name)
        cells[f"{each.number}.percent"] = str(each.percent)
    return cells


def read_scale(
    cells: Cells, base: Rubric
) -> tuple[tuple[PerformanceLevel, ...], int, tuple[Fault, ...]]:
    """Levels and cut of these cells, and what is wrong; a field that is not there stays as it is.

    How many levels there are never changes: ratings are numbers on them.
    """
    whole = {**scale_cells(base), **{name: _one_line(words) for name, words in cells.items()}}
    reader = _Reader(SCALE, whole)
    levels = []
    for number in (each.number for each in base.performance_levels):
        name = reader.words(f"{number}.name", most=MAX_NAME, needed=True) or Text("")
        levels.append(PerformanceLevel(number, name, reader.number(f"{number}.percent", 0, 100)))
        if len(levels) > 1 and levels[-1].percent <= levels[-2].percent:
            reader.refuse(
                f"{number}.percent",
                Text("百分比应逐级升高", "percents must rise from level to level"),
            )
    cut = reader.number("cut", BREACH + 1, len(levels))
    return tuple(levels), cut, tuple(reader.faults)


# --- Changing -------------------------------------------------------------------------------------


def with_criterion(rubric: Rubric, classes: EquivalenceClasses, criterion: Criterion) -> Rubric:
    """The rubric with this criterion for every member of its requirement's class."""
    members = classes.class_of(criterion.requirement).members
    changed = {key: replace(criterion, requirement=key) for key in members}
    return replace(rubric, criteria={**rubric.criteria, **changed})


def with_scale(rubric: Rubric, levels: Sequence[PerformanceLevel], cut: int) -> Rubric:
    """The rubric with these levels and this cut; the words of red lines move with the cut."""
    criteria = {key: _moved(each, rubric.cut, cut) for key, each in rubric.criteria.items()}
    return replace(rubric, performance_levels=tuple(levels), cut=cut, criteria=criteria)


def changes(before: Rubric, after: Rubric, keys: Iterable[RequirementKey]) -> tuple[Change, ...]:
    """Every cell that differs, the scale first, then by requirement as in ``keys``."""
    rows = [(SCALE, scale_cells(before), scale_cells(after))]
    rows += [
        (str(key), cells_of(before.criterion(key)), cells_of(after.criterion(key))) for key in keys
    ]
    return tuple(
        Change(row, field, old.get(field, ""), new.get(field, ""))
        for row, old, new in rows
        for field in dict.fromkeys((*old, *new))
        if old.get(field, "") != new.get(field, "")
    )


def _moved(criterion: Criterion, old: int, new: int) -> Criterion:
    if not criterion.red_line or criterion.descriptors is None or old == new:
        return criterion
    moved = {new if number == old else number: t for number, t in criterion.descriptors.items()}
    return replace(criterion, descriptors=moved)


# --- Reading one row ------------------------------------------------------------------------------


def _pair(field: str, words: Text) -> dict[str, str]:
    return {f"{field}.zh": words.zh, f"{field}.en": words.en or ""}


def _one_line(words: str) -> str:
    return " ".join(words.split())


class _Reader:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, row: str, cells: Cells) -> None:
        self.row = row
        self.cells = cells
        self.faults: list[Fault] = []

    def refuse(self, field: str, reason: Text) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.row, field, reason))

    def number(self, field: str, least: int, most: int) -> int:
        """A whole number within bounds; ``least`` where it is none."""
        typed = self.cells.get(field, "")
        plain = typed.isascii() and typed.isdecimal() and len(typed) < 5
        if plain and least <= int(typed) <= most:
            return int(typed)
        self.refuse(
            field,
            Text(f"应为 {least} 到 {most} 的整数", f"a whole number from {least} to {most}"),
        )
        return least

    def yes_or_no(self, field: str) -> bool:
        """Yes or no in either language; empty is no."""
        typed = self.cells.get(field, "").lower()
        if typed not in _YES:
            self.refuse(field, Text("应为“是”或“否”", "must be yes or no"))
        return _YES.get(typed, False)

    def method(self, field: str) -> AssessmentMethod | None:
        """A way to assess by its key or its name in either language; None for an empty cell."""
        typed = self.cells.get(field, "")
        known = {
            word.lower(): method
            for method, name in METHOD_NAMES.items()
            for word in (method.value, name.zh, name.en or "")
        }
        if typed and typed.lower() not in known:
            names = "、".join(each.zh for each in METHOD_NAMES.values())
            english = ", ".join(each.en or "" for each in METHOD_NAMES.values())
            self.refuse(field, Text(f"应为以下之一：{names}", f"must be one of: {english}"))
        return known.get(typed.lower()) if typed else None

    def words(self, field: str, *, most: int = MAX_DESCRIPTOR, needed: bool = False) -> Text | None:
        """Chinese with or without English; None where both are empty and nothing is needed."""
        zh, en = self.cells.get(f"{field}.zh", ""), self.cells.get(f"{field}.en", "")
        for language, text in (("zh", zh), ("en", en)):
            if len(text) > most * (1 if language == "zh" else 2):
                reason = Text(f"太长：{len(text)} 个字符", f"too long: {len(text)} characters")
                self.refuse(f"{field}.{language}", reason)
        if not zh and (en or needed):
            self.refuse(f"{field}.zh", Text("缺少中文", "the Chinese is missing"))
        return Text(zh, en or None) if zh else None

    def refuse_words(self, given: Cells, numbers: Sequence[int], expected: Sequence[int]) -> None:
        """Refuse words that are given for levels a red line does not have; those that merely stood
        there before are dropped."""
        for number in numbers:
            for field in (f"{number}.zh", f"{number}.en"):
                if _one_line(given.get(field, "")):
                    self.refuse(field, _not_of_red_line(expected))

    def descriptors(self, expected: Sequence[int]) -> Mapping[int, Text] | None:
        """All expected levels or none; two never read the same."""
        filled = any(self.cells.get(f"{n}.{each}") for n in expected for each in ("zh", "en"))
        if not filled:
            return None
        found: dict[int, Text] = {}
        for number in expected:
            words = self.words(str(number), needed=True) or Text("")
            if words.zh and any(words.zh == each.zh for each in found.values()):
                reason = Text("与较低水平的描述相同", "reads the same as a lower level")
                self.refuse(f"{number}.zh", reason)
            found[number] = words
        return found


def _not_of_red_line(expected: Sequence[int]) -> Text:
    low, cut = expected[0], expected[-1]
    return Text(
        f"一票否决项只有表现水平 {low} 和 {cut}；请清空",
        f"a red line has only {low} and {cut}: clear this",
    )
