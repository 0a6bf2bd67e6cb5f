"""What every reader makes of a document: its paragraphs and table rows in reading order.

Not here: what they mean (``recognise``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lti_tool.domain.standard_draft import Place


class NotAStandardError(Exception):
    """The file is not read. ``reason`` is a short key (``words`` says them), ``detail`` what was
    found instead."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line or paragraph outside tables."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """A table row. A cell that is empty, or covered by a merged one, is empty text; a line feed
    inside a cell is a line or paragraph of its own there. ``table`` counts the tables."""

    cells: tuple[str, ...]
    place: Place
    table: int


LINES = 0
"""Stands for the table of numbered lines outside any table."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader is: ``done`` of ``total`` pages or parts."""

    done: int
    total: int


Block: TypeAlias = Paragraph | Row
Stream: TypeAlias = Iterator[Block | Progress]
"""A document being read. Raises NotAStandardError where it cannot be read on."""
