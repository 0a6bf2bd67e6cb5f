"""Outcomes in the forms in which a registrar takes them away, each made of the content of an
export alone: the same content gives the same bytes, whenever it is asked for.

Not here: what is in an export (``export_outcomes``), who may have it (the registrar's pages).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from lti_tool.domain.exported import ExportContent, ExportKind

from .csv_file import write_csv
from .objectives import objectives
from .one_roster import write_one_roster
from .table import day
from .words import notice
from .xlsx_file import write_xlsx

__all__ = ["Kept", "day", "media_type", "notice", "objectives", "write_list"]

MEDIA = {
    ExportKind.CSV: "text/csv; charset=utf-8",
    ExportKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportKind.ONE_ROSTER: "application/zip",
}
ENDINGS = {ExportKind.CSV: "csv", ExportKind.XLSX: "xlsx", ExportKind.ONE_ROSTER: "oneroster.zip"}


@dataclass(frozen=True, slots=True)
class Kept:
    """An export that was kept: its id, kind and time, and what is in it."""

    id: str
    kind: ExportKind
    made_at: datetime
    content: ExportContent

    @property
    def file_name(self) -> str:
        """The name of its file, in ASCII."""
        when = f"{self.made_at:%Y%m%dT%H%M%SZ}"
        return f"outcomes-{self.content.facts.standard_id}-{when}.{ENDINGS[self.kind]}"


def media_type(kind: ExportKind) -> str:
    """The media type of a list's file."""
    return MEDIA[kind]


def write_list(kept: Kept, out: BinaryIO) -> None:
    """Write a list (CSV, XLSX or OneRoster) to a file that can seek. Raises ValueError for what
    is no list."""
    if kept.kind is ExportKind.CSV:
        write_csv(kept.content, out)
    elif kept.kind is ExportKind.XLSX:
        write_xlsx(kept.id, kept.made_at, kept.content, out)
    elif kept.kind is ExportKind.ONE_ROSTER:
        write_one_roster(kept.content, out)
    else:
        raise ValueError(kept.kind)
