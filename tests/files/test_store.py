"""The evidence store: what it keeps, what it refuses, and that a refusal leaves nothing behind."""

import hashlib
import io
import struct
import wave
import zipfile
from pathlib import Path

import pytest

from lti_tool.domain.errors import BadEvidenceError, NotFoundError
from lti_tool.files import EvidenceStore, kinds
from lti_tool.files.names import MAX_NAME, clean_name

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1" + b"\0" * 40
GIF = b"GIF89a\1\0\1\0\x80\0\0"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20
PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
MP3 = b"ID3\3\0\0\0\0\0\0" + b"\xff\xfb\x90\x44" + b"\0" * 40
MP3_BARE = b"\xff\xfb\x90\x44" + b"\0" * 400
OGG = b"OggS\0\2" + b"\0" * 20 + b"\x01\x1e\x01vorbis" + b"\0" * 20
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 200


def iso_media(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0isommp42" + b"\0" * 40


def sound() -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 100)
    return content.getvalue()


def office(part: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as document:
        document.writestr("[Content_Types].xml", "<Types/>")
        document.writestr(part, "<x/>")
    return content.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "files", 100_000)


def refusal(store: EvidenceStore, content: bytes, name: str) -> str:
    with pytest.raises(BadEvidenceError) as refused:
        store.keep(io.BytesIO(content), name)
    return refused.value.reason


def test_a_kept_file_is_read_back_byte_for_byte(store: EvidenceStore) -> None:
    kept = store.keep(io.BytesIO(PNG), "截图.png")

    with store.open(kept.storage_key) as file:
        assert file.read() == PNG
    assert kept.name == "截图.png"
    assert kept.media_type == "image/png"
    assert kept.size == len(PNG)
    assert kept.sha256 == hashlib.sha256(PNG).hexdigest()


def test_the_same_file_kept_twice_has_two_keys(store: EvidenceStore) -> None:
    keys = {store.keep(io.BytesIO(PDF), "a.pdf").storage_key for _ in range(2)}

    assert len(keys) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("a.jpg", JPEG),
        ("a.JPEG", JPEG),
        ("a.gif", GIF),
        ("a.webp", WEBP),
        ("a.pdf", PDF),
        ("a.mp3", MP3),
        ("a.mp3", MP3_BARE),
        ("a.wav", sound()),
        ("a.ogg", OGG),
        ("a.m4a", iso_media(b"M4A ")),
        ("a.m4a", iso_media(b"mp42")),
        ("a.mp4", iso_media(b"isom")),
        ("a.mp4", iso_media(b"mp42")),
        ("a.mp4", iso_media(b"avc1")),
        ("a.mp4", iso_media(b"iso5")),
        ("a.mp4", iso_media(b"M4V ")),
        ("a.mov", iso_media(b"qt  ")),
        ("a.webm", WEBM),
        ("a.txt", "客服聊天记录".encode()),
        ("a.txt", "客服聊天记录".encode("gb18030")),
        ("a.txt", "客服聊天记录".encode("utf-16")),
        ("a.csv", b"question,answer\r\n"),
        ("a.md", b"# Notes\n"),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
        ("a.pptx", office("ppt/presentation.xml")),
    ],
)
def test_the_usual_kinds_are_taken(store: EvidenceStore, name: str, content: bytes) -> None:
    kept = store.keep(io.BytesIO(content), name)

    assert kept.size == len(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("holiday.png", PROGRAM),
        ("holiday.png", JPEG),
        ("page.pdf", b"<html><script>alert(1)</script></html>"),
        ("chat.txt", PROGRAM),
        ("chat.txt", PNG),
        ("table.docx", office("xl/workbook.xml")),
        ("table.xlsx", b"PK\3\4 and nothing more"),
        ("table.xlsx", b"question,answer"),
        ("film.mp4", sound()),
        ("film.mp4", iso_media(b"heic")),
        ("photo.jpg", iso_media(b"heic")),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    store: EvidenceStore, name: str, content: bytes
) -> None:
    assert refusal(store, content, name) == "not_what_it_says"


