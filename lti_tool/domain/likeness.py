"""How alike two texts are, and where they differ: a hint for a person, never a decision.

Two measures of plain arithmetic are averaged: the share of common pairs of characters (Dice's
coefficient) and the share of characters that need no edit (Levenshtein's distance). Case, width,
spaces and punctuation do not count. Not here: what follows from likeness (``equivalence``,
``revision``).
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

FULL = 100


class PieceKind(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    """In both texts."""
    REMOVED = "removed"
    """In the first text alone."""
    ADDED = "added"
    """In the second text alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters and what became of it."""

    kind: PieceKind
    text: str


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """The letters, characters and digits of a text, in one width and case (NFKC, casefold)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in folded if each.isalnum())


def likeness(first: str, second: str) -> int:
    """Percent (0 to 100), the same either way round; 100 only for texts equal but for case,
    width, spaces and punctuation."""
    one, other = normalised(first), normalised(second)
    if one == other:
        return FULL
    return min((_dice(one, other) + _unedited(one, other)) // 2, FULL - 1)


def may_be_like(first: str, second: str, least: int) -> bool:
    """Whether ``likeness`` may reach ``least``: a quick look that passes over hopeless pairs."""
    one, other = normalised(first), normalised(second)
    dice = _dice(one, other)
    # Only a pair that passes the cheaper half is counted character by character.
    return (dice + FULL) // 2 >= least and (dice + _common(one, other)) // 2 >= least


def contained(part: str, whole: str) -> int:
    """Percent (0 to 100) of the pairs of characters of ``part`` that stand in ``whole`` too."""
    own = _pairs(normalised(part))
    return len(own & _pairs(normalised(whole))) * FULL // len(own) if own else 0


def pieces(first: str, second: str) -> tuple[Piece, ...]:
    """The second text against the first, piece by piece, in reading order. What is kept and
    removed makes up the first text, what is kept and added the second."""
    return tuple(_pieces(first, second))


def _pieces(first: str, second: str) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(PieceKind.KEPT, first[start:end])
            continue
        if end > start:
            yield Piece(PieceKind.REMOVED, first[start:end])
        if other_end > other_start:
            yield Piece(PieceKind.ADDED, second[other_start:other_end])


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    """Every two characters that follow each other; a text of one character is its own."""
    found = frozenset(one + other for one, other in pairwise(text))
    return found or frozenset([text] if text else [])


def _dice(one: str, other: str) -> int:
    own, others = _pairs(one), _pairs(other)
    count = len(own) + len(others)
    return 2 * len(own & others) * FULL // count if count else FULL


def _common(one: str, other: str) -> int:
    """What ``_unedited`` can be at most: whatever is not in both takes an edit at least."""
    longest = max(len(one), len(other))
    shared = sum((_counted(one) & _counted(other)).values())
    return shared * FULL // longest if longest else FULL


@lru_cache(maxsize=4096)
def _counted(text: str) -> Counter[str]:
    return Counter(text)


def _unedited(one: str, other: str) -> int:
    longest = max(len(one), len(other))
    return (longest - _distance(one, other)) * FULL // longest if longest else FULL


def _distance(one: str, other: str) -> int:
    """The fewest characters to add, drop or replace (Levenshtein, by rows)."""
    row = list(range(len(other) + 1))
    for number, char in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, against in enumerate(other, 1):
            changed = before + (char != against)
            before = row[place]
            row[place] = min(before + 1, row[place - 1] + 1, changed)
    return row[-1]
