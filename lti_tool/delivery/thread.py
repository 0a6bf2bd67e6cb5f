"""The embedded engine: a thread of the server process that delivers scores as they come."""

from threading import Event, Thread

import structlog

from lti_tool.persistence.database import DatabaseError

from .deliver import Deliverer

log = structlog.get_logger()

IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 10.0


class DeliveryThread:
    """Delivers until it is stopped; a database in trouble makes it wait, not end."""

    def __init__(self, deliverer: Deliverer) -> None:
        self._deliverer = deliverer
        self._stop = Event()
        self._thread = Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the score under way and end; unsent leases are given back."""
        self._stop.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                handled = self._deliverer.deliver_due(self._stop.is_set)
            except DatabaseError:
                log.exception("delivery waits for the database")
                self._stop.wait(TROUBLE_SECONDS)
                continue
            if handled == 0:
                self._stop.wait(IDLE_SECONDS)
