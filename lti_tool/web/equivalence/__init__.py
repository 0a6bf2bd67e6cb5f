"""Which requirements of different levels count as one at a school: proposed, compared, decided.

One module per page; they share ``frame`` (blueprint, tabs, who may) and ``words``.
"""

from . import overview, pair
from .frame import blueprint

__all__ = ["blueprint", "overview", "pair"]
