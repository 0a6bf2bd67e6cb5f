"""What a page shows of a text or a PDF: words, and pictures of the pages."""

import io
from pathlib import Path
from typing import IO

import pytest
from reportlab.pdfgen.canvas import Canvas

from lti_tool.files import previews
from lti_tool.files.previews import Excerpt, excerpt_of, pdf_page, pdf_pages

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def pdf(pages: int = 1, size: tuple[float, float] = (300, 200)) -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=size)
    for number in range(1, pages + 1):
        canvas.drawString(40, 100, f"page {number}")
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def on_disk(folder: Path, content: bytes) -> IO[bytes]:
    """A file, since another process is to read it."""
    path = folder / "file"
    path.write_bytes(content)
    return path.open("rb")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert excerpt_of(io.BytesIO("客服聊天记录".encode(encoding))) == Excerpt("客服聊天记录", False)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_long_text_is_cut_between_characters(encoding: str) -> None:
    excerpt = excerpt_of(io.BytesIO(("客" * 100).encode(encoding)), most=101)

    assert excerpt.is_cut
    assert set(excerpt.text) == {"客"}


def test_what_is_no_text_is_shown_with_marks_and_harms_nobody() -> None:
    assert "\ufffd" in excerpt_of(io.BytesIO(b"abc\xff\xff\xff\xff and more\xff\xff" * 9)).text


def test_a_pdf_is_drawn_page_by_page(tmp_path: Path) -> None:
    content = pdf(pages=2)

    with on_disk(tmp_path, content) as file:
        assert pdf_pages(file) == 2
    with on_disk(tmp_path, content) as file:
        picture = pdf_page(file, 2)
    assert picture is not None
    assert picture.startswith(PNG_HEAD)


@pytest.mark.parametrize("number", [0, -1, 2, 10_000])
def test_a_page_that_is_not_there_is_none(tmp_path: Path, number: int) -> None:
    with on_disk(tmp_path, pdf()) as file:
        assert pdf_page(file, number) is None


def test_a_page_as_large_as_a_field_is_drawn_small(tmp_path: Path) -> None:
    with on_disk(tmp_path, pdf(size=(14_000, 14_000))) as file:
        picture = pdf_page(file, 1)

    assert picture is not None
    assert int.from_bytes(picture[16:20], "big") <= 1000


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.4\n<script>alert(1)</script>"])
def test_a_broken_pdf_is_none(tmp_path: Path, content: bytes) -> None:
    with on_disk(tmp_path, content) as file:
        assert pdf_pages(file) is None


def test_a_pdf_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "CLOCK_SECONDS", 0.01)
    with on_disk(tmp_path, pdf()) as file:
        assert pdf_pages(file) is None
