"""A worker process: Celery takes the messages and sends scores; beside it, in threads of their own,
the other errands to LMSs and the sweep. Not here: what a message means (``tasks``).
"""

from collections.abc import Sequence
from functools import partial
from threading import Event

from celery import Celery, signals

from .rounds import Engine
from .tasks import Due, Sweep, add_task, publish
from .thread import DeliveryThread

OPTIONS = ("worker", "--pool=threads", "--concurrency=1", "--loglevel=WARNING")
"""One task at a time: it posts in several threads by itself, and a process that is killed takes all
of them along."""


class Worker:
    """Runs until the process is asked to end; then what is under way is finished."""

    def __init__(self, app: Celery, scores: Engine, others: Sequence[Engine], due: Due) -> None:
        self._app = app
        self._stop = Event()
        self._beside = DeliveryThread(*others, Sweep(due, partial(publish, app)))
        add_task(app, scores, due, self._stop.is_set)

    def run(self) -> None:
        """Work. Returns, or leaves by SystemExit, when the process was asked to end."""
        signals.worker_shutting_down.connect(self._shutting_down)
        self._beside.start()
        try:
            self._app.worker_main(OPTIONS)
        finally:
            self._beside.stop()

    def _shutting_down(self, **_said: object) -> None:
        self._stop.set()
