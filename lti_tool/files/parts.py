"""Files that arrive in parts: what has come so far lies here until the last part does.

A part that was lost on its way is simply sent again: it says where it belongs, and what lies there
already is written over with the same. Not here: whose upload it is (``persistence.uploads``).
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from lti_tool.domain.errors import BadEvidenceError, NotFoundError

from .kinds import kind_of
from .names import clean_name
from .store import CHUNK, KEY, EvidenceStore, KeptFile, Readable

RESERVE = 512 * 1024 * 1024
"""Bytes of the disk that no upload may take: the database needs room, too."""


class Parts:
    """The parts of files on their way into ``store``."""

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store
        self.root = store.root / "parts"

    def begin(self, name: str, size: int) -> tuple[str, str]:
        """Make room for a file; its key and its cleaned name.

        Raises BadEvidenceError before a byte is sent: ``name``, ``kind_not_allowed``, ``empty``,
        ``too_large``, ``no_room``.
        """
        shown = clean_name(name)
        kind_of(shown)
        if size < 1:
            raise BadEvidenceError("empty")
        if size > self._store.max_bytes:
            raise BadEvidenceError("too_large", str(self._store.max_bytes))
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._store.free_bytes() < size + RESERVE:
            raise BadEvidenceError("no_room")
        key = secrets.token_hex(16)
        self._path(key).touch(mode=0o600)
        return key, shown

    def received(self, key: str) -> int:
        """How many bytes have come. Raises NotFoundError for a key that is none."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError as missing:
            raise NotFoundError from missing

    def write(self, key: str, offset: int, stream: Readable, *, most: int) -> int:
        """Write what the stream brings from ``offset`` on, up to ``most`` bytes in all; returns how
        many bytes have come.

        A part from beyond what has come is left alone: the answer says where to go on. Raises
        BadEvidenceError ``too_large`` when it brings more than there should be, NotFoundError.
        """
        if not 0 <= offset <= self.received(key):
            return self.received(key)
        with self._path(key).open("r+b") as file:
            file.seek(offset)
            while chunk := stream.read(CHUNK):
                if file.tell() + len(chunk) > most:
                    raise BadEvidenceError("too_large", str(most))
                file.write(chunk)
        return self.received(key)

    def complete(self, key: str, name: str) -> KeptFile:
        """Check a file whose last part has come, and keep it.

        Raises BadEvidenceError, and then nothing is left of it: as :meth:`EvidenceStore.keep`.
        """
        path = self._path(key)
        try:
            return self._store.adopt(path, name)
        finally:
            path.unlink(missing_ok=True)

    def drop(self, key: str) -> None:
        """Forget what has come; does nothing if it is gone already."""
        self._path(key).unlink(missing_ok=True)

    def older_than(self, when: datetime) -> Iterator[str]:
        """The keys of what has lain here unchanged since before a time."""
        for path in self.root.glob("*"):
            if KEY.fullmatch(path.name) and path.stat().st_mtime < when.timestamp():
                yield path.name

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFoundError
        return self.root / key
