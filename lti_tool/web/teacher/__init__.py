"""The teacher's pages: choose, queue, rate, class, coverage, rule, grades in the LMS.

One module per page; they share ``frame`` (blueprint and tabs) and do not know each other.
"""

from . import (
    agreement,
    by_code,
    choose,
    class_map,
    class_table,
    comments,
    conditions,
    coverage,
    deliveries,
    extensions,
    files,
    peers,
    queue,
    rate,
    rating_table,
    ready,
    reconciliation,
    review,
    roster,
    rule,
    second,
    teams,
)
from .frame import blueprint

__all__ = [
    "agreement",
    "blueprint",
    "by_code",
    "choose",
    "class_map",
    "class_table",
    "comments",
    "conditions",
    "coverage",
    "deliveries",
    "extensions",
    "files",
    "peers",
    "queue",
    "rate",
    "rating_table",
    "ready",
    "reconciliation",
    "review",
    "roster",
    "rule",
    "second",
    "teams",
]
