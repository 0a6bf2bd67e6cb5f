"""What the doctor found: good, worth knowing, or wrong, each with what to do about it."""

from dataclasses import dataclass
from enum import Enum

from .console import said, write


class Grade(Enum):
    """How bad it is; the value is its mark."""

    GOOD = "✓"
    ADVICE = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's. ``todo`` is empty where there is nothing to do."""

    grade: Grade
    words: str
    todo: str = ""


def good(zh: str, en: str) -> Finding:
    """All is well."""
    return Finding(Grade.GOOD, said(zh, en))


def advice(words: tuple[str, str], todo: tuple[str, str]) -> Finding:
    """It works, but not for long or not as it could; words and what to do in zh and en."""
    return Finding(Grade.ADVICE, said(*words), said(*todo))


def wrong(words: tuple[str, str], todo: tuple[str, str]) -> Finding:
    """Somebody's work fails; words and what to do in zh and en."""
    return Finding(Grade.WRONG, said(*words), said(*todo))


def show(finding: Finding) -> None:
    """Print a finding, and under it what to do."""
    write(f"{finding.grade.value} {finding.words}")
    if finding.todo:
        write(f"    → {finding.todo}")
