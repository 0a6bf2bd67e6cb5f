"""Reads the class lists that are due from their LMS, one by one.

As with scores, claiming is one transaction, recording another, and none is open while the network
is in use. Not here: what a list changes (``lti_tool.services.refresh_roster``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lti_tool.domain.launch import Member
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Refused, RetryLater, Trouble
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.names_roles import ClassList
from lti_tool.persistence import courses, platforms, rosters
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.rosters import Roster
from lti_tool.services.refresh_roster import refresh_roster

from .patience import wait_after

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


class RosterRefresher:
    """Reads class lists. One instance serves one thread; ``random`` gives numbers in [0, 1)."""

    def __init__(
        self,
        database: Database,
        http: PlatformHttp,
        tokens: AccessTokens,
        *,
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._database = database
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._random = random

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Read the list due longest; returns how many were handled, 0 when none is due."""
        visit = None if stopping() else self._claim()
        if visit is None:
            return 0
        asked_at = self._clock()
        found = visit.people.members(visit.roster.url, now=asked_at)
        if isinstance(found, tuple) and not found:
            # The teacher who opened the tool is in the course, so this is no list of it.
            found = Refused("malformed", None, "nobody is in the course")
        if isinstance(found, tuple):
            self._take_over(visit, found, asked_at)
        else:
            self._record_trouble(visit.roster, found)
        return 1

    def _claim(self) -> _Visit | None:
        with self._database.transaction() as session:
            roster = rosters.lease_due(session, now=self._clock(), lease=LEASE)
            return self._visit(session, roster) if roster is not None else None

    def _visit(self, session: Session, roster: Roster) -> _Visit | None:
        course = courses.course(session, roster.course_id)
        platform = platforms.platform(session, course.platform_id)
        deployment = platforms.deployment_by_id(session, course.deployment_id)
        if platform is None or deployment is None:
            return None
        people = ClassList(
            self._http, self._tokens, platform=platform, deployment=deployment.deployment_id
        )
        return _Visit(roster, course, people)

    def _take_over(self, visit: _Visit, found: tuple[Member, ...], asked_at: datetime) -> None:
        with self._database.transaction() as session:
            refresh_roster(session, visit.course, found, asked_at=asked_at, now=self._clock())

    def _record_trouble(self, roster: Roster, found: Trouble) -> None:
        log.info("class list could not be read", course=roster.course_id, reason=found.reason)
        again_at = None
        if isinstance(found, RetryLater) and roster.attempts < MOST_ATTEMPTS:
            wait = wait_after(roster.attempts, self._random(), least=found.after)
            again_at = self._clock() + wait
        with self._database.transaction() as session:
            rosters.mark_failed(session, roster.course_id, problem=found.reason, again_at=again_at)
