"""Canvas's rubric CSV, out and back: one rubric for each work task.

A criterion has its ratings best first; Canvas wants the same three columns repeated for as many as
the longest has. What a rubric has no column for stands among the facts of its first criterion. Not
here: the standard's own facts beyond its rights notice, for which there is no place.
"""

from collections.abc import Iterator, Sequence

from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import SourceStatus
from lti_tool.exchange.spreadsheets import csv_file

from .facts import Fact, Facts, first, one_line, read, without, written
from .framework import Framework, Item, NotAFrameworkError
from .outward import with_links
from .scales import Scale, descriptors, read_scale, scale_of
from .titles import code_and_text

FIXED = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
REPEATED = ("Rating Name", "Rating Description", "Rating Points")
BOM = b"\xef\xbb\xbf"
_ABOVE = ("level_key", "level", "level:en", "area_code", "area", "area:en", "task:en")
_SCALE = ("cut", "scale", "scale_name", "scale_name:en", "scale_percent")
_ELSEWHERE = (*_ABOVE, *_SCALE, "rights", "rights:en", "left_out")
"""Facts in the description of a rubric's first criterion that are not about that criterion."""


# --- Out ------------------------------------------------------------------------------------------


def canvas_rubrics_csv(framework: Framework) -> bytes:
    """The rubric of the framework as CSV for Canvas's import, without a byte order mark.

    Requirements that are lost in source have nothing to rate and are left out.
    """
    by_id = {each.id: each for each in framework.items}
    facts = with_links(framework)
    most = len(framework.performance_levels)
    rows = [[*FIXED, *REPEATED * most]]
    begun: set[str] = set()
    for each in framework.items:
        if each.depth != 3 or first(each.facts, "status") == SourceStatus.LOST:
            continue
        task = by_id[each.parent]
        area = by_id[task.parent]
        level = by_id[area.parent]
        fresh = task.id not in begun
        begun.add(task.id)
        above = _above(framework, level, area, task) if fresh else ()
        name = f"{level.text} {task.code} {task.text}"
        rows.append(_row(framework, name, each, (*facts[each.id], *above)))
    return csv_file(rows).removeprefix(BOM)


def _above(framework: Framework, level: Item, area: Item, task: Item) -> Facts:
    """What stands above the rubric's criteria, and its scale."""
    found: list[Fact] = [("level_key", level.code), ("level", level.text)]
    found += [("level:en", first(level.facts, "en"))]
    found += [("area_code", area.code), ("area", area.text), ("area:en", first(area.facts, "en"))]
    found += [("task:en", first(task.facts, "en"))]
    scale = [each for each in framework.facts if each[0] == "cut" or each[0].startswith("scale")]
    rights = [each for each in framework.facts if each[0].startswith("rights")]
    return (*(each for each in found if each[1]), *rights, *scale)


def _row(framework: Framework, name: str, item: Item, facts: Facts) -> list[str]:
    levels = framework.performance_levels
    if first(item.facts, "red_line"):
        levels = tuple(each for each in levels if each.number in (1, framework.cut))
    own = {str(each.number) for each in framework.performance_levels}
    ratings = [cell for each in reversed(levels) for cell in _rating(item, each)]
    said = written(without(facts, own))
    return [name, f"{item.code} {item.text}", said, "false", *ratings]


def _rating(item: Item, level: PerformanceLevel) -> tuple[str, str, str]:
    return level.name.zh, first(item.facts, str(level.number)), str(level.percent)


# --- Back -----------------------------------------------------------------------------------------


def is_canvas_rubrics(head: Sequence[str]) -> bool:
    """Whether the head is that of Canvas's rubrics; newer ones number the repeated columns."""
    return [each.strip() for each in head[: len(FIXED)]] == list(FIXED)


