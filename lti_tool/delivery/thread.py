"""The embedded engine: threads of the server process that deliver scores as they come.

Each engine has a thread of its own, so that a long class list holds up no score. The loop is
``keep_delivering``; ``lti-tool deliver`` runs the same without a server.
"""

from collections.abc import Sequence
from threading import Event, Thread

import structlog

from .deliver import Deliverer
from .rounds import Engine

log = structlog.get_logger()

IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 2.0


def keep_delivering(
    deliverer: Engine,
    stop: Event,
    *,
    work: Event | None = None,
    trouble_seconds: float = TROUBLE_SECONDS,
) -> None:
    """Deliver until ``stop`` is set; what is under way is finished first. ``work`` is set when
    something may have become due.

    Whatever goes wrong makes it wait, not end: nobody would notice that scores stay here.
    """
    woken = work or Event()
    while not stop.is_set():
        woken.clear()
        try:
            handled = deliverer.deliver_due(stop.is_set)
        except Exception:
            log.exception("delivery is in trouble and goes on later")
            stop.wait(trouble_seconds)
            continue
        if handled == 0 and not stop.is_set():
            woken.wait(IDLE_SECONDS)


class DeliveryThread:
    """Delivers in the background until it is stopped."""

    def __init__(self, *engines: Engine) -> None:
        self._stop = Event()
        self._work = [Event() for _ in engines]
        both = zip(engines, self._work, strict=True)
        self._scores = [work for engine, work in both if isinstance(engine, Deliverer)]
        self._threads = [
            Thread(
                target=keep_delivering,
                args=(engine, self._stop),
                kwargs={"work": work},
                name="delivery",
                daemon=True,
            )
            for engine, work in zip(engines, self._work, strict=True)
        ]

    def start(self) -> None:
        """Begin delivering."""
        for each in self._threads:
            each.start()

    def announce(self, _score_ids: Sequence[int] = ()) -> None:
        """Scores were queued: look for them now. The other engines are left alone: on SQLite
        each look of theirs would wait for the one writer there may be."""
        for each in self._scores:
            each.set()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish what is under way and end."""
        self._stop.set()
        for work in self._work:
            work.set()
        for thread in self._threads:
            thread.join(seconds)
