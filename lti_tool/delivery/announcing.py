"""Tells workers at once that a score was queued, so that it need not wait for their sweep.

A broker that is away must neither delay a page nor lose a score: what cannot be said is dropped,
and the sweep finds the score in the outbox. Not here: the messages (``tasks``).
"""

from collections.abc import Callable, Sequence
from queue import Full, Queue
from threading import Lock, Thread
from time import sleep

import structlog
from celery.exceptions import OperationalError

log = structlog.get_logger()

MOST_WAITING = 1000
MOST_AT_ONCE = 4
"""Of many scores queued together these are told: whoever gets one message sends all that is due."""
PAUSE_SECONDS = 5.0


class Announcer:
    """Sends messages from a thread of its own, which begins with the first: a server may fork
    before it serves."""

    def __init__(self, publish: Callable[[int], None]) -> None:
        self._publish = publish
        self._waiting: Queue[int] = Queue(MOST_WAITING)
        self._starting = Lock()
        self._thread: Thread | None = None

    def __call__(self, score_ids: Sequence[int]) -> None:
        """Tell of these scores soon; returns at once."""
        for each in score_ids[:MOST_AT_ONCE]:
            try:
                self._waiting.put_nowait(each)
            except Full:
                break
        if score_ids:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._tell, name="announcer", daemon=True)
                self._thread.start()

    def _tell(self) -> None:
        while True:
            score_id = self._waiting.get()
            try:
                self._publish(score_id)
            except OperationalError as error:
                log.warning("the broker does not answer", error=type(error).__name__)
                sleep(PAUSE_SECONDS)
