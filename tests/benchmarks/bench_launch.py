"""Complete launches against two bare Flask requests each, under one gunicorn in one run.

The tool keeps its state in PostgreSQL; one worker with threads serves both, so that what counts is
what a launch costs the process that serves it. On more than two cores the load and the database
have their own. Not here: the load (``launch_load``), what is served (``launch_server``).
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.request import urlopen

from lti_tool.lti.keys import SigningKey, key_set, new_signing_key
from lti_tool.persistence.database import Database, upgrade
from lti_tool.persistence.platforms import PlatformDetails, add_platform, approve_deployment
from tests.benchmarks.launch_load import Plan, Round
from tests.postgresql import TEMPLATE, shared_server

ROOT = Path(__file__).parent.parent.parent
ISSUER, CLIENT = "https://lms.example.edu", "bench"
AIM = 0.6
START_SECONDS = 60


class _Keys(BaseHTTPRequestHandler):
    """The platform's key set; counts who asks for it, and who asks for an access token."""

    body = b""
    asked = 0
    tokens = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def do_POST(self) -> None:
        type(self).tokens += 1
        self.send_error(503)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


def measure() -> bool:
    """Print the share of the bare rate that launches reach; whether the platform's keys were
    fetched once and no access token was asked for. The share depends on how dear a round trip to
    the database is on the machine, so it is an aim and no limit."""
    key = new_signing_key()
    with _platform(key) as platform, tempfile.TemporaryDirectory() as folder:
        url = _database(Path(folder), platform)
        with _gunicorn(url, Path(folder)) as port:
            rounds = _load(Plan(port, ISSUER, CLIENT, key.kid, key.private_pem))
    _tell("the least any launch must do, to two bare", rounds, [each.least for each in rounds])
    _tell("launches of people who come back, to two bare", rounds, [e.back for e in rounds])
    _tell("launches of newcomers, to two bare", rounds, [each.new for each in rounds])
    within = _Keys.asked <= 1 and not _Keys.tokens
    kept = "" if within else "  TOO OFTEN"
    print(f"{'':<45}  keys fetched {_Keys.asked} times, tokens {_Keys.tokens} times{kept}")
    return within


def _tell(name: str, rounds: list[Round], seconds: list[float]) -> None:
    size = Plan.size
    share = median(each.bare / spent for each, spent in zip(rounds, seconds, strict=True))
    bare = median(2 * size / each.bare for each in rounds)
    rate = median(size / each for each in seconds)
    note = f"{rate:.0f} launches/s, {bare:.0f} bare requests/s"
    print(f"{name:<45} {share:7.2f}    (aim {AIM})  {note}")


@contextmanager
def _platform(key: SigningKey) -> Iterator[str]:
    _Keys.body = json.dumps(key_set([key])).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _database(folder: Path, platform: str) -> str:
    server = shared_server(folder, os.getpid(), lambda url: upgrade(url, ROOT / "migrations"))
    server.create("bench", template=TEMPLATE)
    url = server.url("bench")
    database = Database(url)
    now = datetime.now(UTC)
    details = PlatformDetails(
        name="LMS",
        issuer=ISSUER,
        client_id=CLIENT,
        auth_login_url=f"{ISSUER}/auth",
        auth_token_url=f"{platform}/token",
        key_set_url=f"{platform}/keys",
    )
    with database.transaction() as session:
        approve_deployment(session, add_platform(session, details, now=now), "1", now=now)
    database.close()
    return url


@contextmanager
def _gunicorn(url: str, folder: Path) -> Iterator[int]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")},
        "LTI_TOOL_DATABASE_URL": url,
        "LTI_TOOL_DATA_DIR": str(folder / "data"),
        "LTI_TOOL_BASE_URL": f"http://127.0.0.1:{port}",
        "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1",
    }
    options = ["--worker-class=gthread", "--workers=1", "--threads=8", f"--bind=127.0.0.1:{port}"]
    served = "tests.benchmarks.launch_server:application()"
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "--log-level=warning", served],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, port, folder / "gunicorn.log")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Until the worker answers: the port is open before it has started."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/bare/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not start:\n{log.read_text()}")


def _load(plan: Plan) -> list[Round]:
    command = [sys.executable, "-m", "tests.benchmarks.launch_load"]
    told = json.dumps(asdict(plan))
    ended = subprocess.run(
        command, cwd=ROOT, input=told, stdout=subprocess.PIPE, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError("the load ended early; its trouble stands above")
    return [Round(**json.loads(line)) for line in ended.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(0 if measure() else 1)
