"""PDF files as a browser or office program prints them: embedded fonts, cells cut and left open at
page breaks, heads repeated, page numbers, titles in the middle of cells over two pages."""

from collections.abc import Iterator
from html import escape

import pytest
from playwright.sync_api import Browser

from lti_tool.domain.standard_draft import NoteKind, StandardDraft
from lti_tool.exchange.standard_documents.readers import stream_of
from lti_tool.exchange.standard_documents.recognise import recognise
from tests.exchange.standard_documents.invented import (
    CODE,
    HEAD,
    TITLE,
    Layout,
    Table,
    document,
    expected,
)

STYLE = """body { font: 12pt "Noto Serif CJK SC"; margin: 0 } table { border-collapse: collapse }
td, th { border: 1px solid; padding: 4px; vertical-align: middle } thead { display:
table-header-group }"""


def page(layout: Layout) -> str:
    return f"<meta charset=utf-8><style>{STYLE}</style>" + "".join(_parts(layout))


def _parts(layout: Layout) -> Iterator[str]:
    for each in document(layout):
        if isinstance(each, str):
            yield f"<p>{escape(each)}</p>"
            continue
        head = "".join(f"<th>{word}</th>" for word in HEAD)
        rows = "".join(f"<tr>{_cells(each, at)}</tr>" for at in range(1, len(each.rows)))
        yield f"<table><thead><tr>{head}</tr></thead>{rows}</table>"


def _cells(table: Table, at: int) -> str:
    below = table.rows[at + 1 :]
    return "".join(
        f'<td rowspan="{1 + _covered([row.cells[column] for row in below])}">{escape(cell)}</td>'
        for column, cell in enumerate(table.rows[at].cells)
        if cell is not None
    )


def _covered(below: list[str | None]) -> int:
    return next((at for at, cell in enumerate(below) if cell is not None), len(below))


@pytest.fixture(scope="module", params=["100mm", "130mm"])
def draft(request: pytest.FixtureRequest, browser: Browser) -> StandardDraft:
    """The invented standard, printed on pages so low that its cells are cut."""
    opened = browser.new_page()
    opened.set_content(page(Layout()))
    printed = opened.pdf(
        width="150mm",
        height=request.param,
        margin={"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"},
        display_header_footer=True,
        header_template=f'<div style="font-size: 8px">{TITLE}</div>',
        footer_template='<div style="font-size: 8px">- <span class=pageNumber></span> -</div>',
    )
    opened.close()
    return recognise(stream_of(printed, "printed.pdf"))


def test_every_text_and_title_is_found(draft: StandardDraft) -> None:
    found = {
        level.key: [
            (area.code, area.title, [
                (task.code, task.title, [(each.code, each.text) for each in task.requirements])
                for task in area.tasks
            ])
            for area in level.areas
        ]
        for level in draft.levels
    }  # fmt: skip
    assert found == {
        level: [
            (code, area, [(t, title, [(c, text) for c, text, _ in rows]) for t, title, rows in ts])
            for code, area, ts in areas
        ]
        for level, areas in expected(Layout()).items()
    }
    assert (draft.head.title, draft.head.code) == (TITLE, CODE)


def test_nothing_is_lost_and_pages_are_noted(draft: StandardDraft) -> None:
    kinds = {each.kind for each in draft.notes}
    assert not kinds & {NoteKind.LOST, NoteKind.LOST_TASK, NoteKind.UNPLACED}
    assert {NoteKind.REPEATED_HEAD, NoteKind.CARRIED} <= kinds
