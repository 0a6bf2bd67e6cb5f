"""The registrar's pages: outcomes, decisions, the rule of the school.

Everything here is about the registrar's own school. One module per page; they share ``frame``
(blueprint and tabs) and do not know each other.
"""

from . import accounts, agreement, decision, exports, lists, outcomes, papers, rule, transcript
from .frame import blueprint

__all__ = [
    "accounts",
    "agreement",
    "blueprint",
    "decision",
    "exports",
    "lists",
    "outcomes",
    "papers",
    "rule",
    "transcript",
]
