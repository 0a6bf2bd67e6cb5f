"""What came of one claimed score. Not here: what is stored of it (``recorder``)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.persistence.scores import Delivery

OF_THE_PLATFORM = frozenset(
    {"unreachable", "unavailable", "rate_limited", "token_refused", "clock_wrong"}
)
"""Reasons that keep every score of a platform back. Once they pass, be it that somebody mends the
key, everything goes out by itself, so no score is given to a person."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The LMS has the score; ``result`` is what it was seen to hold, None if that was not read."""

    result: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """The LMS has another score of a later time, ``held_at`` where it tells it."""

    held_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotTried:
    """The platform was left alone, or delivery stopped, before its turn came."""


What = Arrived | Conflict | NotTried | RetryLater | Refused


@dataclass(frozen=True, slots=True)
class Outcome:
    """``url`` is the column that was posted to, empty where it did not come to that. The reasons of
    ``RetryLater`` and ``Refused`` are those the outbox keeps."""

    delivery: Delivery
    platform_id: int
    what: What
    url: str = ""

    @property
    def platform_trouble(self) -> RetryLater | None:
        """The trouble that concerns every score of the platform; None for any other outcome."""
        what = self.what
        return what if isinstance(what, RetryLater) and what.reason in OF_THE_PLATFORM else None
