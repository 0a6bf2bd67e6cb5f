"""A ready assessment of a work task: situation, instructions, material, and notes for the assessor.

Ours, not part of any standard. A teacher takes a copy and may change it. Not here: an assessment
that was set (``assessment``), and how its requirements are judged (``rubric``).
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .rubric import AssessmentMethod
from .standard import Text

LEAST_MINUTES = 5
MOST_MINUTES = 180
TITLE_LENGTH = 60
"""Characters, in either language."""
_BRACKETS = re.compile(r"\[([0-9., ;/、，；和至-]+)\]")
_CODE = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_SPEAKER_LENGTH = 40
"""What stands before a colon further on is no name of a speaker."""


class MaterialKind(StrEnum):
    """How the words of a piece of material are laid out."""

    TRANSCRIPT = "transcript"
    """A conversation, one turn a line: ``客户：…`` or ``Customer: …``."""
    TABLE = "table"
    """CSV with a head line; every row as wide as the head."""
    TEXT = "text"
    """Plain lines."""


class Turn(NamedTuple):
    """One line of a conversation; ``speaker`` is None for a stage direction."""

    speaker: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Material:
    """What the student works with."""

    title: Text
    kind: MaterialKind
    text: Text


@dataclass(frozen=True, slots=True)
class ReadyAssessment:
    """One ready assessment; it covers every requirement of its task."""

    task: str
    title: Text
    method: AssessmentMethod
    minutes: int
    """How long the student needs, 5 to 180."""
    scenario: Text
    instructions: Text
    material: tuple[Material, ...]
    assessor: Text
    """Cues, answer key and planted errors: for the assessor alone, never shown to students."""


ReadyAssessments = Mapping[tuple[str, str], ReadyAssessment]
"""By level key and task code."""


def table_rows(words: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table's words, the head first; lines without a cell are left out.

    Raises csv.Error where the words are no CSV, for example a quote that never ends.
    """
    rows = csv.reader(io.StringIO(words), strict=True)
    return tuple(tuple(cell.strip() for cell in row) for row in rows if row)


def table_faults(words: str) -> Iterator[Text]:
    """Why these words are no table: no CSV, a head alone, rows wider or narrower than the head."""
    try:
        rows = table_rows(words)
    except csv.Error as error:
        yield Text(f"不是有效的 CSV：{error}", f"not valid CSV: {error}")
        return
    if len(rows) < 2:
        yield Text("表格至少要有表头和一行", "a table needs a head and at least one row")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            yield Text(
                f"第 {number} 行有 {len(row)} 列，表头有 {len(rows[0])} 列",
                f"row {number} has {len(row)} columns, the head has {len(rows[0])}",
            )


def codes_named(words: str) -> frozenset[str]:
    """The requirement codes that stand in square brackets: ``[4.1.1]``, ``[4.1.1、4.1.2]``."""
    inside = _BRACKETS.findall(words)
    return frozenset(code for each in inside for code in _CODE.findall(each))


def turns(words: str) -> tuple[Turn, ...]:
    """The turns of a conversation's words; empty lines are left out.

    A speaker ends at the first Chinese colon, or at a colon that a space follows, so that a time
    (``09:12``) in front of the name stays with it.
    """
    lines = (each.strip() for each in words.splitlines())
    return tuple(_turn(each) for each in lines if each)


def _turn(line: str) -> Turn:
    for colon in ("：", ": "):
        speaker, found, words = line.partition(colon)
        if found and 0 < len(speaker) <= _SPEAKER_LENGTH:
            return Turn(speaker.strip(), words.strip())
    return Turn(None, line)
