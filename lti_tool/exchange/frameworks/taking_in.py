"""A file of a competency framework, known by its content, as a draft of a standard.

Not here: documents of standards (``lti_tool.exchange.standard_documents``).
"""

from pathlib import PurePath

from lti_tool.domain.standard_draft import StandardDraft
from lti_tool.exchange.spreadsheets import TableError, read_table

from .canvas_outcomes import is_canvas_outcomes, read_canvas_outcomes
from .canvas_rubrics import is_canvas_rubrics, read_canvas_rubrics
from .case_reading import read_case
from .framework import Framework, NotAFrameworkError
from .inward import draft_of
from .moodle_competencies import is_moodle, read_moodle

SUFFIXES = (".csv", ".json")


def is_framework(name: str) -> bool:
    """Whether a file of this name can be one of the formats."""
    return PurePath(name).suffix.lower() in SUFFIXES


def read_framework(content: bytes, name: str) -> StandardDraft:
    """The draft of a file.

    Raises NotAFrameworkError: ``table`` (no CSV), ``unknown`` (no head of the formats),
    ``no_items``, and what the readers of the formats raise.
    """
    if PurePath(name).suffix.lower() == ".json":
        return draft_of(read_case(content))
    return draft_of(_table(content))


def _table(content: bytes) -> Framework:
    try:
        rows = read_table(content)
    except TableError as error:
        raise NotAFrameworkError("table", error.reason.zh) from error
    if is_canvas_rubrics(rows[0]):
        return read_canvas_rubrics(rows)
    if is_canvas_outcomes(rows[0]):
        return read_canvas_outcomes(rows)
    if is_moodle(rows[0]):
        return read_moodle(rows)
    raise NotAFrameworkError("unknown", ", ".join(rows[0])[:80])
