"""Outcomes as CSV for spreadsheets: UTF-8 with a byte order mark, no cell that would be run."""

import csv
import io
from typing import BinaryIO

from lti_tool.domain.exported import ExportContent
from lti_tool.exchange.spreadsheets import guarded

from .table import heads, rows


def write_csv(content: ExportContent, out: BinaryIO) -> None:
    """Write the table, a row at a time."""
    stream = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads(content.facts.language))
    writer.writerows([guarded(cell) for cell in row] for row in rows(content))
    stream.flush()
    stream.detach()
