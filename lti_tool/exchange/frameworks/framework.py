"""A competency framework as other systems know it: a tree of items, with facts about each.

Every format here is written from this value and read into it, whatever the depth of the tree. Not
here: what it means as a standard (``inward``, ``outward``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import Text

from .facts import Facts

DEPTH = 4
"""Level, work area, work task, requirement."""


class NotAFrameworkError(Exception):
    """The file is none of the formats, or is damaged. ``reason`` is a short key, ``detail`` what
    and where."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Item:
    """A node. ``id`` is unique in its framework, ``parent`` empty at the top. ``code`` is the
    printed code, empty where there is none; ``depth`` counts from 0 where the writer knows it."""

    id: str
    parent: str
    code: str
    text: str
    facts: Facts = ()
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A link between two items; ``facts`` say more where the format carries it."""

    origin: str
    destination: str
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Framework:
    """Items stand after their parents and in order. ``performance_levels`` is empty, and ``cut``
    0, where there is no rubric. ``dropped`` says what was read and has no place here."""

    title: str
    facts: Facts
    items: Sequence[Item]
    performance_levels: tuple[PerformanceLevel, ...] = ()
    cut: int = 0
    relations: Sequence[Relation] = ()
    dropped: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to hand out. ``left_out`` says what the format cannot carry."""

    name: str
    media_type: str
    content: bytes
    left_out: tuple[Text, ...]
