"""Competency frameworks of other systems, both ways: Moodle, Canvas and CASE.

``outward`` makes a framework of an installed standard and ``handing_out`` a file of it;
``taking_in`` reads a file and ``inward`` makes a draft, which a person confirms. Not here:
documents of standards (``standard_documents``).
"""

from .case_objects import CaseVersion, Json, Kind, Object
from .case_service import CaseLibrary
from .case_service import failure as case_failure
from .formats import Format
from .framework import ExportedFile, NotAFrameworkError
from .handing_out import exported
from .taking_in import is_framework, read_framework

__all__ = [
    "CaseLibrary",
    "CaseVersion",
    "ExportedFile",
    "Format",
    "Json",
    "Kind",
    "NotAFrameworkError",
    "Object",
    "case_failure",
    "exported",
    "is_framework",
    "read_framework",
]
