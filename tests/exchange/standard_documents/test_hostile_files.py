"""Hostile and broken files are refused within bounds; nothing of this machine gets into a draft."""

import io
import subprocess
import time
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import pytest

from lti_tool.domain.standard_draft import StandardDraft
from lti_tool.exchange.standard_documents import (
    REFUSALS,
    Limits,
    NotAStandardError,
    Progress,
    read_document,
)
from lti_tool.exchange.standard_documents.readers import stream_of
from lti_tool.exchange.standard_documents.recognise import recognise
from tests.exchange.standard_documents.invented import Layout, document
from tests.exchange.standard_documents.writers import FORMATS, as_docx, as_html, as_pdf, as_text

SECONDS = 60
MEBIBYTE = 1024 * 1024
DOCUMENT = "word/document.xml"
ENTITIES = """<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>"""


def refused(name: str, content: bytes) -> str:
    """The reason for which a reader refuses the file by itself."""
    with pytest.raises(NotAStandardError) as error:
        recognise(stream_of(content, name))
    return error.value.reason


def stopped(folder: Path, name: str, content: bytes, limits: Limits) -> str:
    """The reason of the refusal by the process that keeps the limits; it must come in time."""
    path = folder / "upload"
    path.write_bytes(content)
    begun = time.monotonic()
    with pytest.raises(NotAStandardError) as error:
        read_document(path, name, limits=limits)
    assert time.monotonic() - begun < SECONDS
    return error.value.reason


def read(name: str, content: bytes) -> StandardDraft:
    return recognise(stream_of(content, name))


def archive(parts: dict[str, bytes]) -> bytes:
    """A sound Word file with some parts put in place of its own."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_docx(document(Layout())))) as sound,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        names = {each.filename for each in sound.infolist()}
        for name in sorted(names | set(parts)):
            written.writestr(name, parts[name] if name in parts else sound.read(name))
    return made.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(as_docx(document(Layout())))) as sound:
        return sound.read(name)


def pdf_with(stream: bytes, *, filters: str = "/FlateDecode") -> bytes:
    """A one-page PDF whose content is this compressed stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        f"<< /Length {len(stream)} /Filter {filters} >>\nstream\n".encode()
        + stream
        + b"\nendstream",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body)
    return (
        body
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"
        ).encode()
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_document_that_is_no_standard_is_refused(kind: str) -> None:
    letter = FORMATS[kind](["各位同学：", "本周五下午召开班会，请准时参加。", "教务处"])
    assert refused(f"letter.{kind}", letter) == "no_requirements"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_truncated_word_file_is_refused(share: float) -> None:
    content = as_docx(document(Layout()))
    assert refused("document.docx", content[: int(len(content) * share)]) == "not_docx"


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_truncated_pdf_is_refused(share: float, tmp_path: Path) -> None:
    content = as_pdf(document(Layout()))
    cut = content[: int(len(content) * share)]
    reasons = {"not_pdf", "broken", "no_text", "no_requirements"}
    assert stopped(tmp_path, "document.pdf", cut, Limits()) in reasons


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"no pdf at all", "not_pdf"),
        ("a.docx", b"no archive at all", "not_docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "locked"),
        ("a.txt", b"\xff\xfb\x00\x01\x80\x81", "not_text"),
        ("a.txt", b"%PDF-1.4 in disguise", "kind"),
        ("a.exe", b"MZ", "kind"),
        ("a.html", b"", "empty"),
    ],
    ids=["pdf", "docx", "old-word", "binary", "disguised", "other", "empty"],
)
def test_what_is_not_what_its_name_says_is_refused(name: str, content: bytes, reason: str) -> None:
    assert refused(name, content) == reason


def test_entities_in_a_word_file_are_refused() -> None:
    body = part(DOCUMENT).replace(b"?>", b"?>" + ENTITIES.encode(), 1)
    hostile = archive({DOCUMENT: body.replace("校园".encode(), b"&c;&f;", 1)})
    assert refused("a.docx", hostile) == "not_docx"


def test_entities_in_a_page_bring_nothing_in() -> None:
    page = as_html(document(Layout())).decode("gb18030")
    hostile = page.replace("<!DOCTYPE html>", ENTITIES).replace("能够说明", "能够&f;&c;说明", 1)
    draft = read("a.html", hostile.encode("gb18030"))
    assert "root:" not in str(draft)
    assert "haha" not in str(draft)


def test_scripts_and_hidden_machinery_of_a_page_are_not_read() -> None:
    page = as_html(document(Layout())).decode("gb18030")
    row = "<tr><td></td><td></td><td>9.9.9 能够潜入</td></tr>"
    hidden = f"<script>document.write('{row}')</script><template><table>{row}</table></template>"
    draft = read("a.html", page.replace("</body>", hidden + "</body>").encode("gb18030"))
    assert "潜入" not in str(draft)
    assert "script" not in str(draft)


