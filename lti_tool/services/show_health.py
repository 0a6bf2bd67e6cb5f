"""What an administrator reads about the service: whether scores get through to each platform.

Not here: anything about learners.
"""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import platforms, scores
from lti_tool.persistence.database import Session
from lti_tool.persistence.platforms import Platform


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """A platform and when it last took a score; None if it never did."""

    platform: Platform
    last_delivered: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """The outbox: scores still to be sent, since when the oldest waits (None: nothing waits),
    and how many were refused in a way that only a person can change."""

    waiting: int
    oldest: datetime | None
    needing_person: int
    platforms: tuple[PlatformHealth, ...]


def show_health(session: Session) -> Health:
    """The state of the outbox, in four queries."""
    waiting, oldest = scores.backlog(session)
    last = scores.last_delivered(session)
    return Health(
        waiting=waiting,
        oldest=oldest,
        needing_person=scores.count_needing_person(session),
        platforms=tuple(
            PlatformHealth(each, last.get(each.id)) for each in platforms.platforms(session)
        ),
    )
