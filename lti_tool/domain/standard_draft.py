"""A standard as it was read from a document: a proposal that nobody has confirmed yet.

It holds what was found, where it stands in the source, and notes of everything that was mended
or is missing, for a person to look at. Not here: reading documents (``lti_tool.exchange``) and the
standard itself once it is confirmed (``standard``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .draft_content import DraftContent
from .errors import DomainError
from .standard import Programmes, SourceStatus, Term

NO_CODE = "no-code"
NO_VERSION = "0"
"""They stand for code and version until a person gives them: such a draft cannot be confirmed."""


class NoteKind(StrEnum):
    """What a person should know about a draft. The first group was mended, the second is lost or
    missing, the third wants a look."""

    REPEATED_HEAD = "repeated_head"
    """A table's head was printed again at a page break and skipped."""
    REPEATED_TITLE = "repeated_title"
    """A title was printed again after a page break and counted once."""
    LATE_TITLE = "late_title"
    """A title stands below its first requirements: it is printed in the middle of a cell that goes
    over two pages."""
    CARRIED = "carried"
    """A table went on without its area or task; those above were carried over."""
    JOINED = "joined"
    """Two pieces of a cell, cut at a page break, were joined."""
    SHIFTED = "shifted"
    """Cells stood in another column than the head says, and were known by their content."""
    SPLIT = "split"
    """Several codes in one cell were taken apart."""
    CODE_MADE = "code_made"
    """A code was made where the document prints another marker or none; ``detail`` holds it."""
    SPACES = "spaces"
    """Spaces between single characters were taken out."""
    FULL_WIDTH = "full_width"
    """Codes in full-width digits were written in plain ones."""
    NO_SPACE = "no_space"
    """A code ran into a number that begins the text; they were parted by the order of codes."""
    EXTRA_COLUMN = "extra_column"
    """A column that no standard needs was left out; ``detail`` is its head."""

    LOST = "lost"
    """A gap in the codes: the requirement is lost in the document."""
    LOST_TASK = "lost_task"
    """A gap in the tasks' or areas' codes."""
    MISSING = "missing"
    """A fact about the standard was not found; ``detail`` names the field."""

    LAYOUT_LEVELS = "layout_levels"
    """Levels were announced that have no table, or the other way round; ``detail`` names them."""
    DUPLICATE = "duplicate"
    """A code was printed twice with different words; the second got another code."""
    MISPLACED = "misplaced"
    """A code does not belong to the task it stands in; the code was believed."""
    UNCERTAIN = "uncertain"
    """A first row after a page break without codes: it may continue the row before."""
    UNPLACED = "unplaced"
    """A cell that fits nowhere was left out; ``detail`` is its text."""
    RED_LINE = "red_line"
    """A prohibition: proposed as a red line."""


FORMS = {
    "code": r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}",
    "version": r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}",
    "published": r"[0-9]{4}-(0[1-9]|1[0-2])",
}
"""How facts of the head must be written."""
LOSSES = frozenset({NoteKind.LOST, NoteKind.LOST_TASK, NoteKind.MISSING})
DOUBTS = frozenset(
    {
        NoteKind.LAYOUT_LEVELS,
        NoteKind.DUPLICATE,
        NoteKind.MISPLACED,
        NoteKind.UNCERTAIN,
        NoteKind.UNPLACED,
        NoteKind.RED_LINE,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a document. Numbers count from 1; None: the format has no such
    thing (a text file has lines, a PDF pages, a Word file tables and rows)."""

    page: int | None = None
    line: int | None = None
    table: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was mended or is missing. ``subject`` is the code or name it is about,
    ``times`` how often it happened from ``place`` on."""

    kind: NoteKind
    level: str | None = None
    subject: str = ""
    detail: str = ""
    place: Place | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class DraftRequirement:
    """``marker`` is what the document prints before the text (①), where it is not the code."""

    code: str
    text: str | None
    status: SourceStatus = SourceStatus.PRINTED
    marker: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DraftTask:
    """``status`` says how the title stands in the source."""

    code: str
    title: str
    requirements: tuple[DraftRequirement, ...]
    status: SourceStatus = SourceStatus.PRINTED
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DraftArea:
    """A 工作领域."""

    code: str
    title: str
    tasks: tuple[DraftTask, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DraftLevel:
    """A 技能等级; ``key`` is ASCII, ``name`` as printed, ``scope`` empty where none was found."""

    key: str
    name: str
    areas: tuple[DraftArea, ...]
    scope: str = ""
    job_roles: tuple[str, ...] = ()

    @property
    def requirements(self) -> Iterator[DraftRequirement]:
        """Every requirement in the order of the source, the lost ones among them."""
        for area in self.areas:
            for task in area.tasks:
                yield from task.requirements


@dataclass(frozen=True, slots=True)
class DraftHead:
    """What the standard says of itself. An empty string was not found in the document."""

    title: str = ""
    code: str = ""
    version: str = ""
    publisher: str = ""
    published: str = ""
    """Year and month, ``2021-12``."""
    declaration: str = ""

    def missing(self) -> tuple[str, ...]:
        """The fields without which it cannot be confirmed, by name."""
        needed = ("title", "code", "version", "publisher", "published")
        return tuple(each for each in needed if not getattr(self, each))


@dataclass(frozen=True, slots=True)
class StandardDraft:
    """Everything that was read. ``levels`` run from the lowest to the highest."""

    head: DraftHead
    levels: tuple[DraftLevel, ...]
    notes: tuple[Note, ...] = ()
    terms: tuple[Term, ...] = ()
    programmes: tuple[Programmes, ...] = ()
    content: DraftContent = field(default_factory=DraftContent)
    """What the file says beyond the printed standard."""

    @property
    def id(self) -> str:
        """The id it will be installed under; see ``NO_CODE``."""
        return f"{self.head.code or NO_CODE}-{self.head.version or NO_VERSION}"

    @property
    def requirements(self) -> Iterator[tuple[DraftLevel, DraftRequirement]]:
        """Every requirement with its level."""
        for level in self.levels:
            for each in level.requirements:
                yield level, each

    @property
    def printed(self) -> int:
        """How many requirements have a text."""
        return sum(each.text is not None for _, each in self.requirements)

    def with_facts(self, facts: Mapping[str, str]) -> "StandardDraft":
        """The draft with other facts in its head, by field; what was missing is no longer noted.

        Raises BadDraftError ``not_a_code`` or ``not_a_month`` for what cannot be one.
        """
        for name, value in facts.items():
            pattern = FORMS.get(name)
            if value and pattern and not re.fullmatch(pattern, value):
                raise BadDraftError("not_a_month" if name == "published" else "not_a_code", value)
        notes = tuple(
            each
            for each in self.notes
            if not (each.kind is NoteKind.MISSING and facts.get(each.detail))
        )
        return replace(self, head=replace(self.head, **facts), notes=notes)


class BadDraftError(DomainError):
    """A draft, or a correction of one, that cannot be. ``reason`` is a short key."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
