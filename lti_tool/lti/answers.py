"""What a platform's services answered, as values that delivery can act on.

Not here: when to try again (``lti_tool.delivery`` decides), HTTP itself.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .http import HttpAnswer

LONGEST_WAIT = 24 * 3600
TRY_LATER = frozenset({408, 409, 423, 425, 429})
"""A conflict, too: somebody else changes the same thing just now (RFC 9110, section 15.5.10). For a
score it means something of its own first (:func:`is_not_newer`)."""
AWAY = frozenset({503, 504})
"""Said by what stands before the platform, or by a platform that is closed for maintenance."""
NOT_NEWER_WORDS = re.compile(
    r"timestamp.*(before|older|earlier|later|already|past|newer)"
    r"|(before|older|earlier|later|already|past|newer).*timestamp",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform took the score."""


@dataclass(frozen=True, slots=True)
class NotNewer:
    """The platform has a score of the same or a later time for this learner: read the result
    and send again with a later timestamp only where it differs."""

    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Nothing is known to have happened; trying again may help. ``after`` is the least number
    of seconds to wait, None where the platform did not say. ``reason`` is a stable key:
    ``unreachable``, ``unavailable`` (it answers that it is closed or overloaded),
    ``rate_limited``, ``platform_error``, ``token_unavailable``."""

    reason: str
    after: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform said no; the same request will not succeed. ``status`` is None where the
    request was not even sent. ``excerpt`` is the start of the platform's answer.

    ``reason`` is a stable key: ``unauthorized``, ``forbidden``, ``not_found`` (the line item is
    gone), ``bad_request``, ``unprocessable``, ``not_recorded``, ``redirected``, ``malformed``,
    ``token_refused``, ``clock_wrong``, ``scope_missing``, ``address_forbidden``, ``too_long``,
    ``other``.
    """

    reason: str
    status: int | None = None
    excerpt: str = ""


Trouble = RetryLater | Refused
ScoreAnswer = Delivered | NotNewer | RetryLater | Refused

REASONS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    410: "not_found",
    422: "unprocessable",
}


def trouble(answer: HttpAnswer, *, now: datetime) -> Trouble:
    """What an unsuccessful answer means."""
    after = retry_after(answer, now=now)
    if answer.status == 429 or _is_throttled(answer):
        return RetryLater("rate_limited", after, answer.excerpt)
    if answer.status in AWAY:
        return RetryLater("unavailable", after, f"HTTP {answer.status} {answer.excerpt}")
    if answer.status in TRY_LATER or answer.status >= 500:
        return RetryLater("platform_error", after, f"HTTP {answer.status} {answer.excerpt}")
    reason = "redirected" if 300 <= answer.status < 400 else REASONS.get(answer.status, "other")
    return Refused(reason, answer.status, answer.excerpt)


def is_not_newer(answer: HttpAnswer, statuses: Set[int]) -> bool:
    """Whether a score was refused for its timestamp, which the platform says with one of these
    statuses (``Profile.stale_statuses``). A 400 must complain about the timestamp, too. Only the
    body counts: Moodle repeats the whole score in its reason phrase."""
    if answer.status not in statuses:
        return False
    return answer.status != 400 or NOT_NEWER_WORDS.search(answer.excerpt) is not None


def retry_after(answer: HttpAnswer, *, now: datetime) -> int | None:
    """Seconds from a Retry-After header in either form, within a day; None when absent."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0, round((moment - now).total_seconds())), LONGEST_WAIT)


def clock_difference(answer: HttpAnswer, *, now: datetime) -> timedelta | None:
    """How far the platform's clock is ahead of ours by its ``Date`` header; None where it tells
    none."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) - now


def _is_throttled(answer: HttpAnswer) -> bool:
    """Older Canvas throttles with 403 and this text."""
    return answer.status == 403 and "rate limit exceeded" in answer.excerpt.lower()
