"""``lti-tool serve``, ``deliver`` and ``worker``: the processes that run the tool."""

import argparse
import signal
import time
from types import FrameType

import waitress

from lti_tool.app import build_engines, build_worker, create_app
from lti_tool.delivery.rounds import Rounds
from lti_tool.delivery.tasks import deliver_all
from lti_tool.delivery.thread import DeliveryThread

from .console import ConsoleError, said, say
from .environment import HOST, PORT, open_parts, settings_from_environment

THREADS = 8
IDLE_SECONDS = 1.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    serve = commands.add_parser("serve", help="serve the pages and deliver scores")
    serve.add_argument("--host", default=HOST)
    serve.add_argument("--port", type=int, default=PORT)
    serve.add_argument("--no-delivery", action="store_true", help="leave delivery to others")
    serve.set_defaults(run=_serve)
    deliver = commands.add_parser("deliver", help="deliver scores, without serving pages")
    deliver.add_argument("--once", action="store_true", help="send what is due, then end")
    deliver.set_defaults(run=_deliver)
    worker = commands.add_parser("worker", help="deliver scores as a Celery worker")
    worker.set_defaults(run=_worker)


def _serve(options: argparse.Namespace) -> int:
    settings = settings_from_environment(options.host, options.port)
    parts = open_parts(settings)
    embedded = not options.no_delivery and settings.broker_url is None
    engine = DeliveryThread(*build_engines(parts)) if embedded else None
    app = create_app(parts, announce=engine.announce if engine else None)
    signal.signal(signal.SIGTERM, end_in_order)
    if engine is not None:
        engine.start()
    say(f"达标已启动：{settings.base_url}", f"Dabiao serves {settings.base_url}")
    try:
        waitress.serve(app, host=options.host, port=options.port, threads=THREADS, ident=None)
    except OSError as taken:
        address = f"{options.host}:{options.port}"
        raise ConsoleError(
            said(f"无法监听 {address}：{taken}", f"cannot listen at {address}: {taken}"), code=1
        ) from taken
    finally:
        if engine is not None:
            engine.stop()
        parts.database.close()
    return 0


def _deliver(options: argparse.Namespace) -> int:
    parts = open_parts()
    engines = build_engines(parts)
    if options.once:
        count = deliver_all(Rounds(*engines))
        say(f"处理了 {count} 个成绩。", f"Handled {count} scores.")
        return 0
    engine = DeliveryThread(*engines)
    signal.signal(signal.SIGTERM, end_in_order)
    engine.start()
    try:
        while True:
            time.sleep(IDLE_SECONDS)
    finally:
        engine.stop()
        parts.database.close()


def _worker(_options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    if settings.broker_url is None:
        raise ConsoleError(said("须设置 LTI_TOOL_BROKER_URL", "set LTI_TOOL_BROKER_URL first"))
    build_worker(open_parts(settings), settings.broker_url).run()
    return 0


def end_in_order(_signal: int, _frame: FrameType | None) -> None:
    """On SIGTERM: leave through the ``finally`` clauses, so that work in flight is finished."""
    raise SystemExit(0)
