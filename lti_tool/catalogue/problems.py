"""What is wrong with a rubric or mapping file: where, and in words.

Not here: finding it (``document`` reads, ``validation`` compares with a schema, ``standards``,
``rubrics`` and ``mappings`` check one file against another).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lti_tool.domain.standard import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. ``line`` counts from 1; it is 1 where the whole file is at fault.

    ``path`` is the place inside the file, ``areas[0].tasks[2].code``; empty for the whole file.
    ``reason`` is in Chinese and English.
    """

    file: Path
    line: int
    path: str
    reason: Text

    def in_language(self, language: str) -> str:
        """``file:line: path: reason`` for a language tag such as ``en`` or ``zh_Hans_CN``."""
        place = f"{self.file}:{self.line}: "
        inside = f"{self.path}: " if self.path else ""
        return place + inside + self.reason.in_language(language)

    def __str__(self) -> str:
        return self.in_language("en")


class CatalogueError(Exception):
    """The rubric and mapping files cannot be used. ``problems`` lists every fault of every file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(problems, key=lambda each: (str(each.file), each.line, each.path))
        )
        super().__init__("\n".join(str(each) for each in self.problems))
