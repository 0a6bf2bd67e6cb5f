"""A page as a PDF: rare characters are in its text and drawn by its fonts, nothing is fetched."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from pdfplumber.pdf import PDF

from lti_tool.exchange.pdf import NoPdfError, pdf_of

RARE = "𬭎㛃䶮"
"""Of names in use: CJK extension E, and extension A twice."""
STYLE = 'body { font-family: "Noto Serif CJK SC", serif; }'


def page(words: str) -> str:
    return f'<!doctype html><html lang="zh-CN"><title>成绩单</title><p>{words}</p></html>'


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf_of(page(f"王{RARE} 初级"), [STYLE], "code")


@pytest.fixture
def opened(made: bytes) -> Iterator[PDF]:
    with pdfplumber.open(io.BytesIO(made)) as found:
        yield found


def test_rare_characters_of_names_are_in_the_text(opened: PDF) -> None:
    assert f"王{RARE} 初级" in opened.pages[0].extract_text()


def test_each_character_is_drawn_by_a_chinese_font_inside_the_file(
    opened: PDF,
) -> None:
    drawn = {char["text"]: char["fontname"] for char in opened.pages[0].chars}
    assert {each for each in RARE if "CJK" not in drawn[each]} == set()
    # A character that a font lacks would be drawn as the box that stands for all of them.
    widths = {char["text"]: char["width"] for char in opened.pages[0].chars if char["text"] in RARE}
    assert all(width > 0 for width in widths.values())


def test_the_same_page_gives_the_same_bytes(made: bytes) -> None:
    assert pdf_of(page(f"王{RARE} 初级"), [STYLE], "code") == made


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.css", "file:///etc/passwd"])
def test_a_page_that_refers_outside_itself_is_not_made(address: str) -> None:
    with pytest.raises(NoPdfError):
        pdf_of(page(f'<img src="{address}">甲'), [STYLE], "code")


def test_where_it_cannot_be_made_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = tmp_path / "python"
    missing.write_text("#!/bin/sh\nexit 1\n")
    missing.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(missing))
    with pytest.raises(NoPdfError, match="exit code 1"):
        pdf_of(page("甲"), [STYLE], "code")


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_words: object, **_named: object) -> None:
        raise subprocess.TimeoutExpired("python", 1)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(NoPdfError, match="too long"):
        pdf_of(page("甲"), [STYLE], "code")
