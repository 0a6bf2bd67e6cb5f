"""What every use case that changes something works with, and the rubrics they read ratings on. Not
a use case itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import RubricShelf
from lti_tool.persistence import audit_log, rubric_versions
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


def rated_with(session: Session, bundle: StandardBundle, assessment_id: str) -> StandardBundle:
    """The standard with the rubric that an assessment is rated with: the version in force when it
    was set up, whatever was published since."""
    shelf = rubric_versions.shelf(session, bundle.rubric, [assessment_id])
    return replace(bundle, rubric=shelf.of(assessment_id))


def as_in_force(session: Session, bundle: StandardBundle, school_id: int) -> StandardBundle:
    """The standard with the rubric that is in force at a school: its own, or the shipped one."""
    newest = rubric_versions.newest_id(session, school_id, bundle.standard.id)
    if newest is None:
        return bundle
    return replace(bundle, rubric=rubric_versions.rubric_of(session, newest))


def rubrics_of(session: Session, bundle: StandardBundle, given: Iterable[Rating]) -> RubricShelf:
    """The rubrics that these ratings were given with."""
    return rubric_versions.shelf(session, bundle.rubric, {each.assessment_id for each in given})
