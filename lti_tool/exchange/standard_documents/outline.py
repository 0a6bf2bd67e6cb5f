"""The areas, tasks and requirements of one level while they are being put together.

Holds the numbers and fills gaps at the end. Not here: deciding what a cell is (``cells``) and where
it goes (``assembly``).
"""

from dataclasses import dataclass, field

from lti_tool.domain.standard import SourceStatus
from lti_tool.domain.standard_draft import (
    DraftArea,
    DraftRequirement,
    DraftTask,
    NoteKind,
    Place,
)

from .notebook import Notebook

LOST_TITLE = "（原文缺失）"
"""Stands for a title that the document has lost; never a guess."""
MOST_LOST = 20
"""A larger gap in the codes is a misprint and not so many lost rows."""


@dataclass(slots=True)
class OpenRequirement:
    """``number`` is the last part of its code."""

    number: int
    text: str
    marker: str
    place: Place
    joined: bool = False


@dataclass(slots=True)
class OpenTask:
    """``number`` is the second part of its code; ``made`` when no number is printed."""

    number: int
    title: str
    place: Place
    made: bool
    joined: bool = False
    requirements: list[OpenRequirement] = field(default_factory=list)

    def next_number(self) -> int:
        """The number after the last requirement's."""
        return max((each.number for each in self.requirements), default=0) + 1

    def find(self, number: int) -> OpenRequirement | None:
        """The requirement of this number."""
        return next((each for each in self.requirements if each.number == number), None)


@dataclass(slots=True)
class OpenArea:
    """``made``: its number is ours, none is printed."""

    number: int
    title: str
    place: Place
    made: bool
    tasks: list[OpenTask] = field(default_factory=list)

    def next_number(self) -> int:
        """The number after the last task's."""
        return max((each.number for each in self.tasks), default=0) + 1

    def find(self, number: int) -> OpenTask | None:
        """The task of this number."""
        return next((each for each in self.tasks if each.number == number), None)


def closed(areas: list[OpenArea], book: Notebook) -> tuple[DraftArea, ...]:
    """The areas in the order of their codes, with what is lost between them noted. An area or
    task without any requirement is left out and noted."""
    ordered = sorted(areas, key=lambda each: each.number)
    _note_gaps([each.number for each in ordered], "", book)
    found = [_area(each, book) for each in ordered]
    return tuple(each for each in found if each.tasks)


def _area(area: OpenArea, book: Notebook) -> DraftArea:
    code = str(area.number)
    ordered = sorted(area.tasks, key=lambda each: each.number)
    _note_gaps([each.number for each in ordered], f"{code}.", book)
    for each in ordered:
        if not each.requirements:
            book.note(NoteKind.LOST_TASK, each.place, subject=f"{code}.{each.number}")
    if not ordered:
        book.note(NoteKind.LOST_TASK, area.place, subject=code)
    tasks = tuple(_task(code, each, book) for each in ordered if each.requirements)
    return DraftArea(code, area.title, tasks, area.place)


def _task(area: str, task: OpenTask, book: Notebook) -> DraftTask:
    code = f"{area}.{task.number}"
    status = SourceStatus.PRINTED
    if task.title == LOST_TITLE:
        status = SourceStatus.LOST
    elif task.joined:
        status = SourceStatus.JOINED
    return DraftTask(code, task.title, tuple(_requirements(code, task, book)), status, task.place)


def _requirements(code: str, task: OpenTask, book: Notebook) -> list[DraftRequirement]:
    found: list[DraftRequirement] = []
    last = 0
    for each in sorted(task.requirements, key=lambda one: one.number):
        if each.number - last - 1 <= MOST_LOST:
            for number in range(last + 1, each.number):
                lost = f"{code}.{number}"
                book.note(NoteKind.LOST, each.place, subject=lost)
                found.append(DraftRequirement(lost, None, SourceStatus.LOST))
        last = each.number
        own = f"{code}.{each.number}"
        if not each.text:
            book.note(NoteKind.LOST, each.place, subject=own)
            found.append(DraftRequirement(own, None, SourceStatus.LOST, each.marker, each.place))
            continue
        status = SourceStatus.JOINED if each.joined else SourceStatus.PRINTED
        found.append(DraftRequirement(own, each.text, status, each.marker, each.place))
    return found


def _note_gaps(numbers: list[int], before: str, book: Notebook) -> None:
    if numbers and numbers[-1] - len(numbers) <= MOST_LOST:
        for number in range(1, numbers[-1]):
            if number not in numbers:
                book.note(NoteKind.LOST_TASK, subject=f"{before}{number}")
