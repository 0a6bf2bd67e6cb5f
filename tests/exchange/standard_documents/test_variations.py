"""The same invented standard in every format and layout must come out the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.domain.standard_draft import NoteKind, StandardDraft
from lti_tool.exchange.standard_documents.readers import stream_of
from lti_tool.exchange.standard_documents.recognise import recognise
from tests.exchange.standard_documents import invented
from tests.exchange.standard_documents.invented import FIVE, Layout, document, expected
from tests.exchange.standard_documents.writers import FORMATS

LAYOUTS = {
    "plain": Layout(),
    "areas-in-han": Layout(areas="一、", section="一、"),
    "areas-in-brackets": Layout(areas="（1）", section="（1）"),
    "areas-bare": Layout(areas="1"),
    "codes-in-brackets": Layout(codes="（1）"),
    "codes-circled": Layout(codes="①", areas="一、", tasks="（一）"),
    "all-in-brackets": Layout(codes="（1）", areas="（1）"),
    "no-codes": Layout(codes=""),
    "no-numbers": Layout(codes="", tasks="", areas=""),
    "full-width": Layout(wide=True),
    "no-space": Layout(close=True),
    "spaced": Layout(spaced=True),
    "paged": Layout(paged=True),
    "paged-repeated": Layout(paged=True, repeated=True),
    "paged-no-codes": Layout(paged=True, codes="", tasks="", areas=""),
    "cut": Layout(paged=True, cut=True),
    "cut-circled": Layout(paged=True, cut=True, codes="①", areas="一、", tasks="（一）"),
    "shifted": Layout(shifted=True),
    "shifted-no-codes": Layout(shifted=True, codes="", tasks="", areas=""),
    "lost": Layout(lost=True),
    "lost-circled": Layout(lost=True, codes="①"),
    "several": Layout(several=True),
    "several-circled": Layout(several=True, codes="①"),
    "extra-columns": Layout(extra=True),
    "extra-shifted": Layout(extra=True, shifted=True),
    "extra-no-codes": Layout(extra=True, codes="", tasks="", areas=""),
    "five-levels": Layout(levels=FIVE),
    "traditional": Layout(traditional=True),
    "no-standard-code": Layout(coded=False),
    "all-at-once": Layout(
        areas="一、", wide=True, paged=True, cut=True, shifted=True, lost=True, extra=True
    ),
}


def read(layout: Layout, kind: str) -> StandardDraft:
    content = FORMATS[kind](document(layout))
    return recognise(stream_of(content, f"document.{kind}"))


def found(draft: StandardDraft) -> dict[str, invented.Found]:
    return {
        level.key: [
            (
                area.code,
                area.title,
                [
                    (task.code, task.title, [(r.code, r.text, r.status) for r in task.requirements])
                    for task in area.tasks
                ],
            )
            for area in level.areas
        ]
        for level in draft.levels
    }


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_gives_the_same_standard(layout: Layout, kind: str) -> None:
    draft = read(layout, kind)
    assert found(draft) == expected(layout)
    head = draft.head
    assert (head.version, head.published) == (invented.VERSION, invented.PUBLISHED)
    if not layout.traditional:
        assert (head.title, head.publisher) == (invented.TITLE, invented.PUBLISHER)
        assert head.declaration == invented.RIGHTS
    assert head.code == (invented.CODE if layout.coded else "")


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Any mixture that still says what it means: without any number neither a lost row nor the
    second half of a cut cell can be known."""
    areas, tasks, codes = draw(st.sampled_from(NUMBERING))
    numbered = codes != ""
    paged = draw(st.booleans())
    return Layout(
        areas=areas,
        tasks=tasks,
        codes=codes,
        section=draw(st.sampled_from(("1", "一、", "（1）"))),
        wide=draw(st.booleans()),
        close=draw(st.booleans()),
        spaced=draw(st.booleans()),
        paged=paged,
        cut=paged and numbered and draw(st.booleans()),
        repeated=draw(st.booleans()),
        shifted=draw(st.booleans()),
        lost=numbered and draw(st.booleans()),
        several=numbered and draw(st.booleans()),
        extra=numbered and draw(st.booleans()),
        levels=draw(st.sampled_from((invented.THREE, FIVE))),
        coded=draw(st.booleans()),
    )


NUMBERING = (
    ("1.", "1.1", "1.1.1"),
    ("一、", "1.1", "1.1.1"),
    ("（1）", "1.1", "1.1.1"),
    ("1", "1.1", "（1）"),
    ("一、", "（一）", "①"),
    ("一、", "1.1", "①"),
    ("", "", ""),
)


@settings(max_examples=60, deadline=None)
@given(layout=layouts(), kind=st.sampled_from(("txt", "md", "html")))
def test_any_mixture_of_layouts_gives_the_same_standard(layout: Layout, kind: str) -> None:
    assert found(read(layout, kind)) == expected(layout)


