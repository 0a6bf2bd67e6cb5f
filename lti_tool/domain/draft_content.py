"""What a draft brings beyond the printed standard, where its file holds it: English, rubric, links.

A printed document has none of this; a file that another system, or this tool, wrote may. Everything
names its place by key and code, so what a correction removes takes nothing else along. Not here:
the draft itself (``standard_draft``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .mapping import EquivalenceLink
from .rubric import Criterion, PerformanceLevel

HEAD = ("title", "publisher", "declaration")
"""Places of the head in ``DraftContent.english``."""


@dataclass(frozen=True, slots=True)
class DraftContent:
    """``english``, ``printed`` and ``inferred_from`` are keyed by place: a fact of the head
    (``title``), a level's key, ``elementary/2`` (area), ``elementary/2.1`` (task) or
    ``elementary/2.1.1``; see also ``scope_place`` and ``role_place``.

    ``performance_levels`` is empty, and ``cut`` 0, where the file has no rubric. ``criteria`` may
    be fewer than the requirements. ``links`` are between requirements of the draft.
    """

    english: Mapping[str, str] = field(default_factory=dict)
    printed: Mapping[str, str] = field(default_factory=dict)
    """The printed form of mended requirements."""
    inferred_from: Mapping[str, str] = field(default_factory=dict)
    """The requirement an inferred one was inferred from, as ``elementary/2.1.1``."""
    performance_levels: tuple[PerformanceLevel, ...] = ()
    cut: int = 0
    criteria: tuple[Criterion, ...] = ()
    links: tuple[EquivalenceLink, ...] = ()


def scope_place(level: str) -> str:
    """Where the English of a level's scope stands."""
    return f"{level}#scope"


def role_place(level: str, number: int) -> str:
    """Where the English of a level's job role stands; ``number`` counts from 0."""
    return f"{level}#role-{number}"
