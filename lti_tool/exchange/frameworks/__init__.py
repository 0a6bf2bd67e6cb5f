"""Competency frameworks of other systems, both ways: Moodle, Canvas and CASE.

``outward`` makes a framework of an installed standard and ``handing_out`` a file of it;
``taking_in`` reads a file and ``inward`` makes a draft, which a person confirms. Not here:
documents of standards (``standard_documents``).
"""

from .formats import Format
from .framework import ExportedFile, NotAFrameworkError
from .handing_out import exported
from .taking_in import is_framework, read_framework

__all__ = [
    "ExportedFile",
    "Format",
    "NotAFrameworkError",
    "exported",
    "is_framework",
    "read_framework",
]
