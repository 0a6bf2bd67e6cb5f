"""The embedded engine: a thread of the server process that delivers scores as they come.

``keep_delivering`` is its loop, which ``lti-tool deliver`` runs without a server.
"""

from threading import Event, Thread

import structlog

from .rounds import Engine

log = structlog.get_logger()

IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 10.0


def keep_delivering(
    deliverer: Engine, stop: Event, *, trouble_seconds: float = TROUBLE_SECONDS
) -> None:
    """Deliver until ``stop`` is set; the score under way is finished first.

    Whatever goes wrong makes it wait, not end: nobody would notice that scores stay here. A
    score in whose delivery it went wrong keeps its lease, so that the others come first.
    """
    while not stop.is_set():
        try:
            handled = deliverer.deliver_due(stop.is_set)
        except Exception:
            log.exception("delivery is in trouble and goes on later")
            stop.wait(trouble_seconds)
            continue
        if handled == 0:
            stop.wait(IDLE_SECONDS)


class DeliveryThread:
    """Delivers in the background until it is stopped."""

    def __init__(self, deliverer: Engine) -> None:
        self._stop = Event()
        self._thread = Thread(
            target=keep_delivering, args=(deliverer, self._stop), name="delivery", daemon=True
        )

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the score under way and end."""
        self._stop.set()
        self._thread.join(seconds)
