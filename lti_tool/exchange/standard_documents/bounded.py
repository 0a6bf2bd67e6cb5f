"""Reads a document in a process of its own, within bounds of time and memory.

The parsers of foreign formats never run inside the server: a file that hangs or blows up one of
them ends that process alone, and is refused. Not here: the reading itself (``child``).
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lti_tool.catalogue.draft_json import draft_from_json
from lti_tool.domain.standard_draft import BadDraftError, StandardDraft

from .blocks import NotAStandardError, Progress

MEBIBYTE = 1024 * 1024
TOLD = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
"""What the child is told of the environment: nothing of keys or databases."""
LONGEST_LINE = 16 * MEBIBYTE
"""More than any draft that ``recognise`` lets pass."""
OUT_OF_MEMORY = 3
"""The child's own exit code for it."""
KILLED = frozenset({-9, -24})
"""SIGKILL: the clock, or the hard limit of processor time; SIGXCPU: its soft limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may take: bytes of address space, seconds of processor and of the clock,
    and bytes of file."""

    memory: int = 768 * MEBIBYTE
    processor_seconds: int = 120
    clock_seconds: float = 300.0
    largest: int = 32 * MEBIBYTE


LIMITS = Limits()


def _unheard(_progress: Progress) -> None:
    """Nobody wants to know."""


def read_document(
    path: Path,
    name: str,
    *,
    report: Callable[[Progress], None] = _unheard,
    limits: Limits = LIMITS,
) -> StandardDraft:
    """The draft of the document at ``path``, whose kind its ``name`` says.

    ``report`` hears of progress, from this thread. Raises NotAStandardError, also where the
    reading took more than ``limits``.
    """
    if path.stat().st_size > limits.largest:
        raise NotAStandardError("too_large")
    with _reader(path, name, limits) as process:
        if process.stdout is None:
            raise NotAStandardError("broken")
        draft = _heard(process.stdout, report)
        code = process.wait()
    if draft is not None and code == 0:
        return draft
    raise NotAStandardError(_why(code))


@contextmanager
def _reader(path: Path, name: str, limits: Limits) -> Iterator["subprocess.Popen[bytes]"]:
    """The child at work; the clock ends it, and so does leaving the block."""
    numbers = (limits.memory, limits.processor_seconds, limits.largest)
    process = subprocess.Popen(  # noqa: S603 - our own module; path and name are single words
        [sys.executable, "-m", f"{__package__}.child", str(path), name, *map(str, numbers)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in TOLD if name in os.environ},
    )
    clock = threading.Timer(limits.clock_seconds, process.kill)
    clock.start()
    try:
        with process:
            yield process
    finally:
        clock.cancel()
        process.kill()


def _heard(answers: IO[bytes], report: Callable[[Progress], None]) -> StandardDraft | None:
    """Listen until the child has said everything. Raises NotAStandardError where it refuses."""
    draft = None
    while line := answers.readline(LONGEST_LINE):
        if line.startswith(b'{"draft": '):
            draft = _draft(line)
            continue
        try:
            said = json.loads(line)
        except ValueError as error:
            raise NotAStandardError("broken") from error
        if "refused" in said:
            reason, detail = said["refused"]
            raise NotAStandardError(reason, detail)
        report(Progress(*said["progress"]))
    return draft


def _draft(line: bytes) -> StandardDraft:
    try:
        return draft_from_json(line.removeprefix(b'{"draft": ').rstrip().removesuffix(b"}"))
    except BadDraftError as error:
        raise NotAStandardError("broken") from error


def _why(code: int) -> str:
    """Why the child ended without an answer, from how it ended."""
    if code == OUT_OF_MEMORY:
        return "too_much"
    return "too_long" if code in KILLED else "broken"
