"""A RabbitMQ of a test's own: one node in a folder of its own under /tmp, on free ports of this
machine. Nothing of it stays, and no other node on the machine sees it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .servers import free_port

SERVER_USER = "rabbitmq"
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's program; the one on the path is a wrapper that leaves only known settings."""
START_SECONDS = 90
LONGEST_SECONDS = 300
"""A node that nobody ended, because the tests were killed, ends by itself."""


@contextmanager
def broker(longest: int = LONGEST_SECONDS) -> Iterator[str]:
    """A running node; gives its address, as Celery writes it. It ends by itself after ``longest``
    seconds."""
    folder = Path(tempfile.mkdtemp(prefix="mq-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    ports = {name: free_port() for name in ("node", "distribution", "names")}
    environment = _environment(folder, ports)
    # The node would start a name server by itself that then outlives it.
    names = _start(["epmd", "-port", str(ports["names"])], folder, environment, longest)
    server = _start([_program()], folder, environment, longest)
    try:
        _wait_for(ports["node"], server, folder)
        yield f"amqp://guest:guest@127.0.0.1:{ports['node']}//"
    finally:
        for process in (server, names):
            process.terminate()
            process.wait(30)
        shutil.rmtree(folder)


def _environment(folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(ports["names"]),
        "ERL_CRASH_DUMP_BYTES": "0",
        "RABBITMQ_NODENAME": "test@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(ports["node"]),
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_SERVER_START_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": f"{folder}/data",
        "RABBITMQ_LOG_BASE": f"{folder}/log",
        "RABBITMQ_PID_FILE": f"{folder}/pid",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
        "RABBITMQ_CONFIG_FILE": f"{folder}/none",
        "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/none.config",
        "RABBITMQ_CONF_ENV_FILE": f"{folder}/none-env.conf",
    }


def _start(
    command: list[str], folder: Path, environment: Mapping[str, str], longest: int
) -> "subprocess.Popen[bytes]":
    """``timeout`` leads a group of its own, and what ends it ends the whole group."""
    if os.geteuid() == 0:
        user = f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--init-groups"
        command = ["setpriv", *user, *command]
    limited = ["timeout", "--kill-after=10", str(longest), *command]
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(
            limited, cwd=folder, env=dict(environment), stdout=output, stderr=output
        )


def _wait_for(port: int, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"RabbitMQ did not start:\n{(folder / 'output').read_text()}")


def _program() -> str:
    found = str(PROGRAM) if PROGRAM.exists() else shutil.which("rabbitmq-server")
    if found is None:
        raise RuntimeError("rabbitmq-server was not found: make setup says what to install")
    return found
