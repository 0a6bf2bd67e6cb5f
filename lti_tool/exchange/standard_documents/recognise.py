"""From the stream of a document's paragraphs and rows to a draft of the standard.

The level of a row is that of the last caption; a document may also give its requirements as
numbered lines without any table. Not here: reading files.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from lti_tool.domain.standard_draft import (
    DraftLevel,
    Note,
    NoteKind,
    Place,
    StandardDraft,
)
from lti_tool.exchange.customary import FORBIDDING, UNGRADED

from .assembly import ENDS, assemble
from .blocks import LINES, Block, NotAStandardError, Paragraph, Progress, Row
from .cells import LevelRow, read
from .front import read_head
from .heads import Head, head_of
from .level_names import LevelNames, find_level_names
from .lists import read_programmes, read_purposes, read_terms
from .markers import Style, marked
from .notebook import Notebook
from .plain import is_spaced, tidy
from .roles import Role, learn_lines
from .sections import Section, by_section, section_of

MOST_BLOCKS = 60_000
MOST_CHARACTERS = 4_000_000
LONGEST = 20_000
"""Characters of one paragraph or cell."""
WIDEST = 200
"""Cells of one row."""


def recognise(
    stream: Iterable[Block | Progress], report: Callable[[Progress], None] = lambda _progress: None
) -> StandardDraft:
    """The draft of a document. Raises NotAStandardError where no requirements are found.

    ``report`` hears how far the reading is.
    """
    blocks = _blocks(stream, report)
    paragraphs = [each for each in blocks if isinstance(each, Paragraph)]
    names = find_level_names(each.text for each in paragraphs)
    tables = _by_level(blocks, names)
    if not any(each.rows for each in tables):
        raise NotAStandardError("no_requirements", _found(blocks))
    drafts = [(each.name, *_level(each, names)) for each in tables if each.rows]
    levels = _ordered([(name, level) for name, level, _ in drafts if level.areas], names)
    if not levels:
        raise NotAStandardError("no_requirements", _found(blocks))
    notes = [note for _, _, found in drafts for note in found]
    return _with_facts(paragraphs, levels, names, notes)


def _blocks(
    stream: Iterable[Block | Progress], report: Callable[[Progress], None]
) -> Sequence[Block]:
    found: list[Block] = []
    characters = 0
    for each in stream:
        if isinstance(each, Progress):
            report(each)
            continue
        texts = (each.text,) if isinstance(each, Paragraph) else each.cells
        if len(texts) > WIDEST or max(map(len, texts), default=0) > LONGEST:
            raise NotAStandardError("too_large")
        characters += sum(map(len, texts))
        if len(found) >= MOST_BLOCKS or characters > MOST_CHARACTERS:
            raise NotAStandardError("too_large")
        found.append(each)
    if not found:
        raise NotAStandardError("no_text")
    return found


def _found(blocks: Sequence[Block]) -> str:
    """The first words of a document, so that a person sees what was read."""
    texts = (each.text if isinstance(each, Paragraph) else " ".join(each.cells) for each in blocks)
    return next((tidy(each)[:60] for each in texts if each.strip()), "")


# --- Which rows belong to which level -------------------------------------------------------------


@dataclass(slots=True)
class _Level:
    """The rows of one level. ``heads`` are the places of heads that were printed again,
    ``strays`` lines that fit nowhere. ``guessed``: no caption names it, but the document announces
    just one level that has no other table."""

    name: str
    rows: list[LevelRow] = field(default_factory=list)
    lines: list[LevelRow] = field(default_factory=list)
    heads: list[Place] = field(default_factory=list)
    strays: list[Row] = field(default_factory=list)
    guessed: bool = False


class _Sorter:
    """Gives every row to the level of the last caption."""

    def __init__(self, names: LevelNames) -> None:
        self._names = names
        self.levels: dict[str, _Level] = {}
        self._level: _Level | None = None
        self._head: Head | None = None
        self._table = 0
        self._page: int | None = None
        self._fresh = False
        self._in_section = False

    def paragraph(self, block: Paragraph) -> None:
        section = section_of(block.text)
        if section is not None:
            self._in_section = section is Section.REQUIREMENTS
            if section is Section.BIBLIOGRAPHY:
                self._level = None
            return
        name = self._names.in_caption(block.text)
        if name is not None:
            self._enter(name)
        elif self._level is not None and self._in_section and not self._level.rows:
            row = Row((block.text,), block.place, LINES)
            self._level.lines.append(LevelRow(row, None, fresh=False))

    def row(self, row: Row) -> None:
        head = head_of(row.cells)
        if head is not None:
            self._begin(head, row)
            return
        filled = [each for each in row.cells if each.strip()]
        name = self._names.in_caption(filled[0], strict=True) if len(set(filled)) == 1 else None
        if name is not None:
            self._enter(name)
            return
        self._take_level(row)
        self._take_restart(row)
        if self._head is None and not _is_coded(row):
            return
        if self._level is None:
            self._enter(UNGRADED)
        self._add(row)

    def _begin(self, head: Head, row: Row) -> None:
        if self._level is not None and self._level.rows:
            self._level.heads.append(row.place)
            self._fresh = True
        self._head, self._table, self._page = head, row.table, row.place.page

    def _enter(self, name: str) -> None:
        if self._level is None or self._level.name != name:
            self._level = self.levels.setdefault(name, _Level(name))
            self._fresh = False
            self._head = None if not self._level.rows else self._head

    def _take_level(self, row: Row) -> None:
        """A column of its own may name the level of each row."""
        at = self._head.level if self._head is not None else None
        if at is not None and at < len(row.cells):
            name = self._names.exact(row.cells[at])
            head = self._head
            if name is not None:
                self._enter(name)
                self._head = head

    def _take_restart(self, row: Row) -> None:
        """Codes that begin anew under a new head are the next level's, whose caption is lost."""
        level, names = self._level, self._names.names
        if level is None or not (self._fresh and level.rows and _is_first(row)):
            return
        after = names.index(level.name) + 1 if level.name in names else len(names)
        if self._names.announced and after < len(names) and names[after] not in self.levels:
            level.heads.pop()
            head = self._head
            self._enter(names[after])
            self._head = head
            self.levels[names[after]].guessed = True

    def _add(self, row: Row) -> None:
        if self._level is None:
            return
        begun = bool(self._level.rows)
        turned = row.table != self._table or row.place.page != self._page
        fresh = begun and (self._fresh or turned)
        self._level.rows.append(LevelRow(row, self._head, fresh))
        self._fresh = False
        self._table, self._page = row.table, row.place.page


