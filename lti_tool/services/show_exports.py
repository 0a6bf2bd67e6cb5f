"""What was exported before: the list, one export again, and what has changed since the last one.

Not here: making an export (``export_outcomes``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.domain.exported import Changes, ExportContent, changes
from lti_tool.persistence import exports, papers, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.exports import Export
from lti_tool.persistence.papers import Paper
from lti_tool.persistence.people import Account

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export and who made it."""

    export: Export
    by: Account | None


@dataclass(frozen=True, slots=True)
class ExportList:
    """A page of the list, the newest first; ``found`` counts all."""

    rows: tuple[ExportRow, ...]
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is otherwise than in an earlier export of the same filter."""

    earlier: Export
    changes: Changes


@dataclass(frozen=True, slots=True)
class ExportInFull:
    """One export with its content. ``is_whole``: nothing of it was erased since. ``compared`` is
    None where there was no earlier one; ``paper`` None for a list."""

    export: Export
    by: Account | None
    content: ExportContent
    is_whole: bool
    compared: Comparison | None
    paper: Paper | None

    @property
    def without_number(self) -> int:
        """How many learners in it have no student number."""
        holders = {each.holder for each in self.content.lines}
        return sum(not each.student_number for each in holders)


def list_exports(session: Session, school_id: int, *, page: int = 1) -> ExportList:
    """A page of a school's exports; a page that does not exist is the nearest that does."""
    start = (max(1, page) - 1) * PAGE_SIZE
    found, total = exports.exports_of(session, school_id, start=start, most=PAGE_SIZE)
    pages = max(1, -(-total // PAGE_SIZE))
    if page > pages:
        return list_exports(session, school_id, page=pages)
    known = people.accounts(session, {each.made_by for each in found})
    rows = tuple(ExportRow(each, known.get(each.made_by)) for each in found)
    return ExportList(rows, total, max(1, page), pages)


def open_export(
    session: Session, export_id: str, *, school_id: int
) -> tuple[Export, ExportContent]:
    """An export of the school and its content. Raises NotFoundError."""
    export = exports.export_of(session, export_id, school_id)
    return export, exports.content_of(session, export_id)


def show_export(session: Session, export_id: str, *, school_id: int) -> ExportInFull:
    """An export of the school, compared with the one of the same filter before it.

    Raises NotFoundError.
    """
    export, content = open_export(session, export_id, school_id=school_id)
    compared = paper = None
    if not export.kind.is_list:
        paper = papers.paper_of_export(session, export.id)
    else:
        standard_id, asked = export.standard_id, export.asked
        earlier = exports.last_list(session, school_id, standard_id, asked, before=export.made_at)
        compared = _compared(session, earlier, content)
    by = people.accounts(session, {export.made_by}).get(export.made_by)
    is_whole = content.digest == export.digest
    return ExportInFull(export, by, content, is_whole, compared, paper)


def compare_with_last(
    session: Session, content: ExportContent, asked: Mapping[str, str], *, school_id: int
) -> Comparison | None:
    """What would be in an export now (``content``) against the last one of this filter; None
    where there was none."""
    standard_id = content.facts.standard_id
    earlier = exports.last_list(session, school_id, standard_id, exports.without_standard(asked))
    return _compared(session, earlier, content)


def _compared(
    session: Session, earlier: Export | None, content: ExportContent
) -> Comparison | None:
    if earlier is None:
        return None
    before = exports.content_of(session, earlier.id)
    return Comparison(earlier, changes(before.lines, content.lines))
