"""Counts knocks and says when there are too many. Which limits there are: ``limits``."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from lti_tool.telemetry import measures

MOST_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once; after that so many a second."""

    name: str
    at_once: int
    per_second: float


class TooManyRequestsError(Exception):
    """A limit is reached. ``seconds`` is how long to wait, at least one."""

    def __init__(self, limit: Limit, seconds: float) -> None:
        super().__init__(limit.name)
        self.limit = limit
        self.seconds = max(1, math.ceil(seconds))


class Limiter:
    """Counts for all limits of one process. Each key has a bucket that drips full again; kept is
    only the moment at which it will be full (the generic cell rate algorithm)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._full_at: dict[Hashable, float] = {}

    def admit(self, limit: Limit, who: Hashable, now: datetime) -> None:
        """Count one knock. Raises TooManyRequestsError, and then it does not count."""
        key, at, step = (limit.name, who), now.timestamp(), 1.0 / limit.per_second
        with self._lock:
            full_at = max(self._full_at.get(key, at), at)
            early = full_at - at - (limit.at_once - 1) * step
            if early <= 0:
                self._full_at[key] = full_at + step
                self._forget(at)
        if early > 0:
            measures.LIMITED.labels(limit.name).inc()
            raise TooManyRequestsError(limit, early)

    def _forget(self, at: float) -> None:
        """Keep the memory bounded: full buckets say nothing; if need be the fullest go first."""
        if len(self._full_at) <= MOST_KEYS:
            return
        left = [(full_at, key) for key, full_at in self._full_at.items() if full_at > at]
        left.sort(key=lambda each: each[0], reverse=True)
        self._full_at = {key: full_at for full_at, key in left[: MOST_KEYS // 2]}