def _is_coded(row: Row) -> bool:
    return any(marked(tidy(each)).style is Style.THREE for each in row.cells)


def _is_first(row: Row) -> bool:
    return any(marked(tidy(each)).numbers == (1, 1, 1) for each in row.cells)


def _by_level(blocks: Sequence[Block], names: LevelNames) -> list[_Level]:
    sorter = _Sorter(names)
    for each in blocks:
        if isinstance(each, Row):
            sorter.row(each)
        else:
            sorter.paragraph(each)
    levels = list(sorter.levels.values())
    unseen = [each for each in names.names if each not in sorter.levels]
    for level in levels:
        if level.name == UNGRADED and names.announced and len(unseen) == 1:
            level.name, level.guessed = unseen[0], True
    for level in levels:
        if not level.rows:
            level.rows = _numbered(level)
    return levels


def _numbered(level: _Level) -> list[LevelRow]:
    """The lines of a level without a table, if they are numbered down to requirements. A line
    without a number goes on with the one before, unless that ended its sentence."""
    found: list[LevelRow] = []
    for each in level.lines:
        numbered = marked(each.row.cells[0]).style is not Style.NONE
        if numbered or (found and found[-1].row.cells[0][-1] not in ENDS):
            found.append(each)
        else:
            level.strays.append(each.row)
    roles = learn_lines(marked(each.row.cells[0]).style for each in found)
    return found if len(roles.styles) == len(Role) else []


# --- Putting the draft together -------------------------------------------------------------------


def _level(level: _Level, names: LevelNames) -> tuple[DraftLevel, Sequence[Note]]:
    key = names.key(level.name) if level.name in names.names else "level_1"
    book = Notebook(key)
    _note_rows(level, book)
    reading = read(level.rows)
    for name in reading.left_out:
        book.note(NoteKind.EXTRA_COLUMN, detail=tidy(name))
    draft = DraftLevel(key, level.name, assemble(reading, book))
    for requirement in draft.requirements:
        if (requirement.text or "").startswith(FORBIDDING):
            book.note(NoteKind.RED_LINE, requirement.place, subject=requirement.code)
    return draft, book.notes()


def _note_rows(level: _Level, book: Notebook) -> None:
    """Note how the rows were found and printed."""
    if level.guessed:
        book.note(NoteKind.LAYOUT_LEVELS, level.rows[0].row.place, detail=level.name)
    for place in level.heads:
        book.note(NoteKind.REPEATED_HEAD, place)
    for stray in level.strays:
        book.note(NoteKind.UNPLACED, stray.place, detail=tidy(stray.cells[0])[:80])
    for each in level.rows:
        if any(is_spaced(cell) for cell in each.row.cells):
            book.note(NoteKind.SPACES, each.row.place)


def _ordered(found: Sequence[tuple[str, DraftLevel]], names: LevelNames) -> tuple[DraftLevel, ...]:
    places = {name: at for at, name in enumerate(names.names)}
    ranked = sorted(found, key=lambda each: places.get(each[0], -1))
    return tuple(level for _, level in ranked)


def _with_facts(
    paragraphs: Sequence[Paragraph],
    levels: tuple[DraftLevel, ...],
    names: LevelNames,
    notes: Sequence[Note],
) -> StandardDraft:
    sections = by_section(paragraphs)
    book = Notebook(None)
    seen = [each.name for each in levels]
    head = read_head([*sections[Section.COVER], *sections[Section.CONTENTS]], paragraphs)
    purposes = read_purposes(paragraphs, seen)
    programmes = read_programmes(sections[Section.PROGRAMMES], book)
    if names.announced and set(names.names) != set(seen):
        detail = "、".join(sorted(set(names.names) ^ set(seen)))
        book.note(NoteKind.LAYOUT_LEVELS, detail=detail)
    for field_name in (*head.missing(), *(() if head.declaration else ("declaration",))):
        book.note(NoteKind.MISSING, detail=field_name)
    return StandardDraft(
        head=head,
        levels=tuple(
            replace(each, scope=purposes[each.name][0], job_roles=purposes[each.name][1])
            for each in levels
        ),
        notes=(*book.notes(), *notes),
        terms=read_terms(sections[Section.TERMS]),
        programmes=programmes,
    )
