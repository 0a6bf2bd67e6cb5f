"""Everything goes wrong at once: processes are killed, the database breaks off, messages are lost,
the LMSs misbehave. Then it is calm, and what is due goes out. Not here: whether all is right then
(``reckoning``).
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import requests
from sqlalchemy import Select, func, select, update
from sqlalchemy.engine import make_url

from lti_tool.app import Parts, build_parts
from lti_tool.delivery.tasks import delivery_app
from lti_tool.persistence.database import DatabaseError
from lti_tool.persistence.scores import UNFINISHED, DeliveryState, ScoreRow
from lti_tool.settings import read_settings
from tests.journeys.servers import free_port
from tests.processes import Runner, command

from .schools import found
from .teachers import rate

ROOT = Path(__file__).parent.parent.parent
KILL_SECONDS = 2.5
BREAK_SECONDS = 7.0
LOCKED_SECONDS = 3.0
CALM_SECONDS = 120.0
TEACHERS = 2
ASKED = 50


@dataclass
class Storm:
    """A tool in a folder of its own, on this database; ``broker_url`` empty: embedded threads."""

    folder: Path
    database_url: str
    broker_url: str = ""
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    tool_port: int = field(default_factory=free_port)
    lms_port: int = field(default_factory=free_port)

    @property
    def environment(self) -> Mapping[str, str]:
        """What each process is told."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        told = {
            "LTI_TOOL_DATABASE_URL": self.database_url,
            "LTI_TOOL_BROKER_URL": self.broker_url,
            "LTI_TOOL_DATA_DIR": str(self.folder),
            "LTI_TOOL_BASE_URL": f"http://127.0.0.1:{self.tool_port}",
            "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1",
        }
        return {**kept, "LANG": "C.UTF-8", **{name: each for name, each in told.items() if each}}

    @property
    def lms_url(self) -> str:
        """Where the LMSs are."""
        return f"http://127.0.0.1:{self.lms_port}"

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The tool's database and standards in this process."""
        parts = build_parts(read_settings(self.environment, default_base_url=""))
        try:
            yield parts
        finally:
            parts.database.close()

    def rage(self, *, changes: int, seconds: float) -> "Aftermath":
        """Let it storm for so long and until so many scores were decided; then wait for calm."""
        with self._lms(), self.parts() as parts:
            tasks = self.folder / "tasks.json"
            tasks.write_text(json.dumps(found(parts, self.lms_url)))
            teachers = [self._teacher(tasks, number) for number in range(TEACHERS)]
            tool = self._tool()
            for each in (*tool, *teachers):
                each.start()
            begun = time.monotonic()
            self._storm(parts, [*tool, *teachers], changes, seconds)
            for each in teachers:
                each.kill()
            stormed = time.monotonic() - begun
            calmed = self._calm(parts, tool)
            codes = {each.name: each.end() for each in tool}
            log = requests.get(f"{self.lms_url}/log", timeout=30).json()
            kills = sum(each.kills for each in (*tool, *teachers))
            return Aftermath(log, self._done(), codes, kills, decided(parts), stormed, calmed)

    # --- who takes part ---

    def _tool(self) -> Sequence[Runner]:
        serve = ("serve", f"--port={self.tool_port}")
        others = ("worker", "worker") if self.broker_url else ("deliver",)
        return [
            self._runner("web", serve),
            *(self._runner(f"{name}-{i}", (name,)) for i, name in enumerate(others)),
        ]

    def _runner(self, name: str, arguments: Sequence[str]) -> Runner:
        return Runner(name, command, arguments, self.environment, self.folder / f"{name}.log")

    def _teacher(self, tasks: Path, number: int) -> Runner:
        arguments = (tasks, number, TEACHERS, self.folder / f"done-{number}")
        log = self.folder / "teachers.log"
        return Runner(f"teacher-{number}", rate, arguments, self.environment, log)

    @contextmanager
    def _lms(self) -> Iterator[None]:
        with_the_tests = ["setpriv", "--pdeathsig=KILL"]
        program = [sys.executable, "-m", "tests.chaos.fake_lms", str(self.lms_port)]
        with (self.folder / "lms.log").open("wb") as log:
            process = subprocess.Popen(
                [*with_the_tests, *program, f"http://127.0.0.1:{self.tool_port}"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait_for_lms(process)
            yield
        finally:
            process.kill()
            process.wait()

    def _wait_for_lms(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            try:
                requests.get(f"{self.lms_url}/log", timeout=5)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError((self.folder / "lms.log").read_text())

    # --- what goes wrong ---

    def _storm(self, parts: Parts, runners: Sequence[Runner], changes: int, seconds: float) -> None:
        begun = broken = time.monotonic()
        rotated = False
        while time.monotonic() - begun < seconds or decided(parts) < changes:
            time.sleep(KILL_SECONDS)
            victim = self.chance.choice(runners)
            victim.kill()
            for each in runners:
                each.start()
            if time.monotonic() - broken > BREAK_SECONDS:
                broken = time.monotonic()
                Thread(target=self._break_database, daemon=True).start()
                self._lose_messages()
            if not rotated and time.monotonic() - begun > seconds / 3:
                rotated = True
                rotation = self._runner("rotate", ("keys", "rotate", "--sign-after=0"))
                rotation.start()

    def _break_database(self) -> None:
        """PostgreSQL: cut every connection. SQLite: hold the write lock."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(str(url.database), timeout=30)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                time.sleep(LOCKED_SECONDS)
                connection.rollback()
            return
        address = f"host={url.query['host']} user={url.username} dbname={url.database}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _lose_messages(self) -> None:
        if self.broker_url:
            delivery_app(self.broker_url).control.purge()

    # --- afterwards ---

    def _calm(self, parts: Parts, tool: Sequence[Runner]) -> float:
        """Seconds until nothing was to be sent any more. Waits that failures brought about are cut
        short, as if time went by."""
        for each in tool:
            each.start()
        requests.post(f"{self.lms_url}/calm", timeout=30)
        begun = time.monotonic()
        while time.monotonic() - begun < CALM_SECONDS and unfinished(parts):
            time.sleep(1)
            with parts.database.transaction() as session:
                session.execute(
                    update(ScoreRow)
                    .where(ScoreRow.state == DeliveryState.RETRY.value)
                    .values(due_at=parts.clock())
                )
        return time.monotonic() - begun

    def _done(self) -> Sequence[Sequence[str]]:
        """What teachers saw committed; a line that a kill cut off tells nothing."""
        files = self.folder.glob("done-*")
        lines = (line for each in files for line in each.read_text().split("\n")[:-1])
        return [line.split() for line in lines]


@dataclass(frozen=True)
class Aftermath:
    """What can be looked at afterwards: the LMSs' log, what teachers saw committed (``rating``
    with its id, ``count`` with learner and points),
    the exit codes of the tool's processes, how often any was killed, how many scores were decided,
    and how many seconds storm and calm took."""

    log: Mapping[str, Any]
    committed: Sequence[Sequence[str]]
    codes: Mapping[str, int | None]
    kills: int
    decided: int
    stormed: float
    calmed: float


def decided(parts: Parts) -> int:
    """How many scores were decided so far: each raises its row's sequence."""
    return _number(parts, select(func.coalesce(func.sum(ScoreRow.sequence), 0)))


def unfinished(parts: Parts) -> int:
    """How many scores are still to be sent."""
    return _number(parts, select(func.count()).where(ScoreRow.state.in_(UNFINISHED)))


def _number(parts: Parts, query: Select[int]) -> int:
    """The storm breaks off whoever asks, too: then it is asked anew."""
    for _ in range(ASKED):
        try:
            with parts.database.reading() as session:
                return session.scalar(query) or 0
        except DatabaseError:
            time.sleep(0.2)
    raise RuntimeError("the database never answered")