def bomb(part: str, *, entries: int, each: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as document:
        document.writestr("[Content_Types].xml", "<Types/>")
        for number in range(entries):
            document.writestr(f"{part}{number}", b"\0" * each)
    return content.getvalue()


def test_a_document_that_unpacks_to_more_than_any_does_is_refused(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MAX_UNPACKED", 1_000_000)

    assert refusal(store, bomb("word/", entries=2, each=900_000), "a.docx") == "too_much_inside"


def test_a_document_that_unpacks_to_many_times_its_size_is_refused(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "HARMLESS", 1_000_000)

    assert refusal(store, bomb("word/", entries=2, each=900_000), "a.docx") == "too_much_inside"


def test_a_document_with_endless_parts_is_refused(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MAX_OFFICE_PARTS", 50)
    assert refusal(store, bomb("xl/", entries=60, each=1), "a.xlsx") == "too_much_inside"

    monkeypatch.setattr(kinds, "MAX_DIRECTORY", 1000)
    assert refusal(store, bomb("xl/", entries=40, each=1), "a.xlsx") == "too_much_inside"


def test_a_document_that_hides_where_its_directory_is_is_refused(store: EvidenceStore) -> None:
    content = office("word/document.xml")
    end = content.rfind(b"PK\5\6")
    hidden = content[:end] + b"PK\6\7" + b"\0" * 16 + content[end:]

    assert refusal(store, hidden, "a.docx") == "not_what_it_says"


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.zip", "noextension", "a.png.js"])
def test_other_kinds_are_refused(store: EvidenceStore, name: str) -> None:
    assert refusal(store, PNG, name) == "kind_not_allowed"


def test_an_empty_file_is_refused(store: EvidenceStore) -> None:
    assert refusal(store, b"", "a.txt") == "empty"


@pytest.mark.parametrize("name", ["", "   ", "../..", "folder/", ".", "\u202e"])
def test_a_file_without_a_name_is_refused(store: EvidenceStore, name: str) -> None:
    assert refusal(store, PNG, name) in {"name", "kind_not_allowed"}


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_kept(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, 10)

    assert refusal(store, b"x" * 11, "a.txt") == "too_large"
    assert store.keep(io.BytesIO(b"x" * 10), "a.txt").size == 10


def test_a_refused_file_leaves_nothing_behind(store: EvidenceStore, tmp_path: Path) -> None:
    for content, name in ((b"", "a.txt"), (b"x" * 200_000, "a.txt"), (PROGRAM, "a.png")):
        refusal(store, content, name)

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_an_interrupted_upload_leaves_nothing_behind(store: EvidenceStore, tmp_path: Path) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.keep(Broken(), "a.txt")

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "a" * 31, "A" * 32, "0" * 32, "0" * 32 + "\n"]
)
def test_a_key_that_is_none_finds_nothing(store: EvidenceStore, key: str) -> None:
    with pytest.raises(NotFoundError):
        store.open(key)


def test_a_discarded_file_is_gone(store: EvidenceStore) -> None:
    kept = store.keep(io.BytesIO(PNG), "a.png")

    store.discard(kept.storage_key)
    store.discard(kept.storage_key)

    with pytest.raises(NotFoundError):
        store.open(kept.storage_key)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("截图.png", "截图.png"),
        ("C:\\Users\\李娜\\桌面\\截图.png", "截图.png"),
        ("../../etc/截图.png", "截图.png"),
        ("gpj.exe\u202e.png", "gpj.exe.png"),
        ('a"b\r\nSet-Cookie: x.png', "abSet-Cookie x.png"),
        (" .hidden.png ", "hidden.png"),
        ("a  b.png", "a b.png"),
    ],
)
def test_a_name_is_cleaned_of_paths_and_signs(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_name("长" * 500 + ".docx")

    assert len(name) == MAX_NAME
    assert name.endswith(".docx")
