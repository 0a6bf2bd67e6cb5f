"""The cells of a level's rows as areas, tasks and requirements, known by what they say.

A cell's column is only asked where its content leaves two answers, and then only how far it stands
from a cell that is known. Not here: putting them together (``assembly``).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lti_tool.domain.standard_draft import Place

from .blocks import LINES, Row
from .heads import Head
from .markers import Marked, Style, marked, pieces
from .plain import one_line
from .roles import Role, Roles, learn, learn_lines

FAR = 3
"""How many areas may be lost between two that are printed."""


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A row of one level. ``fresh``: a page break, a repeated head or a new table comes before."""

    row: Row
    head: Head | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a cell. ``continues``: it has no number though others of its role do.
    ``shifted``: its column is not the one under its role's head. ``split``: it shared its cell.
    """

    role: Role
    marked: Marked
    place: Place
    fresh: bool = False
    continues: bool = False
    shifted: bool = False
    split: bool = False


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    lines: str
    marked: Marked


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one level, read: their roles, the items of each row, and the names of the
    columns that were left out."""

    roles: Roles
    rows: tuple[tuple[Item, ...], ...]
    left_out: tuple[str, ...]


def read(rows: Sequence[LevelRow]) -> Reading:
    """Read the rows of one level."""
    usual = _usual_style(rows)
    first = [_filled(each, usual) for each in rows]
    styles = [[cell.marked.style for cell in each] for each in first]
    lines = all(each.row.table == LINES for each in rows)
    roles = learn_lines(chain.from_iterable(styles)) if lines else learn(styles)
    reader = _Reader(roles)
    found = tuple(tuple(reader.items(each)) for each in rows)
    names = {name: None for each in rows if each.head for name in each.head.extra.values()}
    return Reading(roles, found, tuple(names))


def _usual_style(rows: Sequence[LevelRow]) -> Style:
    """How most cells under the head of requirements are numbered: a first guess, for telling
    extra columns from the others."""
    counts: Counter[Style] = Counter()
    for each in rows:
        at = each.head.columns.get(Role.REQUIREMENT) if each.head else None
        if at is not None and at < len(each.row.cells):
            counts[_marked(each.row.cells[at]).style] += 1
    numbered = [style for style, _ in counts.most_common() if style is not Style.NONE]
    return Style.THREE if Style.THREE in counts else next(iter(numbered), Style.NONE)


def _filled(level_row: LevelRow, requirement: Style) -> list[_Cell]:
    """The cells that say something, without those of extra columns."""
    cells = [
        _Cell(column, text, _marked(text))
        for column, text in enumerate(level_row.row.cells)
        if text.strip()
    ]
    return [each for each in cells if each.column not in _extra(level_row, cells, requirement)]


def _extra(level_row: LevelRow, cells: Sequence[_Cell], requirement: Style) -> frozenset[int]:
    """The columns of this row that hold what the head calls otherwise; a shifted row is known by
    where its requirement stands."""
    head = level_row.head
    if head is None or not head.extra:
        return frozenset()
    at = head.columns.get(Role.REQUIREMENT)
    found = [each.column for each in cells if each.marked.style is requirement is not Style.NONE]
    shift = found[0] - at if found and at is not None else 0
    columns = {each + shift for each in head.extra}
    return frozenset(columns | ({head.level} if head.level is not None else set()))


def _marked(text: str) -> Marked:
    return marked(one_line(text))


class _Reader:
    """Reads row after row; knows the number of the last area."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        self._area = 0

    def items(self, level_row: LevelRow) -> Iterator[Item]:
        """The items of a row, from left to right."""
        cells = self._cells(level_row)
        roles = self._assign(cells, level_row.head)
        for cell, role in zip(cells, roles, strict=True):
            if role is Role.AREA and cell.marked.numbers:
                self._area = cell.marked.numbers[0]
            yield from self._pieces(level_row, cell, role)

    def _cells(self, level_row: LevelRow) -> list[_Cell]:
        cells = _filled(level_row, self._roles.requirement)
        return [replace(each, marked=self._believed(each.marked)) for each in cells]

    def _believed(self, found: Marked) -> Marked:
        """A number that begins a text (7天、近30天) is no area's number unless it is its turn."""
        far = FAR if found.style is Style.ONE else 1
        known = {Style.ONE, Style.BARE}
        if found.style not in known or self._roles.of(found.style) is not Role.AREA:
            return found if found.style is not Style.BARE else self._bare(found)
        return found if 0 <= found.numbers[0] - self._area <= far else _unmarked(found)

    def _bare(self, found: Marked) -> Marked:
        """A bare number where no role is numbered so begins the text."""
        numbered = any(each in {Style.ONE, Style.BARE} for each in self._roles.styles.values())
        return found if numbered else _unmarked(found)

    def _assign(self, cells: Sequence[_Cell], head: Head | None) -> list[Role]:
        """A role for each cell, rising from left to right where the document is sound."""
        known = [
            self._roles.of(each.marked.style) if each.marked.numbers else None for each in cells
        ]
        given: list[Role] = []
        for at in range(len(cells) - 1, -1, -1):
            role = known[at]
            if role is None:
                right = (cells[at + 1], given[0]) if given else None
                role = _by_neighbour(cells[at], right, known[:at], head)
            given.insert(0, role)
        return given

    def _pieces(self, level_row: LevelRow, cell: _Cell, role: Role) -> Iterator[Item]:
        found = self._parts(cell, role)
        for each in found:
            own = role
            if each.style is Style.TWO and self._roles.of(Style.TWO) is Role.TASK:
                own = Role.TASK
            yield Item(
                role=own,
                marked=each,
                place=level_row.row.place,
                fresh=level_row.fresh,
                continues=not each.numbers and self._roles.numbered(own),
                shifted=_is_shifted(level_row, cell.column, role),
                split=len(found) > 1,
            )

    def _parts(self, cell: _Cell, role: Role) -> Sequence[Marked]:
        if role is not Role.REQUIREMENT:
            return [cell.marked]
        if self._roles.requirement is Style.NONE:
            return [_unmarked(_marked(each)) for each in cell.lines.split("\n") if each.strip()]
        found = [_marked(each) for each in pieces(cell.lines, self._roles.requirement)]
        return found if len(found) > 1 else [cell.marked]


def _unmarked(found: Marked) -> Marked:
    return Marked(Style.NONE, (), "", found.printed + found.text)


def _by_neighbour(
    cell: _Cell,
    right: tuple[_Cell, Role] | None,
    left: Sequence[Role | None],
    head: Head | None,
) -> Role:
    """The role of a cell that does not say it: it stands before its right neighbour's."""
    if right is None:
        before = [each for each in left if each is not None]
        return Role.REQUIREMENT if not before or before[-1] is not Role.AREA else _last(left)
    neighbour, role = right
    distance = 1
    if head is not None and role in head.columns:
        shift = neighbour.column - head.columns[role]
        by_column = {at + shift: each for each, at in head.columns.items()}
        if cell.column in by_column:
            return by_column[cell.column]
        distance = min(neighbour.column - cell.column, int(role))
    return Role(max(0, int(role) - distance))


def _last(left: Sequence[Role | None]) -> Role:
    """The role of the last cell of a row that begins with an area: task if nothing is between."""
    return Role.TASK if left[-1] is Role.AREA else Role.REQUIREMENT


def _is_shifted(level_row: LevelRow, column: int, role: Role) -> bool:
    head = level_row.head
    return head is not None and role in head.columns and head.columns[role] != column
