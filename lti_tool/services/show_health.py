"""What an administrator reads about the service: whether scores get through to each platform.

Not here: anything about learners.
"""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import audit_log, engines, mailings, notifications, platforms, scores
from lti_tool.persistence.database import Session
from lti_tool.persistence.mailings import MailState
from lti_tool.persistence.platforms import Platform

BACKUP = "backup"
"""The subject under which the audit log keeps backups."""


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """A platform and when it last took a score; None if it never did."""

    platform: Platform
    last_delivered: datetime | None


@dataclass(frozen=True, slots=True)
class MailHealth:
    """To how many people a mail is due, since when the oldest waits (None: none does), and what
    became of those before."""

    waiting: int
    oldest: datetime | None
    state: MailState


@dataclass(frozen=True, slots=True)
class Health:
    """The outbox: scores still to be sent, since when the oldest waits (None: nothing waits),
    and how many were refused in a way that only a person can change.

    ``engine_seen`` is when a process that delivers was last at work, None if none was since
    yesterday; ``last_backup`` when the last backup was made from here, None if none was.
    """

    waiting: int
    oldest: datetime | None
    needing_person: int
    engine_seen: datetime | None
    last_backup: datetime | None
    platforms: tuple[PlatformHealth, ...]
    mail: MailHealth


def show_health(session: Session, *, now: datetime) -> Health:
    """The state of the service, in nine queries."""
    waiting, oldest = scores.backlog(session)
    last = scores.last_delivered(session)
    return Health(
        waiting=waiting,
        oldest=oldest,
        needing_person=scores.count_needing_person(session),
        engine_seen=engines.last_sign(session),
        last_backup=audit_log.last_about(session, BACKUP),
        platforms=tuple(
            PlatformHealth(each, last.get(each.id)) for each in platforms.platforms(session)
        ),
        mail=_mail(session, now),
    )


def _mail(session: Session, now: datetime) -> MailHealth:
    waiting, oldest = notifications.mail_backlog(session, now=now)
    return MailHealth(waiting, oldest, mailings.mail_state(session))
