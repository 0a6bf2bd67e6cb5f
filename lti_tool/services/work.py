"""What every use case that changes something works with. Not a use case itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.persistence import audit_log
from lti_tool.persistence.database import Session


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way: an open transaction, the standards, who acts, and when.

    ``zone`` is the school's, for the dates a gradebook shows; ``new_id`` makes random ids.
    ``bulk``: it decides on many at once, so that grades decided one by one reach the LMS first.
    """

    session: Session
    catalogue: Catalogue
    actor_id: int
    now: datetime
    zone: ZoneInfo
    new_id: Callable[[], str]
    bulk: bool = False

    def bundle(self, standard_id: str) -> StandardBundle:
        """The standard with its rubric, classes and rule. Raises UnknownStandardError."""
        return self.catalogue.find(standard_id)

    def day(self, when: datetime) -> date:
        """The date of a point in time in the school's zone."""
        return when.astimezone(self.zone).date()

    def note(self, action: str, subject: str, detail: str = "") -> None:
        """Write an entry of the audit log in the actor's name."""
        audit_log.note(
            self.session, action, subject, actor_id=self.actor_id, now=self.now, detail=detail
        )
