"""The Celery engine: workers on a broker run the same delivery as the embedded threads.

A message carries the id of a score in the outbox and nothing else; what is due, and how, stands in
the outbox. Whoever gets the message sends that score and whatever else is due, so that one message
among many lost loses nothing, and a doubled one finds nothing to do. ``Sweep`` sends messages for
what is due and not taken up: after a message was lost, a wait ran out or a worker died.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from celery import Celery

from lti_tool.persistence import deliveries
from lti_tool.persistence.database import Database

from .rounds import Engine

QUEUE = "lti-tool-scores"
DELIVER = "lti_tool.deliver"
EXPIRES_SECONDS = 30
"""A message that no worker took by then is dropped: the sweep has sent others."""
TASK_SECONDS = 60.0
"""After so long a task ends, whatever is due: RabbitMQ takes a message back that is not
acknowledged for half an hour."""
BROKER_SECONDS = 3
SWEPT = 4
"""For so many scores of each platform the sweep sends a message at a time: as many workers may
share the work."""


def delivery_app(broker_url: str) -> Celery:
    """A Celery application for a RabbitMQ quorum queue; it sends messages and has no task yet."""
    app = Celery("lti_tool", broker=broker_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_ignore_result=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_timeout=BROKER_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"confirm_publish": True},
    )
    return app


def add_task(
    app: Celery, scores: Engine, is_due: Callable[[int], bool], stopping: Callable[[], bool]
) -> None:
    """Let this application's workers deliver with ``scores``, which serves one thread. When
    ``stopping`` says so they finish what is under way and claim nothing more."""

    # Celery writes a function's header anew from its name, so a lambda will not do.
    def deliver(score_id: int) -> None:
        if is_due(score_id):
            deliver_all(scores, _within(TASK_SECONDS, stopping))

    app.task(name=DELIVER, shared=False)(deliver)


def publish(app: Celery, score_id: int) -> None:
    """Send the message for a score. Raises OperationalError where there is no broker."""
    app.send_task(DELIVER, args=[score_id], expires=EXPIRES_SECONDS)


def deliver_all(deliverer: Engine, stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver until nothing is due; returns how many pieces were handled."""
    total = 0
    while handled := deliverer.deliver_due(stopping):
        total += handled
    return total


def _within(seconds: float, stopping: Callable[[], bool]) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: stopping() or time.monotonic() > end


class Due:
    """What the outbox says is due, by the clock of this process."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def __call__(self, score_id: int) -> bool:
        """Whether this very score may be claimed."""
        with self._database.reading() as session:
            return deliveries.is_due(session, score_id, self._clock())

    def ids(self, limit: int) -> Sequence[int]:
        """For each platform the ids of some scores that are due."""
        with self._database.reading() as session:
            return deliveries.due_ids(session, self._clock(), limit)


class Sweep:
    """Finds due scores that nobody has taken up, and sends a message for some of each platform."""

    def __init__(self, due: Due, announce: Callable[[int], None]) -> None:
        self._due = due
        self._announce = announce

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Send the messages; that counts as nothing handled. Raises OperationalError as
        ``publish`` does."""
        for each in () if stopping() else self._due.ids(SWEPT):
            self._announce(each)
        return 0
