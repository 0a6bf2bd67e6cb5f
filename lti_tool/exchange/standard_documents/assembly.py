"""Puts the items of one level together: parents carried over, pieces joined, codes made.

Not here: what a cell is (``cells``), and what is missing between the codes (``outline``).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from lti_tool.domain.standard_draft import DraftArea, NoteKind

from .cells import Item, Reading
from .markers import Marked, Style
from .notebook import Notebook
from .outline import LOST_TITLE, OpenArea, OpenRequirement, OpenTask, closed
from .plain import folded, join, narrow
from .roles import Role

ENDS = "。；;！.!"
BEGINNINGS = re.compile(
    "能|会|可|了解|熟悉|熟练|掌握|具备|具有|理解|知道|认识|识别|明确|按|根据|依据|依照|对|为|负责|不得|严禁|"
    "禁止|学会|引导|敢于|运用|使用|利用|通过|与|在|参与|完成|进行|遵守|树立|养成|严格|正确|独立|主动|及时|"
    "熟悉|準|熟|懂|善于|协助|配合|组织|制定|撰写|负|應|应"
)
"""How a requirement begins; what begins otherwise right after a page break continues the last."""
MOST_ENDED = 0.8


def assemble(reading: Reading, book: Notebook) -> tuple[DraftArea, ...]:
    """The areas of a level. What was mended is noted in ``book``."""
    assembly = _Assembly(book)
    for row in reading.rows:
        assembly.add(row)
    return closed(assembly.areas, book)


class _Assembly:
    def __init__(self, book: Notebook) -> None:
        self.areas: list[OpenArea] = []
        self._area: OpenArea | None = None
        self._task: OpenTask | None = None
        self._book = book

    def add(self, row: Sequence[Item]) -> None:
        """Add a row's items, from left to right."""
        if not row:
            return
        row = self._as_continuation(row)
        self._note_carried(row)
        adds = {
            Role.AREA: self._add_area,
            Role.TASK: self._add_task,
            Role.REQUIREMENT: self._add_requirement,
        }
        for item in row:
            self._note_form(item)
            adds[item.role](item)

    def _note_carried(self, row: Sequence[Item]) -> None:
        """The first row after a page break stands in the area and task of the page before."""
        begun = {each.role for each in row if not each.continues}
        if not row[0].fresh or Role.AREA in begun or self._area is None:
            return
        subject = str(self._area.number)
        if self._task is not None and Role.TASK not in begun:
            subject = self._code(self._task.number)
        self._book.note(NoteKind.CARRIED, row[0].place, subject=subject)

    def _as_continuation(self, row: Sequence[Item]) -> Sequence[Item]:
        """The first row after a page break where nothing is numbered: its words decide whether it
        goes on with the row before. Either way a person is told."""
        last = row[-1]
        previous = self._last_requirement()
        plain = not any(each.marked.numbers or each.continues for each in row)
        if not (last.fresh and plain and previous and last.role is Role.REQUIREMENT):
            return row
        if self._goes_on(previous, last.marked.text):
            return [replace(each, continues=True) for each in row]
        if len(row) > 1 and not self._is_repeated(row[-2]):
            self._book.note(NoteKind.UNCERTAIN, last.place, detail=row[-2].marked.text)
        return row

    def _goes_on(self, previous: OpenRequirement, text: str) -> bool:
        texts = [
            each.text for area in self.areas for task in area.tasks for each in task.requirements
        ]
        ended = sum(each[-1:] in ENDS for each in texts[:-1])
        if len(texts) > 1 and ended >= MOST_ENDED * (len(texts) - 1):
            return previous.text[-1:] not in ENDS
        return BEGINNINGS.match(text) is None

    def _is_repeated(self, item: Item) -> bool:
        return self._task is not None and folded(self._task.title) == folded(item.marked.text)

    # --- Areas ---

    def _add_area(self, item: Item) -> None:
        found, area = item.marked, self._area
        if item.continues and area is not None:
            area.title = join(area.title, found.text)
            self._book.note(NoteKind.JOINED, item.place, subject=str(area.number))
            return
        if area is not None and _repeats(found, area.number, area.title):
            self._book.note(NoteKind.REPEATED_TITLE, item.place, subject=str(area.number))
            return
        number = found.numbers[0] if found.numbers else self._next_area()
        self._note_made(item, made=not found.numbers)
        self._open_area(number, item, made=not found.numbers)

    def _open_area(self, number: int, item: Item, *, made: bool, title: str | None = None) -> None:
        known = next((each for each in self.areas if each.number == number), None)
        if known is None:
            words = item.marked.text if title is None else title
            known = OpenArea(number, words or LOST_TITLE, item.place, made)
            self.areas.append(known)
        elif known.title == LOST_TITLE and title is None:
            known.title = item.marked.text or LOST_TITLE
            self._note_late(item, str(number))
        self._area, self._task = known, None

    def _next_area(self) -> int:
        return max((each.number for each in self.areas), default=0) + 1

    # --- Tasks ---

    def _add_task(self, item: Item) -> None:
        found, task = self._parted(item, self._expected_task()), self._task
        if item.continues and task is not None:
            task.title, task.joined = join(task.title, found.text), True
            self._book.note(NoteKind.JOINED, item.place, subject=self._code(task.number))
            return
        if len(found.numbers) == 2:
            self._enter_area(found.numbers[0], item)
        elif self._area is None:
            self._open_area(self._next_area(), item, made=True, title=LOST_TITLE)
        area = self._area
        if area is None:
            return
        if task is not None and task in area.tasks:
            number = task.number if not found.numbers else found.numbers[-1]
            if number == task.number and folded(task.title) == folded(found.text):
                self._book.note(
                    NoteKind.REPEATED_TITLE, item.place, subject=self._code(task.number)
                )
                return
        if len(found.numbers) < 2:
            self._note_made(item, made=not found.numbers)
        self._open_task(area, found, item)

    def _open_task(self, area: OpenArea, found: Marked, item: Item) -> None:
        number = found.numbers[-1] if found.numbers else area.next_number()
        known = area.find(number)
        if known is not None and known.title == LOST_TITLE:
            known.title = found.text or LOST_TITLE
            self._note_late(item, f"{area.number}.{number}")
        if known is not None and folded(known.title) != folded(found.text):
            code = f"{area.number}.{number}"
            self._book.note(NoteKind.DUPLICATE, item.place, subject=code, detail=found.text)
            number, known = area.next_number(), None
        if known is None:
            title = found.text or LOST_TITLE
            known = OpenTask(number, title, item.place, made=not found.numbers)
            area.tasks.append(known)
        self._task = known

    def _enter_area(self, number: int, item: Item) -> None:
        """Let the area be the one that a code names; make it where its row is lost."""
        area = self._area
        if area is not None and area.number == number:
            return
        if area is not None and area.made and not area.tasks:
            area.number = number
            return
        known = next((each for each in self.areas if each.number == number), None)
        if known is not None:
            self._book.note(NoteKind.MISPLACED, item.place, subject=item.marked.code)
            self._area, self._task = known, None
            return
        self._book.note(NoteKind.LOST_TASK, item.place, subject=str(number))
        self._open_area(number, item, made=False, title=LOST_TITLE)

    # --- Requirements ---

    def _add_requirement(self, item: Item) -> None:
        previous = self._last_requirement()
        if item.continues and previous is not None and self._task is not None:
            previous.text, previous.joined = join(previous.text, item.marked.text), True
            code = f"{self._code(self._task.number)}.{previous.number}"
            self._book.note(NoteKind.JOINED, item.place, subject=code)
            return
        found = self._parted(item, self._task.next_number() if self._task else 1)
        if len(found.numbers) > 2:
            self._enter_task(found, item)
        task = self._task or self._lost_task(item)
        number = found.numbers[-1] if found.numbers else task.next_number()
        known = task.find(number)
        if known is not None and folded(known.text) == folded(found.text):
            self._book.note(NoteKind.REPEATED_TITLE, item.place, subject=found.code)
            return
        marker = "" if len(found.numbers) > 2 else found.printed
        if known is not None:
            self._book.note(
                NoteKind.DUPLICATE,
                item.place,
                subject=self._code(task.number),
                detail=found.printed,
            )
            number, marker = task.next_number(), found.printed
        if len(found.numbers) < 3:
            self._note_made(item, made=not found.numbers)
        task.requirements.append(OpenRequirement(number, found.text, marker, item.place))

    def _enter_task(self, found: Marked, item: Item) -> None:
        """Let the task be the one that a requirement's code names."""
        area, task = found.numbers[:2]
        self._enter_area(area, item)
        if self._area is None or (self._task is not None and self._task.number == task):
            return
        if self._task is not None and self._task.made and not self._task.requirements:
            self._task.number = task
            return
        known = self._area.find(task)
        if known is None:
            self._book.note(NoteKind.LOST_TASK, item.place, subject=f"{area}.{task}")
            known = OpenTask(task, LOST_TITLE, item.place, made=False)
            self._area.tasks.append(known)
        else:
            self._book.note(NoteKind.MISPLACED, item.place, subject=found.code)
        self._task = known

    def _lost_task(self, item: Item) -> OpenTask:
        if self._area is None:
            self._open_area(self._next_area(), item, made=True, title=LOST_TITLE)
        task = OpenTask(1, LOST_TITLE, item.place, made=True)
        if self._area is not None:
            task.number = self._area.next_number()
            self._area.tasks.append(task)
        self._task = task
        return task

    # --- What they share ---

    def _note_late(self, item: Item, code: str) -> None:
        """A title stands below its first requirements: in the middle of a cell over two pages."""
        self._book.forget(NoteKind.LOST_TASK, code)
        self._book.note(NoteKind.LATE_TITLE, item.place, subject=code)

    def _last_requirement(self) -> OpenRequirement | None:
        return self._task.requirements[-1] if self._task and self._task.requirements else None

    def _code(self, task: int) -> str:
        return f"{self._area.number}.{task}" if self._area else str(task)

    def _expected_task(self) -> int:
        return self._area.next_number() if self._area else 1

    def _parted(self, item: Item, expected: int) -> Marked:
        """A code that runs into a number of the text, parted where the next code ends."""
        found = item.marked
        last, wanted = str(found.numbers[-1]) if found.numbers else "", str(expected)
        if not found.runs_on or last == wanted or not last.startswith(wanted):
            return found
        rest = len(last) - len(wanted)
        self._book.note(NoteKind.NO_SPACE, item.place, subject=found.code)
        return replace(
            found,
            numbers=(*found.numbers[:-1], expected),
            printed=found.printed[:-rest],
            text=found.printed[-rest:] + found.text,
        )

    def _note_made(self, item: Item, *, made: bool) -> None:
        style = item.marked.style
        if made or style not in {Style.ONE, Style.BARE}:
            detail = "" if made else style.value
            self._book.note(
                NoteKind.CODE_MADE, item.place, subject=item.role.name.lower(), detail=detail
            )

    def _note_form(self, item: Item) -> None:
        printed = item.marked.printed
        if any(each.isdecimal() and not each.isascii() for each in printed):
            self._book.note(NoteKind.FULL_WIDTH, item.place)
        if item.shifted:
            self._book.note(NoteKind.SHIFTED, item.place)
        if item.split:
            self._book.note(NoteKind.SPLIT, item.place)


def _repeats(found: Marked, number: int, title: str) -> bool:
    """Whether an area's cell is the last one printed again."""
    same = folded(narrow(found.text)) == folded(narrow(title))
    return same and (not found.numbers or found.numbers[0] == number)
