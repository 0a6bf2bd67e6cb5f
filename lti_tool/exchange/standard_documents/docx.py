"""Reads a standard as a Word document: paragraphs and tables, with the numbers Word makes itself.

The archive is looked at before anything is unpacked. Not here: what the lines mean, and how Word
counts (``docx_numbers``).
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from lti_tool.domain.standard_draft import Place

from .blocks import Block, NotAStandardError, Paragraph, Progress, Row, Stream
from .docx_numbers import Numbers
from .plain import clean

MOST_PARTS = 3_000
MOST_BYTES = 96 * 1024 * 1024
MOST_TEXT = 48 * 1024 * 1024
"""What an archive may unpack to, altogether and as its one text."""
MAIN = "word/document.xml"
EVERY = 200
_TEXT, _TAB, _BREAK, _CARRIAGE = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_CONTROL, _CONTENT, _ROW_PROPERTIES = qn("w:sdt"), qn("w:sdtContent"), qn("w:trPr")
_PAGE = qn("w:lastRenderedPageBreak")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = frozenset({_FALLBACK, qn("w:del"), qn("w:pPr"), qn("w:rPr"), qn("w:instrText")})


def read_docx(content: bytes) -> Stream:
    """The blocks of a document. Raises NotAStandardError: not_docx, too_large, locked."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAStandardError("locked")
    _check_archive(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise NotAStandardError("not_docx") from error
    except etree.LxmlError as error:
        raise NotAStandardError("not_docx") from error
    return _read(document)


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to too much, is no document, or declares entities (no Word file does)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            sizes = {each.filename: each.file_size for each in parts}
            if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_BYTES:
                raise NotAStandardError("too_large")
            if MAIN not in sizes:
                raise NotAStandardError("not_docx")
            if sizes[MAIN] > MOST_TEXT:
                raise NotAStandardError("too_large")
            for each in parts:
                if each.filename.endswith((".xml", ".rels")) and _declares(archive, each):
                    raise NotAStandardError("not_docx")
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotAStandardError("not_docx") from error


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        head = stream.read(4096)
    return (
        b"<!DOCTYPE" in head or b"<!ENTITY" in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))
    )


@dataclass(slots=True)
class _Counts:
    """Where the reading is. ``paged``: Word has noted where pages end."""

    paged: bool
    page: int = 1
    table: int = 0
    paragraph: int = 0

    def place(self, row: int | None = None) -> Place:
        """The place of what is being read."""
        page = self.page if self.paged else None
        if row is None:
            return Place(page=page, line=self.paragraph)
        return Place(page=page, table=self.table, row=row)


def _read(document: Document) -> Iterator[Block | Progress]:
    body = document.element.body
    counts = _Counts(paged=next(body.iter(_PAGE), None) is not None)
    numbers = Numbers(document)
    parts = list(_parts(body))
    for at, part in enumerate(parts):
        if at % EVERY == EVERY - 1:
            yield Progress(at, len(parts))
        if part.tag == _TABLE:
            yield from _table(part, counts, numbers)
            continue
        counts.paragraph += 1
        text = _text(part, counts, numbers)
        for line in text.split("\n"):
            if line.strip():
                yield Paragraph(line.strip(), counts.place())


def _parts(body: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also those inside content controls."""
    waiting = list(reversed(list(body)))
    while waiting:
        each = waiting.pop()
        if each.tag in {_PARAGRAPH, _TABLE}:
            yield each
        elif each.tag in {_CONTROL, _CONTENT}:
            waiting += reversed(list(each))


def _table(table: etree._Element, counts: _Counts, numbers: Numbers) -> Iterator[Block]:
    counts.table += 1
    for at, row in enumerate(table.iterchildren(_ROW), start=1):
        cells = _cells(row, counts, numbers)
        if any(cells):
            yield Row(tuple(cells), counts.place(at), counts.table)


def _cells(row: etree._Element, counts: _Counts, numbers: Numbers) -> Sequence[str]:
    """The row's cells on the table's grid; a cell that one above covers is empty, though Word
    keeps its old text in the file."""
    cells = [""] * _number(row, "w:trPr/w:gridBefore")
    for cell in row.iter(_CELL):
        if next(cell.iterancestors(_ROW)) is not row:
            continue
        merged = cell.find("./w:tcPr/w:vMerge", cell.nsmap)
        covered = merged is not None and merged.get(qn("w:val"), "continue") == "continue"
        cells.append("" if covered else _cell(cell, counts, numbers))
        cells += [""] * (max(_number(cell, "w:tcPr/w:gridSpan"), 1) - 1)
        if len(cells) > 100:
            raise NotAStandardError("too_large")
    return cells


def _number(node: etree._Element, path: str) -> int:
    found = node.find(path, node.nsmap)
    written = found.get(qn("w:val"), "0") if found is not None else "0"
    return min(int(written), 100) if written.isascii() and written.isdecimal() else 0


def _cell(cell: etree._Element, counts: _Counts, numbers: Numbers) -> str:
    lines = (_text(each, counts, numbers).strip() for each in cell.iter(_PARAGRAPH))
    return "\n".join(each for each in lines if each)


def _text(paragraph: etree._Element, counts: _Counts, numbers: Numbers) -> str:
    parts = [numbers.before(paragraph)]
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, node in walk:
        if node.tag in _SKIPPED or (node.tag == _PARAGRAPH and node is not paragraph):
            walk.skip_subtree()
        elif node.tag == _TEXT:
            parts.append(node.text or "")
        elif node.tag == _TAB:
            parts.append(" ")
        elif node.tag in {_BREAK, _CARRIAGE}:
            parts.append("\n")
        elif node.tag == _PAGE:
            counts.page += 1
    return clean("".join(parts))
