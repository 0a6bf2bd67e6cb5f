"""The teacher's pages: choose, queue, rate, class, grades in the LMS.

One module per page; they share ``frame`` (blueprint and tabs) and do not know each other.
"""

from . import choose, class_map, conditions, deliveries, queue, rate, ready, roster
from .frame import blueprint

__all__ = [
    "blueprint",
    "choose",
    "class_map",
    "conditions",
    "deliveries",
    "queue",
    "rate",
    "ready",
    "roster",
]
