"""Reads a standard as PDF: ruled tables by their lines, other text as paragraphs.

Page numbers and running heads are left out; lines that only the page's width broke are joined.
Not here: what the lines mean. A scan holds no text and is refused by ``recognise``.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import PdfminerException

from lti_tool.domain.standard_draft import Place

from .blocks import Block, NotAStandardError, Paragraph, Progress, Row, Stream
from .level_names import LEADERS
from .markers import Style, marked
from .pdf_cells import open_cells, within
from .plain import are_parted, clean, folded, join, tidy
from .sections import section_of

MOST_PAGES = 1_500
RUNNING = 3
"""A line at the edge of at least so many pages, and of a third of all, is a running head."""
ENDS = "。；;！!：:"
_PAGE_NUMBER = re.compile(r"^[-–—\s]*(?:第\s*)?[0-9IVXivx]{1,4}(?:\s*页)?[-–—\s]*$")
_CAPTION = re.compile(r"续?[表图圖]\s*[0-9一二三四五六七八九十]")
_STARTS = frozenset({Style.THREE, Style.CIRCLE, Style.BRACKET})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text outside tables. ``full``: it reaches the right margin of its page.
    ``edge``: it is the first or last of its page. Distances in points."""

    text: str
    top: float
    height: float
    full: bool
    edge: bool
    page: int


def read_pdf(content: bytes) -> Stream:
    """The blocks of a file. Raises NotAStandardError ``not_pdf``, ``locked``, ``too_large``."""
    try:
        document = pdfplumber.open(io.BytesIO(content))
        count = len(document.pages)
    except PdfminerException as error:
        locked = any(isinstance(each, PDFPasswordIncorrect) for each in error.args)
        raise NotAStandardError("locked" if locked else "not_pdf") from error
    if count > MOST_PAGES:
        raise NotAStandardError("too_large")
    return _read(document)


def _read(document: PDF) -> Iterator[Block | Progress]:
    found: list[_Line | Row] = []
    tables = 0
    for number, page in enumerate(document.pages, start=1):
        try:
            parts, count = _page(page, number, tables)
        except PdfminerException as error:
            much = any(isinstance(each, MemoryError) for each in error.args)
            raise NotAStandardError("too_much" if much else "broken") from error
        found += parts
        tables += count
        page.close()
        yield Progress(number, len(document.pages))
    parted = are_parted(_texts(found))
    yield from _blocks(_without_running(found, len(document.pages)), parted=parted)


def _texts(found: Sequence[_Line | Row]) -> Iterator[str]:
    for each in found:
        yield from each.cells if isinstance(each, Row) else (each.text,)


def _page(page: Page, number: int, tables: int) -> tuple[list[_Line | Row], int]:
    """What stands on a page from top to bottom, and how many tables; ``tables`` came before."""
    ruled = page.find_tables()
    parts: list[tuple[tuple[float, int], _Line | Row]] = []
    parts += _lines(page, ruled, number)
    parts += _rows(page, ruled, number, tables)
    return [part for _, part in sorted(parts, key=itemgetter(0))], len(ruled)


def _rows(
    page: Page, ruled: Sequence[Table], number: int, before: int
) -> Iterator[tuple[tuple[float, int], Row]]:
    for at, table in enumerate(ruled, start=1):
        loose = open_cells(page, table)
        for row, cells in enumerate(table.extract()):
            texts = tuple(
                clean(each or "") + loose.get((row, column), "")
                for column, each in enumerate(cells)
            )
            if any(each.strip() for each in texts):
                place = Place(page=number, table=before + at, row=row + 1)
                yield (table.bbox[1], row), Row(texts, place, before + at)


def _lines(
    page: Page, ruled: Sequence[Table], number: int
) -> Iterator[tuple[tuple[float, int], _Line]]:
    outside = page
    for table in ruled:
        outside = outside.outside_bbox(within(table.bbox, page), strict=False)
    found = outside.extract_text_lines(return_chars=True)
    right = max((each["x1"] for each in found), default=0.0)
    for at, each in enumerate(found):
        size = each["chars"][-1]["size"]
        line = _Line(
            text=clean(each["text"]),
            top=each["top"],
            height=each["bottom"] - each["top"],
            full=each["x1"] > right - 1.5 * size and right > page.width * 0.7,
            edge=at in {0, len(found) - 1},
            page=number,
        )
        yield (each["top"], 0), line


def cell_lines(text: str, *, parted: bool = False) -> str:
    """A cell's lines: those that only its width broke are joined; a line that begins with a
    number, or follows the end of a sentence, stays one. ``parted`` as in ``plain.join``."""
    lines = [each.strip() for each in text.split("\n") if each.strip()]
    kept: list[str] = []
    for line in lines:
        starts = not kept or kept[-1][-1] in ENDS or marked(line).style in _STARTS
        if starts:
            kept.append(line)
        else:
            kept[-1] = join(tidy(kept[-1]), tidy(line), parted=parted)
    return "\n".join(kept)


def _without_running(found: Sequence[_Line | Row], pages: int) -> Iterator[_Line | Row]:
    edges = Counter(folded(each.text) for each in found if isinstance(each, _Line) and each.edge)
    for each in found:
        if isinstance(each, _Line) and each.edge:
            times = edges[folded(each.text)]
            if _PAGE_NUMBER.match(each.text) or times >= max(RUNNING, pages / 3):
                continue
        yield each


def _blocks(found: Iterator[_Line | Row], *, parted: bool) -> Iterator[Block]:
    """Paragraphs of lines that belong together, and the rows as they are."""
    words, last = "", None
    for each in found:
        if isinstance(each, _Line) and last is not None and _goes_on(last, each):
            words, last = join(words, tidy(each.text), parted=parted), each
            continue
        if last is not None:
            yield Paragraph(words, Place(page=last.page))
        words, last = "", None
        if isinstance(each, Row):
            cells = tuple(cell_lines(cell, parted=parted) for cell in each.cells)
            yield replace(each, cells=cells)
        else:
            words, last = tidy(each.text), each
    if last is not None:
        yield Paragraph(words, Place(page=last.page))


def _goes_on(last: _Line, line: _Line) -> bool:
    """Whether a line continues the one before: that was full, and nothing new begins here."""
    if (
        not last.full
        or _CAPTION.match(line.text)
        or LEADERS.search(last.text)
        or section_of(line.text) is not None
    ):
        return False
    near = line.page != last.page or line.top - last.top < 2.2 * last.height
    return near and marked(line.text).style not in {Style.THREE, Style.TWO, Style.ONE, Style.HAN}
