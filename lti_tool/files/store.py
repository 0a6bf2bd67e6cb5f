"""Where the contents of evidence files are kept: a local folder.

A file lies under a random key and never under its own name. Not here: the names and kinds that
are taken (``names``, ``kinds``), and which submission a file belongs to (``persistence``).
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from lti_tool.domain.errors import BadEvidenceError, NotFoundError

from .kinds import check_content, kind_of
from .names import clean_name

CHUNK = 256 * 1024
INCOMING = "incoming-"
KEY = re.compile(r"[0-9a-f]{32}")


class Readable(Protocol):
    """What an upload can be read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is safely on disk. ``name`` is the cleaned original, ``size`` in bytes."""

    storage_key: str
    name: str
    media_type: str
    size: int
    sha256: str


class EvidenceStore:
    """Keeps files under ``root``, each at most ``max_bytes`` long."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.root = root

    def keep(self, stream: Readable, name: str) -> KeptFile:
        """Check a file and keep it; when this returns it survives a power cut.

        Raises BadEvidenceError, and keeps nothing: ``name`` (none left after cleaning),
        ``kind_not_allowed``, ``not_what_it_says``, ``empty``, ``too_large``.
        """
        shown = clean_name(name)
        kind = kind_of(shown)
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        incoming = self._incoming()
        try:
            with incoming.open("w+b") as file:
                size, sha256 = self._copy(stream, file)
                check_content(kind, file)
            key = self._settle(incoming)
        finally:
            incoming.unlink(missing_ok=True)
        return KeptFile(key, shown, kind.media_type, size, sha256)

    def adopt(self, path: Path, name: str) -> KeptFile:
        """Check a file that lies complete on the same disk and keep it, as :meth:`keep` does; it is
        moved. Raises BadEvidenceError, and leaves the file where it is; NotFoundError where there
        is none."""
        shown = clean_name(name)
        kind = kind_of(shown)
        try:
            with path.open("r+b") as file:
                size, sha256 = self._measure(file)
                check_content(kind, file)
        except FileNotFoundError as missing:
            raise NotFoundError from missing
        return KeptFile(self._settle(path), shown, kind.media_type, size, sha256)

    def open(self, storage_key: str) -> BinaryIO:
        """A kept file's content. Raises NotFoundError for a key that is none."""
        try:
            return self._path(storage_key).open("rb")
        except FileNotFoundError as missing:
            raise NotFoundError from missing

    def discard(self, storage_key: str) -> None:
        """Delete a kept file; does nothing if it is gone already. Raises NotFoundError for a
        key that is none."""
        self._path(storage_key).unlink(missing_ok=True)

    def kept_before(self, when: datetime) -> Iterator[tuple[str, frozenset[str]]]:
        """The keys of the files that were kept before a time, folder by folder: what they all begin
        with, and they."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            found = (each for each in folder.iterdir() if KEY.fullmatch(each.name))
            keys = frozenset(each.name for each in found if _is_older(each, when))
            if keys:
                yield folder.name, keys

    def torn_before(self, when: datetime) -> list[Path]:
        """What is left of files whose keeping was cut off before a time."""
        return [each for each in self.root.glob(f"{INCOMING}*") if _is_older(each, when)]

    def free_bytes(self) -> int:
        """How much more fits on the disk that files are kept on."""
        return shutil.disk_usage(self.root if self.root.exists() else self.root.parent).free

    def lend(self, storage_key: str, place: Path) -> bool:
        """Let a kept file be at ``place`` too, where it stays although it be discarded here;
        False when it is gone already. Raises NotFoundError for a key that is none."""
        source = self._path(storage_key)
        try:
            place.hardlink_to(source)
        except FileNotFoundError:
            return False
        except OSError:
            # Another file system, or one without links.
            return _copied(source, place)
        return True

    def take_back(self, storage_key: str, stream: Readable) -> None:
        """Keep a file of a backup under the key it had. Raises NotFoundError for a key that is
        none; the content was checked when it was first kept."""
        place = self._path(storage_key)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        incoming = self._incoming()
        try:
            with incoming.open("wb") as file:
                while chunk := stream.read(CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            incoming.rename(place)
        finally:
            incoming.unlink(missing_ok=True)
        _sync_folder(place.parent)

    def _incoming(self) -> Path:
        return self.root / f"{INCOMING}{secrets.token_hex(16)}"

    def _copy(self, stream: Readable, incoming: IO[bytes]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > self.max_bytes:
                raise BadEvidenceError("too_large", str(self.max_bytes))
            digest.update(chunk)
            incoming.write(chunk)
        if not size:
            raise BadEvidenceError("empty")
        incoming.flush()
        os.fsync(incoming.fileno())
        return size, digest.hexdigest()

    def _measure(self, file: BinaryIO) -> tuple[int, str]:
        """The size and the SHA-256 of a file that must survive a power cut from here on."""
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise BadEvidenceError("empty")
        if size > self.max_bytes:
            raise BadEvidenceError("too_large", str(self.max_bytes))
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return size, digest.hexdigest()

    def _settle(self, incoming: Path) -> str:
        """Move a complete file to its place, which is the moment from which it exists."""
        key = secrets.token_hex(16)
        place = self._path(key)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        incoming.rename(place)
        _sync_folder(place.parent)
        return key

    def _path(self, storage_key: str) -> Path:
        if not KEY.fullmatch(storage_key):
            raise NotFoundError
        return self.root / storage_key[:2] / storage_key


def _is_older(path: Path, when: datetime) -> bool:
    try:
        return path.stat().st_mtime < when.timestamp()
    except FileNotFoundError:
        # Discarded in this very moment.
        return False


def _copied(source: Path, place: Path) -> bool:
    try:
        shutil.copyfile(source, place)
    except FileNotFoundError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """The new name itself must reach the disk. Windows has no way to ask for it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
