"""Debian's Firefox for a few tests, by WebDriver BiDi over a WebSocket: pages, frames, scripts.

Debian has no geckodriver and Playwright drives only a Firefox of its own, so this speaks the
protocol itself, as little of it as is needed. Not here: what is tested
(``test_cookieless_firefox``).
"""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 30
"""Seconds for the browser to start, and for a page to come."""
PREFERENCES: Mapping[str, object] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "intl.accept_languages": "zh-CN",
    # Every name is this machine: no way out of it.
    "network.dns.native-is-localhost": True,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


@dataclass(frozen=True)
class Tab:
    """A page, or a frame inside one."""

    address: str
    context: str


class Firefox:
    """A running Firefox."""

    def __init__(self, port: int) -> None:
        self._socket = _WebSocket("127.0.0.1", port, "/session")
        self._numbers = count(1)
        trusting = {"alwaysMatch": {"acceptInsecureCerts": True}}
        self._call("session.new", capabilities=trusting)

    def open(self, address: str) -> Tab:
        """Show an address in the tab that is there."""
        context = self._tree()[0]["context"]
        self._call("browsingContext.navigate", context=context, url=address, wait="complete")
        return Tab(address, context)

    def tabs(self) -> list[Tab]:
        """All tabs."""
        return [Tab(each["url"], each["context"]) for each in self._tree()]

    def frames(self) -> list[Tab]:
        """The frames in all tabs."""
        inside = (frame for tab in self._tree() for frame in tab["children"])
        return [Tab(each["url"], each["context"]) for each in inside]

    def run(self, tab: Tab, expression: str) -> Any:
        """The value of an expression in a page, as if the person had just clicked there; None
        when the page is gone meanwhile or the expression fails."""
        answer = self._ask(
            "script.evaluate",
            expression=expression,
            target={"context": tab.context},
            awaitPromise=False,
            userActivation=True,
        )
        return answer.get("result", {}).get("result", {}).get("value")

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()

    def _tree(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("browsingContext.getTree")["contexts"]
        return found

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        answer = self._ask(method, **parameters)
        if answer["type"] != "success":
            raise RuntimeError(f"{method}: {answer}")
        result: dict[str, Any] = answer["result"]
        return result

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.receive())
            if answer.get("id") == number:
                return answer


def until(found: Callable[[], T | None], what: str) -> T:
    """The first value that is not None or False. Raises AssertionError naming ``what``."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"never seen: {what}")


@contextmanager
def running_firefox(profile: Path, preferences: Mapping[str, object]) -> Iterator[Firefox]:
    """A Firefox without a window, with a new profile in this folder; ended with the block."""
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in {**PREFERENCES, **preferences}.items()
    ]
    profile.mkdir()
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    program = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox-esr"
    arguments = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"]
    process = subprocess.Popen(
        [program, *arguments, str(profile)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with closing(Firefox(_port(profile / "WebDriverBiDiServer.json"))) as firefox:
            yield firefox
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(told: Path) -> int:
    def read() -> int | None:
        try:
            port: int = json.loads(told.read_text(encoding="utf-8"))["ws_port"]
        except (OSError, ValueError):
            return None
        return port

    return until(read, "Firefox's port")


class _WebSocket:
    """The client's side of RFC 6455: text messages, whole or in pieces."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=PATIENCE)
        self._file = self._socket.makefile("rb")
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        if b" 101 " not in self._file.readline():
            raise RuntimeError("Firefox takes no WebSocket")
        while self._file.readline().strip():
            pass

    def send(self, text: str) -> None:
        """One message in one masked frame."""
        body, mask = text.encode(), secrets.token_bytes(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        length = (
            bytes([0x80 | len(body)])
            if len(body) < 126
            else bytes([0x80 | 126]) + len(body).to_bytes(2)
        )
        self._socket.sendall(b"\x81" + length + mask + masked)

    def receive(self) -> str:
        """The next text message; what else comes is left out."""
        pieces: list[bytes] = []
        while True:
            first, size = self._file.read(2)
            if size >= 126:
                size = int.from_bytes(self._file.read(2 if size == 126 else 8))
            body = self._file.read(size)
            if first & 0x0F <= 1:
                pieces.append(body)
                if first & 0x80:
                    return b"".join(pieces).decode()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()
