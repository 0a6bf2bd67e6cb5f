"""What is counted, in Prometheus's words, and the page that tells it.

Each process counts for itself. Where several serve one address, the environment variable
PROMETHEUS_MULTIPROC_DIR names a folder in which they keep their counts, and the page of any of
them adds them up (a convention of prometheus_client, which reads it when it is imported). What the
database knows for all (``Backlog``) is read when the page is asked for.

Labels are few and fixed: never a person, a course or an address.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SHARED = "PROMETHEUS_MULTIPROC_DIR"
OWN = CollectorRegistry()

LAUNCHES = Counter("lti_tool_launches", "Launches that opened a session", registry=OWN)
REFUSALS = Counter(
    "lti_tool_refusals", "Logins and launches refused, by reason", ["reason"], registry=OWN
)
LIMITED = Counter(
    "lti_tool_limited", "Requests over a rate limit, by limit", ["limit"], registry=OWN
)
REQUESTS = Histogram(
    "lti_tool_request_seconds",
    "Time to answer a request, by page and class of status",
    ["endpoint", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=OWN,
)
DELIVERIES = Counter(
    "lti_tool_deliveries",
    "Attempts to deliver a score, by outcome and reason",
    ["outcome", "reason"],
    registry=OWN,
)
MAILS = Counter("lti_tool_mails", "Mails handed over or not, by outcome", ["outcome"], registry=OWN)
DELIVERY = Histogram(
    "lti_tool_delivery_seconds",
    "From the decision on a score to its arrival in the LMS",
    buckets=(1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600),
    registry=OWN,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the database knows: scores to be sent, since when the oldest waits, how many need a
    person, and when the last backup was made; None: nothing waits, none was made."""

    waiting: int
    oldest: datetime | None
    needing_person: int
    last_backup: datetime | None


def delivered(*, queued_at: datetime, now: datetime) -> None:
    """A score arrived."""
    DELIVERIES.labels("delivered", "").inc()
    DELIVERY.observe(max(0.0, (now - queued_at).total_seconds()))


def postponed(reason: str) -> None:
    """A score will be tried again; ``reason`` is a stable key."""
    DELIVERIES.labels("postponed", reason).inc()


def needs_person(reason: str) -> None:
    """A score was refused in a way that only a person can change."""
    DELIVERIES.labels("needs_person", reason).inc()


def exposition(backlog: Backlog, *, now: datetime) -> bytes:
    """The page: what the processes counted, and what the database knows."""
    if SHARED in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call] # registers itself
    else:
        counted = OWN
    return generate_latest(counted) + generate_latest(_stored(backlog, now))


def _stored(backlog: Backlog, now: datetime) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Stored(backlog, now))
    return registry


class _Stored(Collector):
    """Numbers that are known already. A number that is none, an age of nothing, is left out."""

    def __init__(self, backlog: Backlog, now: datetime) -> None:
        self._values = {
            "lti_tool_backlog": ("Scores to be sent", backlog.waiting),
            "lti_tool_backlog_oldest_seconds": ("Age of the oldest", _age(backlog.oldest, now)),
            "lti_tool_needing_person": ("Scores that need a person", backlog.needing_person),
            "lti_tool_backup_age_seconds": ("Age of the backup", _age(backlog.last_backup, now)),
        }

    def collect(self) -> Iterator[Metric]:
        """One gauge for each."""
        for name, (meaning, value) in self._values.items():
            if value is not None:
                yield GaugeMetricFamily(name, meaning, value=value)


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
