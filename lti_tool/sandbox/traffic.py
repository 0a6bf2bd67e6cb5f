"""Grade service traffic as a test sees it: a log of what came, and faults to come.

Not here: the service itself (``gradebook``).
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """What shall go wrong with one grade service request.

    ``status``: answer ``status`` with ``headers`` and change nothing. ``delay``: wait ``seconds``,
    then serve. ``drop_after_accept``: serve, then break off the answer in its first byte, so that
    the sender cannot know the outcome.
    """

    kind: Literal["status", "delay", "drop_after_accept"]
    status: int = 503
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


class Faults:
    """Faults in the order in which they will strike, one a request. Thread-safe."""

    def __init__(self) -> None:
        self._queue: deque[Fault] = deque()
        self._lock = Lock()

    def add(self, *faults: Fault) -> None:
        """Put faults at the end of the queue."""
        with self._lock:
            self._queue.extend(faults)

    def next(self) -> Fault | None:
        """Take the first fault out; None if none waits."""
        with self._lock:
            return self._queue.popleft() if self._queue else None

    def clear(self) -> None:
        """Forget all waiting faults."""
        with self._lock:
            self._queue.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._queue)


@dataclass(frozen=True)
class Received:
    """One grade service request and the status it was answered with.

    ``path`` has no query, ``query`` no question mark. ``dropped``: the answer was broken off.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    at: datetime
    status: int
    dropped: bool = False
