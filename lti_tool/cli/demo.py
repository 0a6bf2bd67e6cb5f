"""``lti-tool demo``: the tool and a sandbox LMS side by side, with an invented class."""

import argparse
import shutil
import signal
import time
from collections.abc import Sequence
from threading import Thread

import waitress
from flask import Flask

from lti_tool.app import Parts, build_engines, build_parts, create_app
from lti_tool.delivery.thread import DeliveryThread
from lti_tool.persistence.database import upgrade
from lti_tool.sandbox import SandboxSettings, create_sandbox
from lti_tool.settings import read_settings

from .console import ConsoleError, said, say
from .environment import HOST, PORT, settings_from_environment
from .seed import fill
from .serve import THREADS, end_in_order

LMS_HOST = "localhost"
"""Another host than the tool's, so that the browser treats the tool in the LMS's frame as third
party, as it does at a real school."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    demo = commands.add_parser("demo", help="try everything with an invented class")
    demo.add_argument("--port", type=int, default=PORT, help="the tool's port")
    demo.add_argument("--lms-port", type=int, default=PORT + 1, help="the sandbox LMS's port")
    demo.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    begun = time.monotonic()
    parts = _fresh_parts(options.port)
    sandbox = create_sandbox(
        SandboxSettings(
            base_url=f"http://{LMS_HOST}:{options.lms_port}",
            tool_base_url=parts.settings.base_url,
        )
    )
    engine = DeliveryThread(*build_engines(parts))
    app = create_app(parts, announce=engine.announce, with_design_page=True)
    servers = [_serve(app, options.port)]
    servers.append(_serve(sandbox, options.lms_port))
    say("正在准备一个 30 人的班级……", "Preparing a class of 30…")
    fill(parts, sandbox.extensions["sandbox"])
    signal.signal(signal.SIGTERM, end_in_order)
    engine.start()
    seconds = round(time.monotonic() - begun)
    url = f"http://{LMS_HOST}:{options.lms_port}/"
    say(
        f"{seconds} 秒后就绪。请在浏览器中打开 {url} （按 Ctrl+C 结束）",
        f"Ready after {seconds} seconds. Open {url} in a browser (Ctrl+C ends it)",
    )
    try:
        _wait_for(servers)
    except KeyboardInterrupt:
        say("演示已结束。", "The demo has ended.")
    finally:
        engine.stop()
        parts.database.close()
    return 0


def _fresh_parts(port: int) -> Parts:
    """The tool over a new, empty SQLite database beside the real data, never in it."""
    folder = settings_from_environment().data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    settings = read_settings(
        {
            "LTI_TOOL_DATA_DIR": str(folder),
            "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1",
            "LTI_TOOL_LOG": "quiet",
        },
        default_base_url=f"http://{HOST}:{port}",
    )
    upgrade(settings.database_url, settings.migrations_dir)
    return build_parts(settings)


def _serve(app: Flask, port: int) -> Thread:
    """Serve the application on a thread of its own, which ends with the process."""
    try:
        server = waitress.create_server(app, host=HOST, port=port, threads=THREADS, ident=None)
    except OSError as taken:
        raise ConsoleError(
            said(
                f"端口 {port} 不可用（{taken}）；用 --port 和 --lms-port 另选",
                f"port {port} cannot be used ({taken}); choose others with --port and --lms-port",
            ),
            code=1,
        ) from taken
    thread = Thread(target=server.run, name=f"port-{port}", daemon=True)
    thread.start()
    return thread


def _wait_for(servers: Sequence[Thread]) -> None:
    while all(each.is_alive() for each in servers):
        time.sleep(0.5)