@pytest.mark.parametrize("part_name", [DOCUMENT, "word/media/image1.png"])
def test_an_expanding_archive_is_refused(part_name: str) -> None:
    hostile = archive({part_name: b" " * (200 * MEBIBYTE)})
    assert len(hostile) < MEBIBYTE
    assert refused("a.docx", hostile) == "too_large"


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    hostile = archive({DOCUMENT: part(DOCUMENT) + b" " * (100 * MEBIBYTE)})
    size = (len(part(DOCUMENT)) + 100 * MEBIBYTE).to_bytes(4, "little")
    lying = hostile.replace(size, (1000).to_bytes(4, "little"))
    assert lying != hostile
    assert refused("a.docx", lying) in {"not_docx", "broken"}


def test_an_archive_of_very_many_parts_is_refused() -> None:
    hostile = archive({f"word/extra{number}.xml": b"<x/>" for number in range(4_000)})
    assert refused("a.docx", hostile) == "too_large"


def test_a_pdf_that_expands_is_stopped(tmp_path: Path) -> None:
    packer = zlib.compressobj(1)
    block = b" " * MEBIBYTE
    stream = b"".join(packer.compress(block) for _ in range(300)) + packer.flush()
    assert len(stream) < 4 * MEBIBYTE
    limits = Limits(memory=250 * MEBIBYTE)
    assert stopped(tmp_path, "a.pdf", pdf_with(stream), limits) == "too_much"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<div>" * 200_000),
        ("a.html", b"<table><tr><td>" * 20_000),
        ("a.docx", archive({DOCUMENT: b"<w:x xmlns:w='urn:x'>" * 100_000})),
        ("a.txt", b"(" * 3_000_000),
        ("a.txt", b"1." * 1_500_000),
        ("a.txt", b"|-" * 1_500_000),
        ("a.txt", b"\t" * 3_000_000),
    ],
    ids=["div", "tables", "docx", "brackets", "numbers", "rules", "tabs"],
)
def test_deep_nesting_and_endless_lines_are_refused(name: str, content: bytes) -> None:
    assert refused(name, content) in REFUSALS


def test_a_deeply_nested_pdf_is_refused_in_time(tmp_path: Path) -> None:
    content = pdf_with(zlib.compress(b"[" * 200_000))
    assert stopped(tmp_path, "a.pdf", content, Limits()) in REFUSALS


def test_a_page_that_claims_endless_columns_stays_small() -> None:
    page = as_html(document(Layout())).decode("gb18030")
    hostile = page.replace("<td", '<td colspan="9999" rowspan="99999"', 3)
    assert refused("a.html", hostile.encode("gb18030")) in REFUSALS


def test_a_reading_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    limits = Limits(clock_seconds=0.05)
    assert stopped(tmp_path, "a.txt", as_text(document(Layout())), limits) == "too_long"


def test_a_reading_that_takes_too_much_processor_time_is_stopped(tmp_path: Path) -> None:
    limits = Limits(processor_seconds=1)
    content = as_pdf([f"{number}" for number in range(2_000)])
    assert stopped(tmp_path, "a.pdf", content, limits) == "too_long"


def test_a_reading_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    limits = Limits(memory=400 * MEBIBYTE, largest=400 * MEBIBYTE)
    content = b"x" * (300 * MEBIBYTE)
    assert stopped(tmp_path, "a.txt", content, limits) == "too_much"


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    content = as_text(document(Layout()))
    assert stopped(tmp_path, "a.txt", content, Limits(largest=1_000)) == "too_large"


def test_a_locked_pdf_is_refused() -> None:
    content = as_pdf(["x"], password="secret")
    assert refused("a.pdf", content) == "locked"


def test_a_scan_is_refused_in_its_own_words() -> None:
    assert refused("a.docx", _empty()) == "no_text"


def _empty() -> bytes:
    stream = io.BytesIO()
    docx.Document().save(stream)
    return stream.getvalue()


def test_progress_is_told_while_a_long_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(as_pdf(document(Layout(paged=True))))
    heard: list[Progress] = []
    read_document(path, path.name, report=heard.append)
    assert heard == [Progress(n, len(heard)) for n in range(1, len(heard) + 1)]
    assert len(heard) > 3


def test_the_reading_process_is_told_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "s" * 40)
    begun: list[Mapping[str, str]] = []
    start = subprocess.Popen

    def watched(*arguments: Any, **options: Any) -> Any:
        begun.append(options["env"])
        return start(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    path = tmp_path / "a.txt"
    path.write_bytes(as_text(document(Layout())))
    read_document(path, path.name)
    assert len(begun) == 1
    assert not any(name.startswith("LTI_TOOL") for name in begun[0])
