"""gunicorn and nginx as they are configured in deploy/: what a restart costs, what a proxy hands on
and logs.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from pytest_httpserver import HTTPServer

from tests.journeys.servers import free_port

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
SECRET = "5Yb0Wq8gJz0aWq1xJz0aWq1x"
PATIENCE = 60
CONFIGURATION = "gunicorn.conf.py"
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", sys.argv[2]])
"""
"""The first socket handed over is number 3; LISTEN_PID is known only once the process is there."""


def started(address: socket.socket, folder: Path, url: str) -> "subprocess.Popen[bytes]":
    """gunicorn with the socket handed over, as systemd does it (sd_listen_fds(3))."""
    environment = {
        "PATH": os.environ["PATH"],
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_DATABASE_URL": url,
        "LTI_TOOL_BASE_URL": "https://tool.example",
        "WEB_CONCURRENCY": "2",
        "LISTEN_FDS": "1",
    }
    command = [sys.executable, "-c", HAND_OVER, str(address.fileno()), str(DEPLOY / CONFIGURATION)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            env=environment,
            pass_fds=(address.fileno(),),
            stdout=log,
            stderr=log,
            cwd=DEPLOY.parent,
        )


def ended(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGTERM)
    server.wait(PATIENCE)


def answers(port: int) -> int:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).status_code


def test_no_request_is_refused_while_the_service_restarts(sqlite_url: str, tmp_path: Path) -> None:
    """systemd's socket keeps the address, gunicorn ends what it has begun."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as address:
        port = address.getsockname()[1]
        server = started(address, tmp_path, sqlite_url)
        assert answers(port) == 200, (tmp_path / "log").read_text()
        given: list[int | str] = []
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                try:
                    given.append(answers(port))
                except requests.RequestException as refused:
                    given.append(type(refused).__name__)

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for each in askers:
            each.start()
        ended(server)
        server = started(address, tmp_path, sqlite_url)
        until = len(given) + 8
        deadline = time.monotonic() + PATIENCE
        while len(given) < until and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        for each in askers:
            each.join()
        ended(server)
    assert len(given) >= 8
    assert set(given) == {200}
    said = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum("Starting gunicorn" in each["event"] for each in said) == 2


@pytest.fixture
def proxy(httpserver: HTTPServer, tmp_path: Path) -> Iterator[str]:
    """nginx with the site of deploy/, without TLS, before a server that answers everything."""
    httpserver.expect_request(re.compile("/.*")).respond_with_data("ok")
    site = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    head, _, rest = site.partition("server {\n    listen 80;")
    tls = "server {\n" + rest.partition("server {\n")[2]
    port = free_port()
    tls = re.sub(r"    listen 443 ssl http2;", f"    listen 127.0.0.1:{port};", tls)
    tls = re.sub(r"    (listen \[::\]|ssl_)[^\n]*\n", "", tls)
    site = (head + tls).replace("/var/log/nginx", str(tmp_path))
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{httpserver.port}")
    places = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; daemon off; error_log {tmp_path}/error;"
        f"events {{}} http {{ {places} {site} }}"
    )
    with _nginx(tmp_path, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _nginx(folder: Path, port: int) -> Iterator[None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-e", f"{folder}/error", "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def written(path: Path) -> str:
    """What a log says once it says something: nginx writes after it has answered."""
    deadline = time.monotonic() + PATIENCE
    while not path.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    return path.read_text()


@pytest.mark.parametrize(
    "path",
    [
        f"/s/{SECRET}/teacher/",
        f"/s/{SECRET}",
        f"/enter/{SECRET}",
        f"/lti/register/{SECRET}?registration_token={SECRET}",
        f"/lti/login?login_hint={SECRET}",
    ],
    ids=["page", "session", "link", "registration", "login"],
)
def test_the_proxy_logs_no_token(proxy: str, path: str, tmp_path: Path) -> None:
    assert requests.get(proxy + path, headers={"Referer": SECRET}, timeout=5).text == "ok"
    log = written(tmp_path / "dabiao.log")
    assert "GET /" in log
    assert SECRET not in log
    assert not (tmp_path / "dabiao-error.log").read_text()


def test_the_proxy_tells_whom_it_heard_and_not_what_they_claim(
    proxy: str, httpserver: HTTPServer
) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.7", "X-Request-Id": "made-up-by-somebody"}
    requests.get(f"{proxy}/lti/login", headers=claimed, timeout=5)
    (got, _) = httpserver.log[-1]
    assert got.headers["X-Forwarded-For"] == "127.0.0.1"
    assert re.fullmatch(r"[0-9a-f]{32}", got.headers["X-Request-Id"])


def test_the_proxy_keeps_metrics_to_this_machine(proxy: str) -> None:
    assert requests.get(f"{proxy}/metrics", timeout=5).status_code == 404


def test_the_proxy_compresses_pages(proxy: str, httpserver: HTTPServer) -> None:
    page = "<td>3</td>" * 19_200
    httpserver.expect_oneshot_request("/class").respond_with_data(page, content_type="text/html")
    answer = requests.get(f"{proxy}/class", timeout=5)
    assert answer.text == page
    assert answer.headers["Content-Encoding"] == "gzip"
