"""Reads a standard as plain text or Markdown.

A table is lines with tabs between the cells, or Markdown's bars; a form feed begins a page. Not
here: what the lines mean.
"""

import re
from collections.abc import Iterator

from lti_tool.domain.standard_draft import Place

from .blocks import Block, NotAStandardError, Paragraph, Progress, Row, Stream
from .plain import clean

ENCODINGS = ("utf-8-sig", "gb18030")
_HEADING = re.compile(r"^#{1,6}\s+")
_EMPHASIS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_RULE = frozenset("|-: \t")
_BREAK_IN_CELL = re.compile(r"<br\s*/?>", re.IGNORECASE)
EVERY = 500
PAGE = "\ue000"
"""Stands for a form feed; no text has this character."""


def read_text(content: bytes) -> Stream:
    """The lines of a text file. Raises NotAStandardError ``not_text``."""
    lines = clean(decoded(content).replace("\f", "\n\ue000\n")).split("\n")
    return _read(lines)


def decoded(content: bytes) -> str:
    """Bytes as text by the encodings that Chinese files come in. Raises NotAStandardError
    ``not_text``.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAStandardError("not_text")


def _read(lines: list[str]) -> Iterator[Block | Progress]:
    page, table, inside = 1, 0, False
    paged = PAGE in lines
    for number, line in enumerate(lines, start=1):
        if number % EVERY == 0:
            yield Progress(number, len(lines))
        if line == PAGE:
            page += 1
            continue
        place = Place(page=page if paged else None, line=number)
        cells = _cells(line)
        if cells is None:
            if line.strip():
                inside = False
                yield Paragraph(_without_marks(line), place)
            continue
        table, inside = (table if inside else table + 1), True
        if cells:
            yield Row(tuple(cells), place, table)


def _without_marks(line: str) -> str:
    return _EMPHASIS.sub("", _HEADING.sub("", line)).strip()


def _cells(line: str) -> list[str] | None:
    """The cells of a table's line, none for a rule between head and body; None outside tables."""
    if line.count("|") >= 2 and line.strip().startswith("|"):
        if "--" in line and set(line) <= _RULE:
            return []
        inner = line.strip().strip("|") if line.strip().endswith("|") else line.strip()[1:]
        cells = re.split(r"(?<!\\)\|", inner)
        return [_BREAK_IN_CELL.sub("\n", each.replace("\\|", "|")).strip() for each in cells]
    if "\t" in line:
        return [_without_marks(each) for each in line.split("\t")]
    return None
