"""Processes of the tool that start quickly, because the imports are done once, and can be killed.

Each runs the tool's own command line, told by its environment, and none outlives the tests, however
those end. Not here: when they are killed (``chaos``, ``journeys``).
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from lti_tool.cli import main

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["lti_tool.cli", "tests.chaos.teachers"])


@dataclass
class Runner:
    """One process that is started anew after each end."""

    name: str
    target: Callable[..., None]
    arguments: Sequence[Any]
    environment: Mapping[str, str]
    log: Path
    process: BaseProcess | None = None
    kills: int = 0
    ended: list[int | None] = field(default_factory=list)

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.runs:
            return
        if self.process is not None:
            self.ended.append(self.process.exitcode)
        self.process = CONTEXT.Process(
            target=_run, args=(self.target, tuple(self.arguments), dict(self.environment), self.log)
        )
        self.process.start()

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.is_alive()

    def wait(self, seconds: float | None = None) -> int | None:
        """Its exit code once it has ended by itself; None if it has not in that time."""
        if self.process is None:
            return None
        self.process.join(seconds)
        return self.process.exitcode

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.kills += 1

    def end(self, seconds: float = 40) -> int | None:
        """SIGTERM: its exit code, None where it did not end in time and was killed."""
        if self.process is None:
            return 0
        self.process.terminate()
        code = self.wait(seconds)
        self.kill()
        return code


def command(*arguments: str) -> None:
    """The tool's command line."""
    raise SystemExit(main(arguments))


def _run(
    target: Callable[..., None],
    arguments: tuple[Any, ...],
    environment: dict[str, str],
    log: Path,
) -> None:
    Thread(target=_end_with_the_tests, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text stream
    target(*arguments)


def _end_with_the_tests() -> None:
    tests = multiprocessing.parent_process()
    if tests is not None:
        wait([tests.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)
