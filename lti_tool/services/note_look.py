"""Access to personal data, kept in the audit log: who looked at which learner or list, and how.

One entry for each person, learner (or list), way and day of the school: enough to answer who has
seen somebody's data and when, and few enough that the log stays readable and that nobody waits for
it. A page or program that reads many learners at once is one entry on the list. Teachers' looks
at the work of their own course are not kept: their ratings, releases and the tables that they take
out are.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lti_tool.persistence import audit_log
from lti_tool.persistence.database import Session

ACTION = "look"
PAGE = "page"
"""The way of somebody signed in; a program's is its token."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at what, ``of_learner`` or ``of_list``; ``way`` is PAGE or ``token:7``."""

    actor_id: int
    subject: str
    way: str


def of_learner(learner_id: int) -> str:
    """The data of one learner."""
    return f"learner:{learner_id}"


def of_list(name: str) -> str:
    """Many learners of the school at once, such as ``outcomes``."""
    return f"list:{name}"


def is_noted_today(session: Session, look: Look, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the log has it already for this day of the school's zone."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return audit_log.is_noted(
        session, ACTION, look.subject, actor_id=look.actor_id, detail=look.way, since=midnight
    )


def note_look(session: Session, look: Look, *, now: datetime) -> None:
    """Put it into the log."""
    audit_log.note(session, ACTION, look.subject, actor_id=look.actor_id, now=now, detail=look.way)
