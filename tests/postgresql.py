"""A PostgreSQL server of this test run's own: started by the first test that needs it.

It lives in a short folder under /tmp, listens on a Unix socket only, and is shared by all workers
of the run. It does not outlive the run, however that ends: a watchdog stops it. Not for tests
themselves; they take `postgresql_url` or `database_url` from conftest.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SERVER_USER = "postgres"
TEMPLATE = "migrated"
START_SECONDS = 60

# The run's process writes nothing when it is killed, so the server is watched from outside.
WATCHDOG = """
exec </dev/null >"$SERVER_LOG" 2>&1
"$@" & server=$!
while kill -0 "$RUN_PID" 2>/dev/null && kill -0 "$server" 2>/dev/null; do sleep 1; done
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$RUN_FOLDER"
"""


class PostgresqlServer:
    """A running server whose folder holds its data, its socket and its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        """The address of database `name`, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{SERVER_USER}@/{name}?host={self.folder}"

    def create(self, name: str, *, template: str = "template0") -> None:
        """Make database `name`, a copy of `template`."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        """Remove database `name`, if it exists, and cut its remaining connections."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def wait_until_ready(self) -> None:
        """Return once the server answers. Raises RuntimeError with its log if it never does."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}"
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: str) -> None:
        address = f"host={self.folder} user={SERVER_USER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


def shared_server(
    run_folder: Path, run_pid: int, migrate: Callable[[str], None]
) -> PostgresqlServer:
    """The run's server with its migrated template; the first worker to ask makes both.

    `run_folder` is the same for all workers of the run, `run_pid` the process that ends last.
    `migrate` brings the database at a URL to the newest schema.
    """
    note = run_folder / "postgresql"
    with _locked(run_folder / "postgresql.lock"):
        if note.exists():
            return PostgresqlServer(Path(note.read_text()))
        server = PostgresqlServer(_make_folder())
        _initialise(server.folder)
        _launch(server.folder, run_pid)
        server.wait_until_ready()
        server.create(TEMPLATE)
        migrate(server.url(TEMPLATE))
        note.write_text(str(server.folder))
        return server


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_folder() -> Path:
    """A short, empty folder: a socket's path may have 107 bytes only."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    return folder


def _initialise(folder: Path) -> None:
    options = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    command = [_program("initdb"), f"--pgdata={folder}/data", f"--username={SERVER_USER}", *options]
    subprocess.run(_as_server_user(command), cwd=folder, check=True, capture_output=True)


def _launch(folder: Path, run_pid: int) -> None:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "autovacuum": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = _as_server_user([_program("postgres"), "-D", f"{folder}/data", *options])
    environment = {
        "RUN_PID": str(run_pid),
        "RUN_FOLDER": str(folder),
        "SERVER_LOG": f"{folder}/log",
    }
    command = ["setsid", "--fork", "sh", "-c", WATCHDOG, "watchdog", *server]
    subprocess.run(command, cwd="/", env={**os.environ, **environment}, check=True)


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return [
        "setpriv",
        f"--reuid={SERVER_USER}",
        f"--regid={SERVER_USER}",
        "--init-groups",
        *command,
    ]


def _program(name: str) -> str:
    """The newest of Debian's versions, which are not on the path; elsewhere the one on the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_major_version)
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} was not found: make setup says what to install")
    return found


def _major_version(program: Path) -> int:
    return int(program.parent.parent.name)