def notes_of(layout: Layout, kind: str = "html") -> dict[NoteKind, list[str]]:
    notes: dict[NoteKind, list[str]] = {}
    for each in read(layout, kind).notes:
        if each.level in {None, "elementary"}:
            notes.setdefault(each.kind, []).append(each.subject or each.detail)
    return notes


@pytest.mark.parametrize(
    ("layout", "kind", "subjects"),
    [
        (Layout(lost=True), NoteKind.LOST, ["1.2.2", "2.1.1"]),
        (Layout(coded=False), NoteKind.MISSING, ["code"]),
        (Layout(extra=True), NoteKind.EXTRA_COLUMN, ["相关知识", "考核比重"]),
        (Layout(codes="①"), NoteKind.CODE_MADE, ["requirement"]),
        (Layout(codes="", tasks="", areas=""), NoteKind.CODE_MADE, ["area", "task", "requirement"]),
        (Layout(wide=True), NoteKind.FULL_WIDTH, [""]),
        (Layout(spaced=True), NoteKind.SPACES, [""]),
        (Layout(several=True), NoteKind.SPLIT, [""]),
        (Layout(shifted=True), NoteKind.SHIFTED, [""]),
        (Layout(paged=True), NoteKind.REPEATED_HEAD, [""]),
        (Layout(paged=True), NoteKind.CARRIED, ["1", "2.2"]),
        (Layout(paged=True, repeated=True), NoteKind.REPEATED_TITLE, ["1", "2", "2.2"]),
        (Layout(paged=True, cut=True), NoteKind.JOINED, ["1.2", "1.2.1", "2.2.3"]),
        (Layout(), NoteKind.RED_LINE, ["1.2.3"]),
    ],
    ids=lambda value: "-" if isinstance(value, Layout) else "-".join(value),
)
def test_what_was_mended_is_noted(layout: Layout, kind: NoteKind, subjects: list[str]) -> None:
    assert notes_of(layout)[kind] == subjects


def test_a_sound_document_has_nothing_to_note_but_its_prohibition() -> None:
    assert set(notes_of(Layout())) == {NoteKind.RED_LINE}


@pytest.mark.parametrize(("codes", "first"), [("（1）", "（1）"), ("①", "①"), ("1.1.1", "")])
def test_the_printed_marker_is_kept_where_a_code_is_made(codes: str, first: str) -> None:
    _, requirement = next(read(Layout(codes=codes), "docx").requirements)
    assert (requirement.code, requirement.marker) == ("1.1.1", first)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [("txt", {"line"}), ("html", {"line", "table", "row"}), ("docx", {"table", "row"}),
     ("pdf", {"page", "table", "row"})],
    ids=["txt", "html", "docx", "pdf"],
)  # fmt: skip
def test_every_requirement_knows_its_place(kind: str, parts: set[str]) -> None:
    for _, each in read(Layout(paged=True), kind).requirements:
        place = each.place
        assert place is not None
        known = {name for name in ("page", "line", "table", "row") if getattr(place, name)}
        assert known == parts


@pytest.mark.parametrize(
    "layout",
    [
        Layout(),
        Layout(areas="一、", tasks="（一）", codes="①"),
        Layout(codes="（1）", areas="一、"),
    ],
    ids=["dotted", "circled", "brackets"],
)
def test_numbered_lines_without_a_table_are_read_too(layout: Layout) -> None:
    lines = [
        line
        for each in document(layout)
        for line in ([each] if isinstance(each, str) else _cells(each))
    ]
    draft = recognise(stream_of("\n".join(lines).encode(), "document.txt"))
    assert found(draft) == expected(layout)


def _cells(table: invented.Table) -> list[str]:
    return [cell for row in table.rows[1:] for cell in row.cells if cell]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_table_without_its_caption_is_the_next_level_that_was_announced(
    kind: str, number: int
) -> None:
    printed = [each for each in document(Layout()) if not str(each).startswith(f"表 {number} ")]
    draft = recognise(stream_of(FORMATS[kind](printed), f"document.{kind}"))
    assert found(draft) == expected(Layout())
    assert NoteKind.LAYOUT_LEVELS in {each.kind for each in draft.notes}


def test_a_printed_code_without_any_text_is_lost() -> None:
    content = FORMATS["txt"](document(Layout())).decode()
    draft = recognise(
        stream_of(content.replace("能够说明食品安全的基本规定", "").encode(), "a.txt")
    )
    lost = [each.subject for each in draft.notes if each.kind is NoteKind.LOST]
    assert lost.count("1.1.1") >= 1
    assert next(draft.requirements)[1].text is None
