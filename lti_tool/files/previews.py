"""What of a file a page can show besides pictures, sound and film: the words of a text, and the
pages of a PDF as pictures.

A PDF is drawn here, in a process of its own within bounds of time and memory, because it may hold
scripts, and because a phone's browser shows none inside a page. Not here: who may look (``web``).
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import IO

MEBIBYTE = 1024 * 1024
MEMORY = 768 * MEBIBYTE
PROCESSOR_SECONDS = 10
CLOCK_SECONDS = 20.0
MOST_BYTES = 200_000
"""So much of a text is shown."""
TOLD = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
"""What the child is told of the environment: nothing of keys or databases."""
ENCODINGS = ("utf-8-sig", "gb18030")
CUT_CHARACTER = 4
"""Bytes: the longest character that the end of an excerpt may cut in two."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a text file. ``is_cut``: there is more."""

    text: str
    is_cut: bool


def excerpt_of(content: IO[bytes], *, most: int = MOST_BYTES) -> Excerpt:
    """The words of a text file in whichever of the usual encodings it is; what is none of them is
    shown with marks in place of what cannot be read."""
    head = content.read(most)
    is_cut = bool(content.read(1))
    return Excerpt(_decoded(head, CUT_CHARACTER if is_cut else 0), is_cut)


def pdf_pages(content: IO[bytes]) -> int | None:
    """How many pages a PDF has; None where it cannot be drawn."""
    answer = _asked(content, 0)
    return answer[0] if answer else None


def pdf_page(content: IO[bytes], number: int) -> bytes | None:
    """The picture of a page, as PNG, counted from 1; None where it cannot be drawn, or where there
    is no such page."""
    answer = _asked(content, number) if number > 0 else None
    return answer[1] if answer else None


def _decoded(head: bytes, torn: int) -> str:
    """The words; up to ``torn`` bytes at the end may be half a character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return head.decode(encoding)
        except UnicodeDecodeError as fault:
            if fault.start >= len(head) - torn:
                return head[: fault.start].decode(encoding)
    return head.decode(errors="replace")


def _asked(content: IO[bytes], number: int) -> tuple[int, bytes] | None:
    """The child's answer: the number of pages and the picture, empty for page 0."""
    command = [sys.executable, "-m", f"{__package__}.pdf_page"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module and numbers
            [*command, *map(str, (number, MEMORY, PROCESSOR_SECONDS))],
            stdin=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CLOCK_SECONDS,
            env={name: os.environ[name] for name in TOLD if name in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    count, _, picture = done.stdout.partition(b"\n")
    return (int(count), picture) if done.returncode == 0 and count.isdigit() else None
