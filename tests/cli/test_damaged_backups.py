"""Backups that are damaged, or of another release: refused untouched, or brought up to date."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from lti_tool.cli import main
from lti_tool.cli.backup_file import BackupWriter
from lti_tool.persistence.database import Database, alembic_config
from lti_tool.persistence.dump import snapshot
from tests.cli.conftest import Run

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTI_TOOL_DATA_DIR", str(folder))
        assert main(["platform", "invite"]) == 0
        assert main(["backup", str(folder / "small.tar")]) == 0
    return folder / "small.tar"


@pytest.fixture
def small(_small: Path, tmp_path: Path) -> Path:
    """A backup of a tool with one platform invited; the test may harm it."""
    return Path(shutil.copy(_small, tmp_path))


def changed(path: Path, change: Callable[[tarfile.TarInfo, bytes], bytes | None]) -> None:
    """Write a tar anew; ``change`` gives each member's content, None to leave it out."""
    with tarfile.open(path) as old:
        members = [(each, old.extractfile(each)) for each in old.getmembers()]
        kept = [(each, change(each, file.read())) for each, file in members if file is not None]
    with tarfile.open(path, "w") as new:
        for entry, content in kept:
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))


def test_a_whole_backup_is_found_whole(run: Run, small: Path) -> None:
    code, out, _ = run("restore", "--check", str(small))
    assert (code, "It is whole" in out) == (0, True)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-20_000]),
        lambda path: path.write_bytes(b"no tar at all"),
        lambda path: path.write_bytes(b""),
        lambda path: changed(path, lambda e, c: c + b"x" if "invitations" in e.name else c),
        lambda path: changed(path, lambda e, c: None if "invitations" in e.name else c),
        lambda path: changed(path, lambda e, c: None if "manifest" in e.name else c),
        lambda path: changed(path, lambda e, c: b"[]" if "manifest" in e.name else c),
        lambda path: changed(path, lambda e, c: b"{" if "manifest" in e.name else c),
        lambda path: path.unlink(),
    ],
    ids=[
        *("cut", "no-tar", "empty", "changed", "lacking", "no-manifest", "other-manifest"),
        *("broken-manifest", "gone"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_changed(
    run: Run,
    small: Path,
    harm: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harm(small)
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path / "elsewhere"))
    code, _, complaint = run("restore", str(small))
    assert (code, "cannot read" in complaint) == (1, True)
    assert not list((tmp_path / "elsewhere").glob("dabiao.sqlite3"))


def retold(path: Path, **changes: object) -> None:
    """Let the manifest say something else."""

    def change(entry: tarfile.TarInfo, content: bytes) -> bytes:
        if entry.name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), **changes}).encode()

    changed(path, change)


def test_a_backup_of_a_later_release_is_refused(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    retold(small, revision="9999")
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path / "elsewhere"))
    code, _, complaint = run("restore", str(small))
    assert (code, "later release" in complaint) == (1, True)


def test_a_backup_of_an_earlier_release_is_restored_and_upgraded(
    run: Run,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"sqlite:///{tmp_path / 'earlier.sqlite3'}"
    migrations = ROOT / "migrations"
    command.upgrade(alembic_config(url, migrations), "0006")
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO schools (id, name) VALUES (7, '一职校')"))
    path = tmp_path / "earlier.tar"
    with path.open("wb") as stream, snapshot(database) as dump:
        writer = BackupWriter(stream)
        for name in dump.tables:
            writer.table(name, dump.columns(name), dump.rows(name))
        writer.close(made_at="2026-09-01T00:00:00+00:00", version="0", revision=dump.revision)
    database.close()
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path / "elsewhere"))
    assert run("restore", str(path))[0] == 0
    assert run("database", "check")[0] == 0
    assert "一职校" in run("access", "add", "--role", "registrar")[1]
