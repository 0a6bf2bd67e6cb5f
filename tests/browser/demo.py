"""The whole demo as its own process, started as a newcomer starts it: ``lti-tool demo``.

Not here: the browser (``conftest``), what people click (``visits``).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lti_tool.cli.seed import SCHOOL

COMMAND = Path(sys.executable).with_name("lti-tool")
START_SECONDS = 120
END_SECONDS = 40


@dataclass(frozen=True)
class Demo:
    """A running demo: the tool and the sandbox LMS, with the class already in it."""

    folder: Path
    port: int
    lms_port: int

    @property
    def tool_url(self) -> str:
        """The tool; another host than the LMS's, so that the frame is cross-site."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lms_url(self) -> str:
        """The sandbox LMS."""
        return f"http://localhost:{self.lms_port}"

    def access_link(self, role: str) -> str:
        """A new link for a ``registrar`` or ``administrator``, as the command line prints it."""
        done = subprocess.run(
            [COMMAND, "access", "add", "--role", role, "--school", SCHOOL],
            env=_environment(self.folder / "demo", {"LTI_TOOL_BASE_URL": self.tool_url}),
            check=True,
            capture_output=True,
            text=True,
        )
        words: list[str] = done.stdout.split()
        return next(word for word in words if word.startswith(self.tool_url))


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """A demo with its data in ``folder``; ended with the block.

    Raises RuntimeError with what it printed when it does not get ready.
    """
    demo = Demo(folder, free_port(), free_port())
    log = folder / "demo.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [COMMAND, "demo", f"--port={demo.port}", f"--lms-port={demo.lms_port}"],
            env=_environment(folder),
            stdout=written,
            stderr=written,
        )
        try:
            _wait_until_ready(process, log)
            yield demo
        finally:
            _end(process)


def _environment(folder: Path, settings: Mapping[str, str] | None = None) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "LTI_TOOL_DATA_DIR": str(folder), **(settings or {})}


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if "Ready after" in log.read_text(encoding="utf-8"):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the demo never got ready:\n{log.read_text(encoding='utf-8')}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
