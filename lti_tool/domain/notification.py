"""What people are told: that something waits for them, or has come back to them.

A notification names a kind, an assessment and a subject, and nothing of what is in it: no grade, no
name. Not here: who is told when (``services.notify``), the words (``web``, ``delivery``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .launch import Role

SOON = timedelta(minutes=5)
"""So long a mail waits: what follows within minutes goes into the same one."""
EVENING = 18
"""The hour at which teachers get the mail of the day, in the school's zone."""
KEPT = timedelta(days=180)
"""After so long a notification is forgotten, read or not."""
KEPT_READ = timedelta(days=30)
"""After so long one that was read is forgotten."""


class NotificationKind(StrEnum):
    """What happened."""

    SUBMITTED = "submitted"
    """Work was handed in. Its subject is the submission."""
    RETURNED = "returned"
    """Work was given back for revision. Its subject is the submission."""
    RELEASED = "released"
    """Ratings were released or corrected. Their subject is the submission."""
    REVIEW_ASKED = "review_asked"
    """A review of a rating was asked for. Its subject is the review."""
    REVIEW_ANSWERED = "review_answered"
    """A review was answered. Its subject is the review."""
    PEER_RATED = "peer_rated"
    """A peer said what they see in the work. Its subject is the submission."""
    SECOND_WAITING = "second_waiting"
    """A work drawn for second marking waits for a second rater. Its subject is the submission."""
    SECOND_DIFFERENT = "second_different"
    """Two raters differ, and a person must settle it. Its subject is the submission."""
    SECOND_DONE = "second_done"
    """Both have rated and no difference is open. Its subject is the submission."""


class Manner(StrEnum):
    """When a mail goes out."""

    SOON = "soon"
    """Within minutes."""
    EVENING = "evening"
    """With the others of the day."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a kind is for, and how they hear of it by mail."""

    role: Role
    manner: Manner


KINDS: Mapping[NotificationKind, Told] = {
    NotificationKind.SUBMITTED: Told(Role.TEACHER, Manner.EVENING),
    NotificationKind.RETURNED: Told(Role.STUDENT, Manner.SOON),
    NotificationKind.RELEASED: Told(Role.STUDENT, Manner.SOON),
    NotificationKind.REVIEW_ASKED: Told(Role.TEACHER, Manner.EVENING),
    NotificationKind.REVIEW_ANSWERED: Told(Role.STUDENT, Manner.SOON),
    NotificationKind.PEER_RATED: Told(Role.STUDENT, Manner.SOON),
    NotificationKind.SECOND_WAITING: Told(Role.TEACHER, Manner.EVENING),
    NotificationKind.SECOND_DIFFERENT: Told(Role.TEACHER, Manner.EVENING),
    NotificationKind.SECOND_DONE: Told(Role.TEACHER, Manner.EVENING),
}
"""Every kind there is; another one is one more line here and its words in web and delivery."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One person is told once of a subject: news of the same kind about it takes the place of the
    older and is unread again. ``read_at`` None: not read. ``mail_at`` is when a mail about it is
    due; None: sent, or not needed any more."""

    id: int
    person_id: int
    course_id: int
    assessment_id: str
    kind: NotificationKind
    subject: str
    at: datetime
    read_at: datetime | None
    mail_at: datetime | None


def kinds_for(roles: frozenset[Role]) -> frozenset[NotificationKind]:
    """The kinds that a person in these roles is told of."""
    return frozenset(kind for kind, told in KINDS.items() if told.role in roles)


def mail_time(kind: NotificationKind, now: datetime, zone: ZoneInfo) -> datetime:
    """When a mail about something that happens now is due: in a few minutes, or this evening;
    tomorrow's where this one's has gone."""
    if KINDS[kind].manner is Manner.SOON:
        return now + SOON
    local = now.astimezone(zone)
    evening = local.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return evening if local < evening else evening + timedelta(days=1)
