"""Which reader takes which file, by its name and its first bytes.

Not here: the limits a reading has to keep (``bounded``).
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from .blocks import NotAStandardError, Stream
from .docx import read_docx
from .html import read_html
from .pdf import read_pdf
from .text import read_text

Reader = Callable[[bytes], Stream]

READERS: Mapping[str, Reader] = {
    "txt": read_text,
    "text": read_text,
    "md": read_text,
    "markdown": read_text,
    "html": read_html,
    "htm": read_html,
    "xhtml": read_html,
    "docx": read_docx,
    "pdf": read_pdf,
}
_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"


def stream_of(content: bytes, name: str) -> Stream:
    """The blocks of a file. Raises NotAStandardError: ``kind``, ``empty``, or what its reader
    finds wrong, at once or while reading on."""
    if not content.strip():
        raise NotAStandardError("empty")
    reader = READERS.get(PurePath(name).suffix.removeprefix(".").lower())
    if reader is None:
        raise NotAStandardError("kind")
    if content.startswith(_PDF) and reader is not read_pdf:
        raise NotAStandardError("kind")
    if content.startswith(_ZIP) and reader is not read_docx:
        raise NotAStandardError("kind")
    return reader(content)
