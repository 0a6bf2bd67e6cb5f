"""One platform's connections: so many scores are posted to it at a time, each in a thread.

A platform that hangs holds up its own lane alone. Once a lane is closed, because the platform is in
trouble or delivery stops, what has not begun comes back untried. Not here: claims and what is
stored (``deliver``).
"""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event

import structlog

from lti_tool.lti.answers import RetryLater

from .errand import Errand
from .outcomes import NotTried, Outcome
from .patience import FAILURES_IN_A_ROW

log = structlog.get_logger()


class Lane:
    """Used by one thread; ``send`` is called by others. Each errand's outcome comes to ``done``."""

    def __init__(
        self,
        connections: int,
        size: int,
        send: Callable[[Errand], Outcome],
        done: "SimpleQueue[Outcome]",
    ) -> None:
        self.size = size
        self.had_more = False
        """Whether there was more due than the last claim could take."""
        self._send = send
        self._done = done
        self._closed = Event()
        self._failures = 0
        self._pool = ThreadPoolExecutor(connections, thread_name_prefix="lane")
        self._held: dict[int, Errand] = {}

    @property
    def held(self) -> Collection[Errand]:
        """What was put in and has not been taken out."""
        return self._held.values()

    @property
    def room(self) -> int:
        """How many more may be put in."""
        return self.size - len(self._held)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is begun."""
        return self._closed.is_set()

    def put(self, errand: Errand) -> None:
        """Have it sent after those before it."""
        self._held[errand.delivery.id] = errand
        self._pool.submit(self._run, errand).add_done_callback(
            lambda ran: self._report(errand, ran)
        )

    def take_out(self, outcome: Outcome) -> None:
        """Its outcome was seen."""
        self._held.pop(outcome.delivery.id, None)

    def close(self) -> None:
        """Begin nothing more."""
        self._closed.set()

    def end(self) -> None:
        """Close, and wait until what is under way has come to ``done``."""
        self.close()
        self._pool.shutdown(wait=True)

    def _run(self, errand: Errand) -> Outcome:
        if self._closed.is_set():
            return Outcome(errand.delivery, errand.platform_id, NotTried())
        outcome = self._send(errand)
        trouble = outcome.platform_trouble
        self._failures = self._failures + 1 if trouble is not None else 0
        if trouble is not None and (
            trouble.after is not None or self._failures >= FAILURES_IN_A_ROW
        ):
            self._closed.set()
        return outcome

    def _report(self, errand: Errand, ran: "Future[Outcome]") -> None:
        """What nobody foresaw must neither end delivery nor keep the score back for ever."""
        error = ran.exception()
        if error is None:
            self._done.put(ran.result())
            return
        log.error("a score could not be sent", score=errand.delivery.id, exc_info=error)
        failed = RetryLater("tool_error", None, type(error).__name__)
        self._done.put(Outcome(errand.delivery, errand.platform_id, failed))
