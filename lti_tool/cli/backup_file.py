"""The file of a backup: a tar with the tables as lines of JSON, the evidence files, the standards
that a person confirmed here, and a manifest that says what is in it and whether it is whole.

It can be looked at with ``tar`` and ``zcat``. Not here: taking and restoring (``backup``).
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from lti_tool.persistence.dump import Row

FORMAT = 1
EVIDENCE = "evidence"
STANDARDS = "standards"
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
DIGEST = "sha256"


class BackupFileError(Exception):
    """The file is no backup, or not whole any more; the words say where."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the backup. ``size`` in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``made_at`` is ISO 8601; ``revision`` that of the schema; ``columns``
    are those of each table; ``members`` every file but this one, by name."""

    format: int
    made_at: str
    version: str
    revision: str
    columns: Mapping[str, Sequence[str]]
    members: Mapping[str, Member]


class BackupWriter:
    """Writes members one after the other; ``close`` adds the manifest."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.TarFile(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT)
        self._members: dict[str, Member] = {}
        self._columns: dict[str, tuple[str, ...]] = {}

    def table(self, name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
        """Write a table; the number of its rows."""
        count = 0
        with TemporaryFile() as lines:
            with gzip.open(lines, "wt", encoding="utf-8") as text:
                for row in rows:
                    text.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
                    count += 1
            self._add(table_member(name), lines)
        self._columns[name] = columns
        return count

    def file(self, folder: str, name: str, path: Path) -> None:
        """Write a file under a name within one of the backup's folders."""
        with path.open("rb") as content:
            self._add(f"{folder}/{name}", content)

    def close(self, *, made_at: str, version: str, revision: str) -> None:
        """Write the manifest; nothing can be added after it."""
        told = Manifest(FORMAT, made_at, version, revision, self._columns, self._members)
        content = json.dumps(asdict(told), ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(content)
        self._tar.addfile(entry, io.BytesIO(content))
        self._tar.close()

    def _add(self, name: str, content: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = content.seek(0, io.SEEK_END)
        entry.mode = 0o600
        content.seek(0)
        digest = _digest(content)
        content.seek(0)
        self._tar.addfile(entry, content)
        self._members[name] = Member(entry.size, digest)


class BackupReader:
    """A backup that was found whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.manifest = _manifest(tar)
        _check(tar, self.manifest)

    def rows(self, table: str) -> Iterator[Row]:
        """A table's rows."""
        with gzip.open(self._open(table_member(table)), "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def files(self, folder: str) -> Iterator[tuple[str, IO[bytes]]]:
        """Every file within one of the backup's folders, with its name there."""
        head = f"{folder}/"
        for name in self.manifest.members:
            if name.startswith(head):
                yield name.removeprefix(head), self._open(name)

    def _open(self, name: str) -> IO[bytes]:
        return _opened(self._tar, name)


@contextmanager
def reading_backup(path: Path) -> Iterator[BackupReader]:
    """Open a backup and check every digest in it. Raises BackupFileError, OSError."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield BackupReader(tar)
    except (tarfile.TarError, EOFError) as error:
        raise BackupFileError(f"{path}: {error}") from error


def table_member(name: str) -> str:
    """Where a table lies."""
    return f"database/{name}.jsonl.gz"


def _manifest(tar: tarfile.TarFile) -> Manifest:
    try:
        told = json.load(_opened(tar, MANIFEST))
        members = {name: Member(**each) for name, each in told.pop("members").items()}
        found = Manifest(**told, members=members)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupFileError(f"{MANIFEST} cannot be read") from error
    if found.format != FORMAT:
        raise BackupFileError(f"{MANIFEST}: format {found.format} is another release's")
    return found


def _check(tar: tarfile.TarFile, manifest: Manifest) -> None:
    present = {name for name in tar.getnames() if name != MANIFEST}
    if strange := present ^ set(manifest.members):
        raise BackupFileError(f"{sorted(strange)[0]} is missing or not in the manifest")
    for name, member in manifest.members.items():
        if ".." in name.split("/") or not name.isprintable() or "\\" in name:
            raise BackupFileError(f"{name!r} is no name of ours")
        content = _opened(tar, name)
        if _digest(content) != member.sha256:
            raise BackupFileError(f"{name} was changed or damaged")


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.new(DIGEST)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _opened(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """Raises BackupFileError for what is no file in it: a link could lead elsewhere."""
    try:
        found = tar.extractfile(name) if tar.getmember(name).isreg() else None
    except KeyError:
        found = None
    if found is None:
        raise BackupFileError(f"{name} is missing")
    return found
