"""Counts knocks and says when there are too many. Which limits there are: ``limits``."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from lti_tool.telemetry import measures

MOST_KEYS = 50_000
SHARES = 10
"""A tenth of what a limit lets in at once is counted by a process for itself, before it asks what
the others counted."""

Tell = Callable[[str, float, float], float]
"""Adds knocks to what all processes know of somebody: who it is, the seconds the knocks take to
drip out, and the time now, in seconds since 1970. Returns when the bucket will be full again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once; after that so many a second."""

    name: str
    at_once: int
    per_second: float

    @property
    def share(self) -> int:
        """So many knocks are told to the other processes together."""
        return max(1, self.at_once // SHARES)


class TooManyRequestsError(Exception):
    """A limit is reached. ``seconds`` is how long to wait, at least one."""

    def __init__(self, limit: Limit, seconds: float) -> None:
        super().__init__(limit.name)
        self.limit = limit
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class _Bucket:
    """Drips full again; kept is only the moment at which it will be full (the generic cell rate
    algorithm), and what the other processes have not been told of it, since when."""

    full_at: float
    untold: int
    since: float


class Limiter:
    """Counts for all limits of one process, and through ``tell`` for all processes together.

    Whoever knocks now and then costs a look into a dictionary; of who knocks often, every tenth
    part of the limit is one statement. So several processes let in what one would and, each, at
    most a share more. Without ``tell`` each process counts for itself.
    """

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell
        self._lock = Lock()
        self._buckets: dict[tuple[str, Hashable], _Bucket] = {}

    def admit(self, limit: Limit, who: Hashable, now: datetime) -> None:
        """Count one knock. Raises TooManyRequestsError, and then it does not count."""
        key, at, step = (limit.name, who), now.timestamp(), 1.0 / limit.per_second
        with self._lock:
            bucket = self._now(key, limit, at)
            early = bucket.full_at - at - (limit.at_once - 1) * step
            untold = bucket.untold + 1
            if early <= 0:
                left = 0 if untold >= limit.share else untold
                self._buckets[key] = replace(bucket, full_at=bucket.full_at + step, untold=left)
                self._forget(at)
        if early > 0:
            measures.LIMITED.labels(limit.name).inc()
            raise TooManyRequestsError(limit, early)
        if self._tell is not None and untold >= limit.share:
            self._heed(key, self._tell(repr(key), untold * step, at))

    def _now(self, key: tuple[str, Hashable], limit: Limit, at: float) -> _Bucket:
        """The bucket as it is; what was not told before it could have dripped full is past."""
        bucket = self._buckets.get(key, _Bucket(at, 0, at))
        if at - bucket.since > limit.at_once / limit.per_second or not bucket.untold:
            bucket = replace(bucket, untold=0, since=at)
        return replace(bucket, full_at=max(bucket.full_at, at))

    def _heed(self, key: tuple[str, Hashable], full_at: float) -> None:
        """Take over what all processes together have counted."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is not None and bucket.full_at < full_at:
                self._buckets[key] = replace(bucket, full_at=full_at)

    def _forget(self, at: float) -> None:
        """Keep the memory bounded: full buckets say nothing; if need be the fullest go first."""
        if len(self._buckets) <= MOST_KEYS:
            return
        left = [(each.full_at, key) for key, each in self._buckets.items() if each.full_at > at]
        left.sort(key=lambda each: each[0], reverse=True)
        self._buckets = {key: self._buckets[key] for _, key in left[: MOST_KEYS // 2]}
