"""Things that are handed out under a random key and taken back: launches, returns, tokens.

Not here: what they mean.
"""

import secrets
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Tickets(Generic[T]):
    """Values under random keys, each for a limited time. Thread-safe."""

    def __init__(self, *, seconds: int, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._held: dict[str, tuple[float, T]] = {}

    def issue(self, value: T) -> str:
        """Keep ``value`` and give its key, safe in a URL."""
        key = secrets.token_urlsafe(24)
        self.put(key, value)
        return key

    def put(self, key: str, value: T) -> None:
        """Keep ``value`` under a key of the caller's."""
        with self._lock:
            self._keep(key, value)

    def _keep(self, key: str, value: T) -> None:
        now = self._clock()
        self._held = {k: held for k, held in self._held.items() if held[0] > now}
        self._held[key] = (now + self._seconds, value)

    def read(self, key: str) -> T | None:
        """The value, or None if it was never there, is used up or too old."""
        with self._lock:
            held = self._held.get(key)
        return held[1] if held and held[0] > self._clock() else None

    def take(self, key: str) -> T | None:
        """As ``read``, and the key is worth nothing afterwards."""
        with self._lock:
            held = self._held.pop(key, None)
        return held[1] if held and held[0] > self._clock() else None

    def put_new(self, key: str, value: T) -> bool:
        """Keep ``value`` unless the key is in use; say whether it was kept."""
        with self._lock:
            held = self._held.get(key)
            if held and held[0] > self._clock():
                return False
            self._keep(key, value)
        return True
