"""Outcomes as a workbook: one sheet with the rows, one with what there is to know about them.

Every cell is a string or a number, whatever it begins with; the same content gives the same
bytes. XlsxWriter holds one row at a time, openpyxl (which reads our imports) the whole book.
"""

from datetime import datetime
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from lti_tool.domain.exported import ExportContent
from lti_tool.domain.standard import Text

from .table import COLUMNS, NUMBERS, about, heads, rows

OUTCOMES = Text("等级达成", "Outcomes")
ABOUT = Text("说明", "About")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_xlsx(export_id: str, made_at: datetime, content: ExportContent, out: BinaryIO) -> None:
    """Write the workbook."""
    language = content.facts.language
    with Workbook(out, OPTIONS) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(OUTCOMES.in_language(language))
        sheet.freeze_panes(1, 3)
        for at, (_, width) in enumerate(COLUMNS):
            sheet.set_column(at, at, width)
        for at, words in enumerate(heads(language)):
            sheet.write_string(0, at, words, bold)
        for number, row in enumerate(rows(content), start=1):
            _write_row(sheet, number, row)
        sheet.autofilter(0, 0, len(content.lines), len(COLUMNS) - 1)
        facts = book.add_worksheet(ABOUT.in_language(language))
        facts.set_column(0, 0, 30)
        facts.set_column(1, 1, 90, wrapped)
        for number, (name, value) in enumerate(about(export_id, made_at, content)):
            facts.write_string(number, 0, name, bold)
            facts.write_string(number, 1, value, wrapped)


def _write_row(sheet: Worksheet, number: int, row: list[str]) -> None:
    for at, words in enumerate(row):
        if at in NUMBERS:
            sheet.write_number(number, at, int(words))
        elif words:
            sheet.write_string(number, at, words)
