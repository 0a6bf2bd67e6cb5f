"""Reads the class lists that are due from their LMS, one by one.

As with scores, claiming is one transaction, recording another, and none is open while the network
is in use. Not here: what a list changes (``lti_tool.services.refresh_roster``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lti_tool.domain.launch import Group, Member
from lti_tool.lti.answers import Refused, Trouble
from lti_tool.lti.groups import CourseGroups
from lti_tool.lti.names_roles import ClassList
from lti_tool.persistence import courses, paces, platforms, rosters
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.rosters import Roster
from lti_tool.services.refresh_roster import refresh_roster

from .means import Means

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""Longer than a large course takes, page by page."""
MOST_ATTEMPTS = 8
"""About ten minutes; after that the next launch, or a teacher, asks anew."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A list to be read, and where."""

    roster: Roster
    course: Course
    people: ClassList
    groups: CourseGroups


class RosterRefresher:
    """Reads class lists. One instance serves one thread."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Read the list due longest; returns how many were handled, 0 when none is due."""
        visit = None if stopping() else self._claim()
        if visit is None:
            return 0
        asked_at = self._means.clock()
        grouped = visit.roster.groups_url is not None
        found = visit.people.members(visit.roster.url, now=asked_at, with_groups=grouped)
        if isinstance(found, tuple) and not found:
            # The teacher who opened the tool is in the course, so this is no list of it.
            found = Refused("malformed", None, "nobody is in the course")
        if isinstance(found, tuple):
            self._take_over(visit, found, asked_at)
        else:
            self._record_trouble(visit.roster, found)
        return 1

    def _claim(self) -> _Visit | None:
        with self._means.database.reading() as session:
            if not rosters.any_due(session, self._means.clock()):
                return None
        with self._means.database.transaction() as session:
            roster = rosters.lease_due(session, now=self._means.clock(), lease=LEASE)
            return self._visit(session, roster) if roster is not None else None

    def _visit(self, session: Session, roster: Roster) -> _Visit | None:
        course = courses.course(session, roster.course_id)
        platform = platforms.platform(session, course.platform_id)
        deployment = platforms.deployment_by_id(session, course.deployment_id)
        if platform is None or deployment is None:
            return None
        paces.take(session, platform.id, 1 if roster.groups_url is None else 2)
        talking = (self._means.http, self._means.tokens)
        name = deployment.deployment_id
        people = ClassList(*talking, platform=platform, deployment=name)
        groups = CourseGroups(*talking, platform=platform, deployment=name)
        return _Visit(roster, course, people, groups)

    def _take_over(self, visit: _Visit, found: tuple[Member, ...], asked_at: datetime) -> None:
        members, groups = self._grouped(visit, found, asked_at)
        with self._means.database.transaction() as session:
            now = self._means.clock()
            refresh_roster(session, visit.course, members, groups, asked_at=asked_at, now=now)

    def _grouped(
        self, visit: _Visit, found: tuple[Member, ...], now: datetime
    ) -> tuple[tuple[Member, ...], tuple[Group, ...] | None]:
        """The members with the groups they are in, and the groups; none where the LMS offers none.
        Trouble with them is no trouble of the list: None leaves the groups as they were."""
        if visit.roster.groups_url is None:
            return found, ()
        told = visit.groups.placed(visit.roster.groups_url, found, now=now)
        if isinstance(told, tuple):
            return told
        log.info("groups could not be read", course=visit.course.id, reason=told.reason)
        return found, None

    def _record_trouble(self, roster: Roster, found: Trouble) -> None:
        log.info("class list could not be read", course=roster.course_id, reason=found.reason)
        again_at = self._means.again_at(found, roster.attempts, most=MOST_ATTEMPTS)
        with self._means.database.transaction() as session:
            rosters.mark_failed(session, roster.course_id, problem=found.reason, again_at=again_at)
