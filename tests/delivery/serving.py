"""Serves a WSGI application from a thread of the test, at a free port of this machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class _Silent(WSGIRequestHandler):
    """Writes no line for every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def _not_yet(_environ: object, start: Callable[..., object]) -> list[bytes]:
    start("503 Service Unavailable", [])
    return []


@contextmanager
def served(build: Callable[[str], Any]) -> Iterator[Any]:
    """The application that ``build`` makes of its own address, served while the block runs."""
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True, request_handler=_Silent)
    server.app = build(f"http://127.0.0.1:{server.port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
