"""Reads ``rubrics/`` and ``mappings/`` into domain values, and holds the schemas of those files.

Not here: what the values mean (``lti_tool.domain``), and where the two folders are
(``lti_tool.settings``).
"""

from .bundle import StandardBundle
from .coverage import Coverage, Share, coverage
from .draft_files import Origin, draft_files, draft_rows, write_draft
from .link_file import links_yaml
from .problems import CatalogueError, Problem
from .reader import Catalogue, load_catalogue
from .report import Finding, FindingKind, content_report
from .rows import COLUMNS, requirement_rows, rows_csv, standard_csv
from .rule_content import Content, content_of, rule_from
from .shelf import Folders, Shelf, explained

__all__ = [
    "COLUMNS",
    "Catalogue",
    "CatalogueError",
    "Content",
    "Coverage",
    "Finding",
    "FindingKind",
    "Folders",
    "Origin",
    "Problem",
    "Share",
    "Shelf",
    "StandardBundle",
    "content_of",
    "content_report",
    "coverage",
    "draft_files",
    "draft_rows",
    "explained",
    "links_yaml",
    "load_catalogue",
    "requirement_rows",
    "rows_csv",
    "rule_from",
    "standard_csv",
    "write_draft",
]
