"""Reads ``rubrics/`` and ``mappings/`` into domain values, and holds the schemas of those files.

Not here: what the values mean (``lti_tool.domain``), and where the two folders are
(``lti_tool.settings``).
"""

from .bundle import StandardBundle
from .coverage import Coverage, Share, coverage
from .problems import CatalogueError, Problem
from .reader import Catalogue, load_catalogue
from .report import MISSING, Finding, FindingKind, content_report
from .rows import COLUMNS, requirement_rows, standard_csv

__all__ = [
    "COLUMNS",
    "MISSING",
    "Catalogue",
    "CatalogueError",
    "Coverage",
    "Finding",
    "FindingKind",
    "Problem",
    "Share",
    "StandardBundle",
    "content_report",
    "coverage",
    "load_catalogue",
    "requirement_rows",
    "standard_csv",
]
