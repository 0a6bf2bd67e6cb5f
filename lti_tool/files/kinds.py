"""Which kinds of file are taken as evidence, and whether a file is what its name says.

Not here: size limits and storing (``store``). A kind is allowed by its extension, and then the
content must agree with it: a file that lies about itself is refused, because whoever opens it
trusts the name.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from zipfile import BadZipFile, ZipFile

import puremagic

from lti_tool.domain.errors import BadEvidenceError

HEAD = 64 * 1024
VIDEO_BRANDS = frozenset({b"iso", b"avc", b"mp4", b"das", b"M4V", b"MSN", b"3gp"})
"""How the brand of an MPEG-4 file begins (ISO/IEC 14496-12, 4.3); puremagic knows few of them."""
MAX_OFFICE_PARTS = 20_000
MAX_DIRECTORY = 4 * 1024 * 1024
"""Bytes of a ZIP file's directory: read into memory before anything can be counted."""
MAX_UNPACKED = 2 * 1024 * 1024 * 1024
"""Bytes that an office document says it unpacks to."""
HARMLESS = 64 * 1024 * 1024
"""Up to so many bytes it does not matter how tightly a document is packed."""
MOST_TIMES = 100
"""How many times its size a larger document may unpack to: text packs to a tenth, zeros to a
thousandth."""
END = b"PK\5\6"
END_64 = b"PK\6\7"
"""Signatures of the end of a ZIP file, and of the word that sizes stand elsewhere (APPNOTE 4.3.16
and 4.3.15); no document that is small enough to be taken needs the latter."""
TAIL = 22 + 65_535 + 20
OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. ``signs`` are the extensions by which puremagic knows its content;
    ``part`` is a folder that must be inside an office document; neither: plain text."""

    media_type: str
    signs: frozenset[str] = frozenset()
    part: str = ""


def _signed(media_type: str, *signs: str) -> Kind:
    return Kind(media_type, signs=frozenset(signs))


JPEG = _signed("image/jpeg", ".jpg", ".jpeg", ".jfif", ".jpe")
MARKDOWN = Kind("text/markdown")

KINDS: Mapping[str, Kind] = {
    "png": _signed("image/png", ".png"),
    "jpg": JPEG,
    "jpeg": JPEG,
    "gif": _signed("image/gif", ".gif"),
    "webp": _signed("image/webp", ".webp"),
    "pdf": _signed("application/pdf", ".pdf"),
    "mp3": _signed("audio/mpeg", ".mp3", ".mpga"),
    "m4a": _signed("audio/mp4", ".m4a", ".f4a", ".mp4"),
    "wav": _signed("audio/wav", ".wav"),
    "ogg": _signed("audio/ogg", ".ogg", ".oga", ".opus"),
    "mp4": _signed("video/mp4", ".mp4", ".m4v"),
    "mov": _signed("video/quicktime", ".mov"),
    "webm": _signed("video/webm", ".webm"),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
    "md": MARKDOWN,
    "docx": Kind(f"{OOXML}.wordprocessingml.document", part="word/"),
    "xlsx": Kind(f"{OOXML}.spreadsheetml.sheet", part="xl/"),
    "pptx": Kind(f"{OOXML}.presentationml.presentation", part="ppt/"),
}
"""What is taken, by extension. Archives are not: nobody can see what is inside them."""


def kind_of(name: str) -> Kind:
    """The kind that a file's name claims. Raises BadEvidenceError ``kind_not_allowed``."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    try:
        return KINDS[extension]
    except KeyError as missing:
        raise BadEvidenceError("kind_not_allowed", extension) from missing


def check_content(kind: Kind, content: IO[bytes]) -> None:
    """Raise BadEvidenceError ``not_what_it_says`` unless the content is of the kind, and
    ``too_much_inside`` for an office document that unpacks to more than any does."""
    content.seek(0)
    if kind.part:
        matches = _has_part(content, kind.part)
    elif kind.signs:
        matches = bool(kind.signs & _signs(content))
    else:
        matches = _is_text(content)
    if not matches:
        raise BadEvidenceError("not_what_it_says", kind.media_type)


def _signs(content: IO[bytes]) -> frozenset[str]:
    head = content.read(HEAD)
    if head[4:8] == b"ftyp" and head[8:11] in VIDEO_BRANDS:
        return frozenset({".mp4"})
    try:
        found = puremagic.magic_string(head)
    except puremagic.PureError:
        return frozenset()
    return frozenset(each.extension for each in found)


def _has_part(content: IO[bytes], part: str) -> bool:
    """Nothing is unpacked: whoever opens the document does that, so it must not be a bomb."""
    if not _has_small_directory(content):
        return False
    try:
        with ZipFile(content) as document:
            entries = document.infolist()
    except (BadZipFile, ValueError, EOFError):
        return False
    unpacked = sum(each.file_size for each in entries)
    if len(entries) > MAX_OFFICE_PARTS or _is_bomb(unpacked, content.seek(0, os.SEEK_END)):
        raise BadEvidenceError("too_much_inside")
    names = {each.filename for each in entries}
    return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > MAX_UNPACKED or unpacked > max(HARMLESS, MOST_TIMES * packed)


def _has_small_directory(content: IO[bytes]) -> bool:
    """Whether a ZIP file ends as one does, with a directory that may be read."""
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - TAIL))
    tail = content.read()
    content.seek(0)
    end = tail.rfind(END)
    if end < 0 or tail[max(0, end - 20) : end].startswith(END_64):
        return False
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if directory > MAX_DIRECTORY:
        raise BadEvidenceError("too_much_inside")
    return True


def _is_text(content: IO[bytes]) -> bool:
    """Chinese text files come as UTF-8, as GB 18030 or, from Windows, as UTF-16."""
    sample = content.read(256 * 1024)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in sample and (_decodes(sample, "utf-8") or _decodes(sample, "gb18030"))


def _decodes(sample: bytes, encoding: str) -> bool:
    """Whether the bytes are text of the encoding; a character cut at the end is no fault."""
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as fault:
        return fault.start >= len(sample) - 4
    return True
