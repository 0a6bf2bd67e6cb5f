"""Reads a standard as a web page: headings, paragraphs and tables with merged cells.

Nothing of the page is run or fetched: scripts, styles and everything outside the text are skipped.
Not here: what the lines mean.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from lti_tool.domain.standard_draft import Place

from .blocks import Block, NotAStandardError, Paragraph, Progress, Row, Stream
from .plain import clean
from .text import decoded

SKIPPED = frozenset(
    {"script", "style", "head", "template", "noscript", "iframe", "object", "svg", "math"}
)
_INLINE = (
    "a abbr b bdi bdo big cite code del em font i ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var wbr"
)
INLINE = frozenset(_INLINE.split())
WIDEST, TALLEST = 40, 2_000
EVERY = 1_000
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_.:-]{2,30})""")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")


def read_html(content: bytes) -> Stream:
    """The blocks of a page. Raises NotAStandardError ``not_html``, ``not_text``."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
    text = clean(_text(content)).encode("utf-8", errors="replace")
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotAStandardError("not_html") from error
    return _Reader().read(root)


def _text(content: bytes) -> str:
    named = _CHARSET.search(content[:4096])
    if named and not content.startswith(codecs.BOM_UTF8):
        name = named[1].decode("ascii").lower()
        # Pages that say GB2312 hold characters of its successors.
        encoding = "gb18030" if name in {"gb2312", "gbk"} else name
        try:
            return str(content, encoding)
        except (LookupError, UnicodeDecodeError):
            return decoded(content)
    return decoded(content)


@dataclass(slots=True)
class _Reader:
    """Walks the page without recursion: a page may nest as deep as it likes."""

    tables: int = 0
    seen: int = 0
    _words: list[str] = field(default_factory=list)
    _line: int = 1

    def read(self, root: html.HtmlElement) -> Iterator[Block | Progress]:
        """The blocks in reading order."""
        total = sum(1 for _ in root.iter())
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            name = node.tag if isinstance(node.tag, str) else None
            if event == "end":
                yield from self._leave(node, name)
                continue
            self.seen += 1
            if self.seen % EVERY == 0:
                yield Progress(self.seen, total)
            if name is None or name in SKIPPED:
                walk.skip_subtree()
            elif name == "table" and node.find(".//table") is None:
                yield from self._paragraph()
                yield from self._table(node)
                walk.skip_subtree()
            else:
                yield from self._enter(node, name)
        yield from self._paragraph()

    def _enter(self, node: html.HtmlElement, name: str) -> Iterator[Block]:
        if name not in INLINE:
            yield from self._paragraph()
            self._line = node.sourceline or self._line
        self._words.append(node.text or "")

    def _leave(self, node: html.HtmlElement, name: str | None) -> Iterator[Block]:
        if name is not None and name not in INLINE and name not in SKIPPED:
            yield from self._paragraph()
        self._words.append(node.tail or "")

    def _paragraph(self) -> Iterator[Block]:
        text = _SPACES.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        if text:
            yield Paragraph(text, Place(line=self._line))

    def _table(self, table: html.HtmlElement) -> Iterator[Block]:
        self.tables += 1
        for caption in table.iter("caption"):
            yield Paragraph(cell_text(caption), Place(line=caption.sourceline, table=self.tables))
        covered: dict[int, int] = {}
        for number, row in enumerate(table.iter("tr"), start=1):
            cells = _row(row, covered)
            place = Place(line=row.sourceline, table=self.tables, row=number)
            if any(cells):
                yield Row(tuple(cells), place, self.tables)


def _row(row: html.HtmlElement, covered: dict[int, int]) -> list[str]:
    """The row's cells on the table's grid; ``covered`` counts, by column, the rows that a merged
    cell still covers, and is brought up to date."""
    cells: list[str] = []
    for cell in row.iterchildren("td", "th"):
        while covered.get(len(cells), 0):
            covered[len(cells)] -= 1
            cells.append("")
        width = _span(cell, "colspan", WIDEST)
        height = _span(cell, "rowspan", TALLEST)
        for offset in range(width):
            covered[len(cells)] = height - 1
            cells.append(cell_text(cell) if offset == 0 else "")
        if len(cells) > WIDEST:
            raise NotAStandardError("too_large")
    for column in range(len(cells), max(covered, default=0) + 1):
        if covered.get(column, 0):
            covered[column] -= 1
        cells.append("")
    return cells


def _span(cell: html.HtmlElement, name: str, most: int) -> int:
    written = (cell.get(name) or "1").strip()
    if not (written.isascii() and written.isdecimal() and len(written) < 6):
        return 1
    return min(max(int(written), 1), most)


def cell_text(cell: html.HtmlElement) -> str:
    """The text of a cell; breaks and paragraphs in it are lines."""
    parts: list[str] = []
    walk = etree.iterwalk(cell, events=("start", "end"))
    for event, node in walk:
        name = node.tag if isinstance(node.tag, str) else None
        block = name is not None and name not in INLINE
        if event == "start":
            if name is None or name in SKIPPED:
                walk.skip_subtree()
                continue
            parts += ["\n" if block else "", _SPACES.sub(" ", node.text or "")]
        else:
            tail = "" if node is cell else _SPACES.sub(" ", node.tail or "")
            parts += ["\n" if block else "", tail]
    lines = (each.strip() for each in "".join(parts).split("\n"))
    return "\n".join(each for each in lines if each)