def read_canvas_rubrics(rows: Sequence[Sequence[str]]) -> Framework:
    """The framework of a table with its head: each rubric as a work task.

    Raises NotAFrameworkError ``points``, naming the row.
    """
    found = [_Criterion(number, row) for number, row in enumerate(rows[1:], 2)]
    criteria = [each for each in found if each.name]
    scales = [scale for each in criteria if (scale := read_scale(each.facts))]
    scale = scales[0] if scales else _common(criteria)
    return Framework(
        title="",
        facts=_rights(criteria),
        items=tuple(_items(criteria, scale, 100 if scales else None)),
        performance_levels=scale[0] if scale else (),
        cut=scale[1] if scale else 0,
        dropped=[" ".join(each.row).strip() for each in found if not each.name and any(each.row)],
    )


def _rights(criteria: Sequence["_Criterion"]) -> Facts:
    facts = criteria[0].facts if criteria else ()
    return tuple(each for each in facts if each[0].startswith("rights"))


class _Criterion:
    """A row. ``ratings`` are points, name and words, as they stand."""

    def __init__(self, number: int, row: Sequence[str]) -> None:
        self.row = row
        cells = [each.strip() for each in row] + [""] * (len(FIXED) - len(row))
        self.rubric, self.name, description = one_line(cells[0]), one_line(cells[1]), cells[2]
        self.words, self.facts = read(description)
        self.ratings = list(_ratings(cells[len(FIXED) :], number))


def _ratings(cells: Sequence[str], number: int) -> Iterator[tuple[float, str, str]]:
    for at in range(0, len(cells), 3):
        name, words, points = (*cells[at : at + 3], "", "")[:3]
        if not (name or words or points):
            continue
        try:
            value = float(points)
        except ValueError as error:
            raise NotAFrameworkError("points", str(number)) from error
        if not 0 <= value < 1e6:
            raise NotAFrameworkError("points", str(number))
        yield value, one_line(name), one_line(words)


def _common(criteria: Sequence[_Criterion]) -> Scale | None:
    """The scale of the criterion with the most ratings."""
    longest = max(criteria, key=lambda each: len(each.ratings), default=None)
    if longest is None:
        return None
    return scale_of([(points, name) for points, name, _ in longest.ratings], None)


def _items(
    criteria: Sequence[_Criterion], scale: Scale | None, top: float | None
) -> Iterator[Item]:
    """Levels and areas where a rubric names them; else tasks at the top. ``top`` is the points of
    100 percent, None where they are those of each criterion's best rating."""
    above: dict[str, str] = {}
    seen: set[str] = set()
    level = ""
    for number, each in enumerate(criteria, 1):
        if each.rubric not in above:
            nodes = list(_ancestors(each, len(above) + 1))
            above[each.rubric] = nodes[-1].id
            yield from (node for node in nodes if node.id not in seen)
            seen |= {node.id for node in nodes}
            level = nodes[0].id if len(nodes) > 1 else ""
        code, text = code_and_text(each.name)
        facts = (*without(each.facts, _ELSEWHERE), *_judged(each, scale, top))
        place = f"{level}/{code}" if level and code else f"criterion-{number}"
        yield Item(place, above[each.rubric], code, text, facts)


def _ancestors(each: _Criterion, number: int) -> Iterator[Item]:
    """Level, area and task of a rubric, or the task alone."""
    level, area = first(each.facts, "level"), first(each.facts, "area")
    name, parent = each.rubric, ""
    if level and area:
        key, code = first(each.facts, "level_key"), first(each.facts, "area_code")
        yield Item(key, "", key, level, _english(each, "level:en"))
        yield Item(f"{key}/{code}", key, code, area, _english(each, "area:en"))
        name, parent = name.removeprefix(f"{level} "), f"{key}/{code}"
    code, text = code_and_text(name)
    yield Item(f"rubric-{number}", parent, code, text or name, _english(each, "task:en"))


def _english(each: _Criterion, key: str) -> Facts:
    words = first(each.facts, key)
    return (("en", words),) if words else ()


def _judged(each: _Criterion, scale: Scale | None, top: float | None) -> Iterator[Fact]:
    yield from descriptors(each.ratings, scale, top)
    if each.words:
        yield "evidence", one_line(each.words)
