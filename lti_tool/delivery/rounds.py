"""One round of background work: the scores that are due, then other errands to the LMS."""

from collections.abc import Callable
from typing import Protocol


class Engine(Protocol):
    """Does what is due. One instance serves one thread."""

    def deliver_due(self, stopping: Callable[[], bool] = ...) -> int:
        """Do some of what is due; returns how many pieces were handled, 0 when nothing is due."""


class Rounds:
    """Several engines as one; each has its turn in every round, in the order given."""

    def __init__(self, *engines: Engine) -> None:
        self._engines = engines

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Let each engine do some of what is due; returns how many pieces were handled."""
        return sum(each.deliver_due(stopping) for each in self._engines)
