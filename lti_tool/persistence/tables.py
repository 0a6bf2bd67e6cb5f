"""Every table in one place: importing this module registers all rows with ``Base``."""

from . import (
    access_links,
    assessments,
    audit_log,
    briefs,
    column_errands,
    courses,
    decisions,
    engines,
    invitations,
    keys,
    line_items,
    login_states,
    people,
    platforms,
    ratings,
    rosters,
    runs,
    scores,
    sessions,
    standings,
    submissions,
)
from .database import Base

__all__ = [
    "access_links",
    "assessments",
    "audit_log",
    "briefs",
    "column_errands",
    "courses",
    "decisions",
    "engines",
    "invitations",
    "keys",
    "line_items",
    "login_states",
    "metadata",
    "people",
    "platforms",
    "ratings",
    "rosters",
    "runs",
    "scores",
    "sessions",
    "standings",
    "submissions",
]

metadata = Base.metadata
