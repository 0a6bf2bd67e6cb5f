"""The programs of a journey: the tool as its own process, and the LMS it is connected to.

The tool is its own command line in processes of its own, told everything by their environment and
arguments, as at a school. Not here: the Open edX side (``openedx``), what people do (``people``).
"""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import requests
from werkzeug.serving import BaseWSGIServer, make_server

from lti_tool.app import Parts, build_parts
from lti_tool.sandbox import Registration, Sandbox, SandboxSettings, create_sandbox
from lti_tool.settings import read_settings
from tests.processes import Runner, command

START_SECONDS = 120
END_SECONDS = 40


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(runs: Callable[[], bool], url: str, log: Path) -> None:
    """Return once ``url`` answers. Raises RuntimeError with the log if it no longer runs before."""
    deadline = time.monotonic() + START_SECONDS
    while runs() and time.monotonic() < deadline:
        try:
            with requests.Session() as session:
                session.trust_env = False
                if session.get(url, timeout=5).ok:
                    return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} never answered:\n{log.read_text()}")


@dataclass
class Tool:
    """The tool with a data directory of its own. ``database_url`` empty: SQLite in there;
    ``broker_url`` empty: no Celery."""

    folder: Path
    database_url: str = ""
    broker_url: str = ""
    port: int = field(default_factory=free_port)
    server: Runner | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Mapping[str, str]:
        """What the tool's environment says of it."""
        given = {
            "LTI_TOOL_DATA_DIR": str(self.folder),
            "LTI_TOOL_BASE_URL": self.base_url,
            "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1",
        }
        told = {
            "LTI_TOOL_DATABASE_URL": self.database_url,
            "LTI_TOOL_BROKER_URL": self.broker_url,
        }
        return given | {name: value for name, value in told.items() if value}

    def run(self, *arguments: str) -> str:
        """One command to its end; returns what it printed. Raises RuntimeError if it fails."""
        log = self.folder / f"{arguments[0]}.log"
        log.unlink(missing_ok=True)
        runner = self.start(*arguments)
        if runner.wait():
            raise RuntimeError(f"lti-tool {arguments[0]} failed: {log.read_text()}")
        return log.read_text()

    def start(self, *arguments: str) -> Runner:
        """Start one command; what it prints goes into a log of its name."""
        log = self.folder / f"{arguments[0]}.log"
        runner = Runner(arguments[0], command, arguments, self._environment(), log)
        runner.start()
        return runner

    def serve(self, *options: str) -> None:
        """Start the server and wait until it answers."""
        runner = self.server = self.start("serve", f"--port={self.port}", *options)
        wait_for(lambda: runner.runs, f"{self.base_url}/readyz", runner.log)

    def end(self) -> None:
        """Ask the server to end, and wait until it has."""
        if self.server is not None:
            self.server.end(END_SECONDS)
            self.server = None

    def kill(self) -> None:
        """End the server without giving it a chance to finish anything."""
        if self.server is not None:
            self.server.kill()
            self.server = None

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The tool's database and standards, opened beside the server: for earlier history."""
        parts = build_parts(read_settings(self.settings, default_base_url=self.base_url))
        try:
            yield parts
        finally:
            parts.database.close()

    def _environment(self) -> dict[str, str]:
        """Nothing of the person who runs this but where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "LANG": "C.UTF-8", **self.settings}


@contextmanager
def serving(folder: Path, database_url: str = "") -> Iterator[Tool]:
    """A tool over a database that is set up but not served yet; ended with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    tool = Tool(folder, database_url)
    try:
        yield tool
    finally:
        tool.end()


class SandboxServer:
    """A sandbox LMS over HTTP; it may be away for a while and forgets nothing meanwhile."""

    def __init__(self, tool: Tool, *, class_size: int) -> None:
        self._held = _held_port()
        self._port: int = self._held.getsockname()[1]
        settings = SandboxSettings(f"http://localhost:{self._port}", tool.base_url)
        self._app = create_sandbox(settings, class_size=class_size)
        self._server: BaseWSGIServer | None = None

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self._app.extensions["sandbox"]
        return found

    def start(self) -> None:
        """Answer from now on, if it does not already."""
        if self._server is not None:
            return
        self._server = make_server("127.0.0.1", self._port, self._app, threaded=True)
        Thread(target=self._server.serve_forever, name="sandbox", daemon=True).start()

    def stop(self) -> None:
        """Be unreachable from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._held.close()


@contextmanager
def sandbox_beside(tool: Tool, *, class_size: int = 3) -> Iterator[SandboxServer]:
    """A sandbox LMS whose links open this tool, served until the block ends."""
    server = SandboxServer(tool, class_size=class_size)
    server.start()
    try:
        yield server
    finally:
        server.close()


def _held_port() -> socket.socket:
    """A port that stays ours while nobody listens: no outgoing connection may be given it."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def connect(tool: Tool, told: Registration, *, approved: bool = True) -> None:
    """Tell the tool of a platform, as its administrator does."""
    options = {
        "name": told.name,
        "issuer": told.issuer,
        "client-id": told.client_id,
        "auth-login-url": told.auth_login_url,
        "auth-token-url": told.auth_token_url,
        "key-set-url": told.key_set_url,
        "frame-origin": told.frame_origin,
        "registrar-role": told.registrar_role,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    if approved:
        given.append(f"--deployment-id={told.deployment_id}")
    tool.run("platform", "add", *given)
