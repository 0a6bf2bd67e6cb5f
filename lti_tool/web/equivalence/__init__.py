"""Which requirements of different levels, and of different versions, count as one at a school.

One module per page; they share ``frame`` (blueprint, tabs, who may) and ``words``.
"""

from . import overview, pair, revision
from .frame import blueprint

__all__ = ["blueprint", "overview", "pair", "revision"]
