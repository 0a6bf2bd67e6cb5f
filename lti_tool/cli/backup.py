"""``lti-tool backup FILE`` and ``lti-tool restore FILE``: everything but the secret key.

A backup is one moment of the database and the evidence files it names, taken while the tool runs.
Signing keys stay encrypted in it; the secret key that opens them is kept elsewhere on purpose.
"""

import argparse
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO

from lti_tool.app import Parts
from lti_tool.files import EvidenceStore
from lti_tool.persistence import audit_log
from lti_tool.persistence.database import Database, pending_revisions, upgrade
from lti_tool.persistence.dump import Dump, DumpError, evidence_keys, load, prepare, snapshot
from lti_tool.services.show_health import BACKUP
from lti_tool.settings import Settings

from .backup_file import (
    EVIDENCE,
    STANDARDS,
    BackupFileError,
    BackupReader,
    BackupWriter,
    reading_backup,
)
from .console import ConsoleError, complain, said, say
from .environment import open_parts, settings_from_environment

TRIES = 5
"""A student may take a file out of a draft in the moment between the database and the files."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    backup = commands.add_parser("backup", help="write everything into one file, while it runs")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="bring a backup into an empty database")
    restore.add_argument("file", type=Path)
    restore.add_argument("--check", action="store_true", help="only see whether it is whole")
    restore.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> int:
    path: Path = options.file
    if path.exists():
        raise ConsoleError(said(f"{path} 已存在", f"{path} exists already"))
    settings = settings_from_environment()
    if "0001" in pending_revisions(settings.database_url, settings.migrations_dir):
        raise ConsoleError(
            said("数据库是空的，没有可备份的内容", "the database is empty: nothing to back up")
        )
    parts = open_parts(settings)
    try:
        with _new_file(path) as stream:
            rows, files, lost = _write(parts, stream)
    except OSError as error:
        raise ConsoleError(said(f"无法写入：{error}", f"cannot write: {error}"), code=1) from error
    with parts.database.transaction() as session:
        audit_log.note(session, BACKUP, BACKUP, actor_id=None, now=parts.clock())
    parts.database.close()
    say(
        f"已备份 {rows} 行、{files} 个文件到 {path}。密钥不在其中，请另行保管。",
        f"{path} holds {rows} rows and {files} files. The secret key is not in it: keep it apart.",
    )
    for key in lost:
        complain(said(f"佐证文件已不存在：{key}", f"an evidence file is gone: {key}"))
    return 1 if lost else 0


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there, under its name, only once it is complete and on the disk."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(parts: Parts, stream: IO[bytes]) -> tuple[int, int, tuple[str, ...]]:
    """Write the backup; the numbers of rows and files, and the keys of files that are gone."""
    made_at = parts.clock().isoformat()
    with _borrowed(parts) as (dump, folder, lost):
        writer = BackupWriter(stream)
        rows = sum(writer.table(each, dump.columns(each), dump.rows(each)) for each in dump.tables)
        files = sorted(folder.iterdir())
        for each in files:
            writer.file(EVIDENCE, each.name, each)
        confirmed = _standards(parts.settings)
        for each in sorted(confirmed.rglob("*")):
            if each.is_file():
                writer.file(STANDARDS, each.relative_to(confirmed).as_posix(), each)
        writer.close(made_at=made_at, version=version("lti-tool"), revision=dump.revision)
    return rows, len(files), lost


@contextmanager
def _borrowed(parts: Parts) -> Iterator[tuple[Dump, Path, tuple[str, ...]]]:
    """A moment of the database, a folder with the files it names, and the keys of those gone.

    Once a file lies in the folder it may be discarded; so a moment is taken anew until its files
    are all there. A file that stays away was lost before.
    """
    store = _evidence(parts.settings)
    folder = Path(tempfile.mkdtemp(prefix="backup-", dir=parts.settings.data_dir))
    try:
        for tries_left in reversed(range(TRIES)):
            with snapshot(parts.database) as dump:
                wanted = evidence_keys(dump)
                lost = tuple(sorted(key for key in wanted if not _lent(store, key, folder)))
                if lost and tries_left:
                    continue
                for each in folder.iterdir():
                    if each.name not in wanted:
                        each.unlink()
                yield dump, folder, lost
                return
    finally:
        shutil.rmtree(folder)


def _lent(store: EvidenceStore, key: str, folder: Path) -> bool:
    return (folder / key).exists() or store.lend(key, folder / key)


def _evidence(settings: Settings) -> EvidenceStore:
    """Where the evidence files are."""
    return EvidenceStore(settings.data_dir / EVIDENCE, settings.largest_file)


def _standards(settings: Settings) -> Path:
    """Where the standards lie that a person confirmed here."""
    return settings.data_dir / STANDARDS


def _restore(options: argparse.Namespace) -> int:
    try:
        with reading_backup(options.file) as backup:
            told = backup.manifest
            if options.check:
                say(f"完好，备份于 {told.made_at}。", f"It is whole, made at {told.made_at}.")
                return 0
            rows, files = _bring_back(settings_from_environment(), backup)
    except (OSError, BackupFileError) as error:
        raise ConsoleError(said(f"无法读取：{error}", f"cannot read: {error}"), code=1) from error
    except DumpError as error:
        raise ConsoleError(_words(error), code=1) from error
    say(
        f"已恢复 {rows} 行、{files} 个文件（备份于 {told.made_at}）。请运行 lti-tool doctor。",
        f"Restored {rows} rows and {files} files, made at {told.made_at}. Now run lti-tool doctor.",
    )
    return 0


def _bring_back(settings: Settings, backup: BackupReader) -> tuple[int, int]:
    """Files first: rows without their files would be seen by whoever is quick."""
    told = backup.manifest
    database = Database(settings.database_url)
    try:
        prepare(database, settings.database_url, settings.migrations_dir, told.revision)
        store, files = _evidence(settings), 0
        for key, content in backup.files(EVIDENCE):
            store.take_back(key, content)
            files += 1
        for name, content in backup.files(STANDARDS):
            place = _standards(settings) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                shutil.copyfileobj(content, file)
        rows = load(database, told.columns, backup.rows)
    finally:
        database.close()
    upgrade(settings.database_url, settings.migrations_dir)
    return rows, files


def _words(error: DumpError) -> str:
    if error.reason == "not_empty":
        return said(
            f"数据库中已有数据（{error.detail}）；请恢复到新的空数据库",
            f"the database holds data already ({error.detail}); restore into a new, empty one",
        )
    if error.reason == "revision_unknown":
        return said(
            f"备份来自更新的版本（{error.detail}）；请先安装该版本",
            f"the backup is of a later release ({error.detail}); install that one first",
        )
    return said(f"备份与数据库结构不符：{error}", f"the backup does not fit the schema: {error}")
