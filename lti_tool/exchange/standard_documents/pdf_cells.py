"""Cells that a page break leaves open: a merged cell whose bottom line stands on the next page.

The ruled lines give no closed cell for them, so their text would be lost; it is given to the column
it stands in, and to the row beside its first line. Not here: closed cells (``pdf``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from pdfplumber.page import Page
from pdfplumber.table import Table

from .plain import clean

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, in points from the top left corner."""
COVERED = 0.99
"""A table whose closed cells cover so much of it has no open ones."""


def within(box: Box, page: Page) -> Box:
    """A table's box cut to its page; rounding lets some stand out by a hair."""
    left, top, right, bottom = page.bbox
    return (
        min(max(box[0], left), right),
        min(max(box[1], top), bottom),
        max(min(box[2], right), left),
        max(min(box[3], bottom), top),
    )


def open_cells(page: Page, table: Table) -> Mapping[tuple[int, int], str]:
    """The text that stands in a table but in none of its closed cells, by row and column."""
    closed = [cell for row in table.rows for cell in row.cells if cell]
    if sum(map(_area, closed)) >= COVERED * _area(table.bbox):
        return {}
    found: dict[tuple[int, int], str] = {}
    loose = page.crop(within(table.bbox, page), strict=False).filter(
        lambda thing: thing["object_type"] == "char" and not _stands_in(thing, closed)
    )
    for column, box in enumerate(_columns(table)):
        for top, text in _blocks(loose, box):
            row = _row_at(table, top)
            found[row, column] = found.get((row, column), "") + clean(text)
    return found


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _stands_in(character: Mapping[str, float], cells: Sequence[Box]) -> bool:
    x = (character["x0"] + character["x1"]) / 2
    y = (character["top"] + character["bottom"]) / 2
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in cells)


def _columns(table: Table) -> Sequence[Box]:
    """A box for each column, from the row that has the most closed cells; a head has all."""
    fullest = max(table.rows, key=lambda row: sum(cell is not None for cell in row.cells))
    _, top, _, bottom = table.bbox
    return [(cell[0], top, cell[2], bottom) for cell in fullest.cells if cell]


def _blocks(loose: Page, column: Box) -> Iterator[tuple[float, str]]:
    """The blocks of lines in a column, each with its top: a gap of more than a line parts them."""
    words, begun, last = "", 0.0, -1000.0
    for line in loose.crop(within(column, loose), strict=False).extract_text_lines():
        height = line["bottom"] - line["top"]
        if words and line["top"] - last > height:
            yield begun, words
            words = ""
        begun = begun if words else line["top"]
        words += ("\n" if words else "") + line["text"]
        last = line["bottom"]
    if words:
        yield begun, words


def _row_at(table: Table, top: float) -> int:
    above = [at for at, row in enumerate(table.rows) if row.bbox[1] <= top]
    return above[-1] if above else 0
