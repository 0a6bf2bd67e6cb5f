"""Platforms that are left alone for a while because they did not answer or asked for patience.

A platform that hangs costs every attempt a time-out. While it is left alone the scores for
other platforms go out, and its own wait in the outbox.
"""

from datetime import datetime, timedelta

from .patience import FIRST_WAIT

LONGEST_PAUSE = 60.0


class Pauses:
    """Which platforms are left alone until when, by our row id. Kept by one process in memory:
    after a restart each platform is simply asked again."""

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}
        self._failures: dict[int, int] = {}

    def running(self, now: datetime) -> frozenset[int]:
        """The platforms to be left alone now."""
        return frozenset(each for each, until in self._until.items() if now < until)

    def begin(self, platform_id: int, now: datetime, *, least: int | None = None) -> None:
        """Leave the platform alone: twice as long at each failure in a row, up to a minute, and
        at least as many seconds as it asked for."""
        failures = self._failures.get(platform_id, 0)
        span = max(min(LONGEST_PAUSE, FIRST_WAIT * 2.0 ** min(failures, 10)), float(least or 0))
        self._failures[platform_id] = failures + 1
        self._until[platform_id] = now + timedelta(seconds=span)

    def end(self, platform_id: int) -> None:
        """The platform answered."""
        self._failures.pop(platform_id, None)
        self._until.pop(platform_id, None)
