"""A standard's requirements as table rows, for ``lti-tool standard show CODE --csv``.

Not here: other people's file formats (``lti_tool.exchange``).
"""

import csv
import io
from collections.abc import Iterable, Iterator

from lti_tool.domain.standard import Standard

COLUMNS = (
    "level",
    "area_code",
    "area_title",
    "task_code",
    "task_title",
    "code",
    "text",
    "status",
)
"""``level`` is the printed name (初级), ``text`` is empty where it is lost in source."""


def requirement_rows(standard: Standard) -> Iterator[tuple[str, ...]]:
    """One row per requirement in the order of the source, with the columns of ``COLUMNS``."""
    for level in standard.levels:
        for area in level.areas:
            for task in area.tasks:
                above = (level.name.zh, area.code, area.title.zh, task.code, task.title.zh)
                for each in task.requirements:
                    yield (*above, each.code, each.text or "", each.status.value)


def standard_csv(standard: Standard) -> str:
    """The rows as CSV with a header line; lines end in a bare line feed."""
    return rows_csv(requirement_rows(standard))


def rows_csv(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows with the columns of ``COLUMNS`` as CSV with a header line."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return stream.getvalue()
