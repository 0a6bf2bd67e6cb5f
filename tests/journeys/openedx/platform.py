"""Starts the Open edX side as a program of its own and speaks to its course pages over HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.journeys.servers import END_SECONDS, Tool, free_port, wait_for

TOP = Path(__file__).parents[3]
SERVER = "tests.journeys.openedx.server"


@dataclass(frozen=True)
class OpenEdx:
    """The course at ``base_url``."""

    base_url: str

    def unit(self, name: str, role: str, user: str) -> str:
        """Where a person opens a unit; roles are Open edX's own words."""
        return f"{self.base_url}/units/{name}/as/{role}/{user}"

    def choosing(self, name: str, user: str) -> str:
        """Where an author chooses a unit's content in the tool."""
        return f"{self.base_url}/units/{name}/choose/{user}"

    def content(self, name: str) -> Any:
        """What Open edX understood of what was chosen."""
        return self._json(f"units/{name}/content")

    def columns(self) -> Sequence[Any]:
        """All line items with their scores, oldest first."""
        found: Sequence[Any] = self._json("gradebook")
        return found

    def score(self, unit: str, tag: str, user: str) -> Any:
        """What a student has in the first column of a unit with this tag; None for nothing."""
        columns = [each for each in self.columns() if (each["unit"], each["tag"]) == (unit, tag)]
        return columns[0]["scores"].get(user) if columns else None

    def register(self, tool: Tool) -> None:
        """Tell the tool what an author of the course reads there."""
        told = self._json("registration")
        tool.run(
            "platform",
            "add",
            "--name=Open edX",
            f"--issuer={told['issuer']}",
            f"--client-id={told['client_id']}",
            f"--auth-login-url={told['oidc_callback']}",
            f"--auth-token-url={told['token_url']}",
            f"--key-set-url={told['keyset_url']}",
            f"--deployment-id={told['deployment_id']}",
        )

    def _json(self, path: str) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"{self.base_url}/{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def openedx_beside(tool: Tool, folder: Path) -> Iterator[OpenEdx]:
    """The course, served for this tool until the block ends."""
    port, log = free_port(), folder / "openedx.log"
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", SERVER, str(port), tool.base_url, str(folder)]
    with log.open("wb") as written:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = subprocess.Popen(
            command, cwd=TOP, env=environment, stdout=written, stderr=written
        )
    try:
        wait_for(lambda: process.poll() is None, f"{base_url}/gradebook", log)
        yield OpenEdx(base_url)
    finally:
        process.terminate()
        process.wait(END_SECONDS)
