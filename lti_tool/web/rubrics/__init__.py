"""The school's rubric: looked at by teachers, written by registrars and administrators.

One module per page; they share ``frame`` (blueprint, tabs, who may write) and ``words``.
"""

from . import changes, criterion, formats, overview, scale, tables, version
from .frame import blueprint

__all__ = [
    "blueprint",
    "changes",
    "criterion",
    "formats",
    "overview",
    "scale",
    "tables",
    "version",
]
