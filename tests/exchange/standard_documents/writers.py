"""Writes a document of ``invented`` as a file of each format.

Not here: what is in it.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from html import escape

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as PdfTable

from tests.exchange.standard_documents.invented import Printed, Table

FONT = "STSong-Light"


def as_text(document: Iterable[Printed]) -> bytes:
    """Tabs between cells, a blank line before each page of a table."""
    lines: list[str] = []
    for each in document:
        if isinstance(each, str):
            lines += [each, ""]
        else:
            rows = (
                "\t".join((cell or "").replace("\n", " ") for cell in r.cells) for r in each.rows
            )
            lines += [*rows, ""]
    return "\n".join(lines).encode()


def as_markdown(document: Iterable[Printed]) -> bytes:
    """Bars between cells; titles are headings."""
    lines: list[str] = []
    for each in document:
        if isinstance(each, str):
            lines += [f"## {each}", ""]
            continue
        head, *rows = (
            "| " + " | ".join((cell or "").replace("\n", "<br>") for cell in row.cells) + " |"
            for row in each.rows
        )
        lines += [head, "|" + " --- |" * len(each.rows[0].cells), *rows, ""]
    return "\n".join(lines).encode("utf-8-sig")


def as_html(document: Iterable[Printed]) -> bytes:
    """One table per level, with merged cells and its head repeated inside; in GB 18030."""
    parts = ['<!DOCTYPE html><html><head><meta charset="gb18030"><title>x</title></head><body>']
    opened = False
    for each in document:
        if opened and not (isinstance(each, Table) and each.goes_on):
            parts.append("</table>")
            opened = False
        if isinstance(each, str):
            parts.append(f"<p>{escape(each)}</p>")
            continue
        parts.append("" if opened else "<table border=1>")
        parts += _html_rows(each)
        opened = True
    return "\n".join([*parts, "</body></html>"]).encode("gb18030")


def _html_rows(table: Table) -> Iterable[str]:
    for at, row in enumerate(table.rows):
        cells = (
            f"<td{_rowspan(table, at, column)}>{escape(cell).replace(chr(10), '<br>')}</td>"
            for column, cell in enumerate(row.cells)
            if cell is not None
        )
        yield f"<tr>{''.join(cells)}</tr>"


def _covered(table: Table, at: int, column: int) -> int:
    """How many cells under this one it covers."""
    count = 0
    for row in table.rows[at + 1 :]:
        if row.cells[column] is not None:
            break
        count += 1
    return count


def _rowspan(table: Table, at: int, column: int) -> str:
    covered = _covered(table, at, column)
    return f' rowspan="{covered + 1}"' if covered else ""


def as_docx(document: Iterable[Printed]) -> bytes:
    """A Word document with merged cells; each page of a table is a table."""
    made = docx.Document()
    for each in document:
        if isinstance(each, str):
            made.add_paragraph(each)
            continue
        width = len(each.rows[0].cells)
        table = made.add_table(rows=len(each.rows), cols=width)
        for at, row in enumerate(each.rows):
            for column, cell in enumerate(row.cells):
                if cell is not None:
                    target = table.cell(at, column)
                    covered = _covered(each, at, column)
                    if covered:
                        target = target.merge(table.cell(at + covered, column))
                    target.text = cell
        made.add_paragraph("")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def as_pdf(document: Iterable[Printed], password: str | None = None) -> bytes:
    """Ruled tables with merged cells; each page of a table is on a page of its own."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    style = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=14, wordWrap="CJK")
    story: list[Flowable] = []
    for each in document:
        if isinstance(each, str):
            story.append(Paragraph(escape(each), style))
            continue
        story += [PageBreak()] if each.goes_on else []
        story.append(_pdf_table(each, style))
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4, encrypt=password).build(story)
    return stream.getvalue()


def _pdf_table(table: Table, style: ParagraphStyle) -> PdfTable:
    spans = [
        ("SPAN", (column, at), (column, at + covered))
        for at, row in enumerate(table.rows)
        for column, cell in enumerate(row.cells)
        if cell is not None and (covered := _covered(table, at, column))
    ]
    cells = [
        [Paragraph(escape(cell or "").replace("\n", "<br/>"), style) for cell in row.cells]
        for row in table.rows
    ]
    width = 480 / len(table.rows[0].cells)
    grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
    return PdfTable(cells, colWidths=[width] * len(table.rows[0].cells), style=[grid, *spans])


FORMATS: Mapping[str, Callable[[Iterable[Printed]], bytes]] = {
    "txt": as_text,
    "md": as_markdown,
    "html": as_html,
    "docx": as_docx,
    "pdf": as_pdf,
}
