"""The class list of the LMS is taken over: new students appear, those gone are noted as left.

Not here: reading it from the LMS (``lti_tool.delivery``).
"""

from collections.abc import Sequence
from datetime import datetime

from lti_tool.domain.launch import Member, Role
from lti_tool.persistence import courses, people, platforms, rosters
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session


def refresh_roster(
    session: Session,
    course: Course,
    members: Sequence[Member],
    *,
    asked_at: datetime,
    now: datetime,
) -> None:
    """Let the course's students be those of the list, read at ``asked_at``.

    Nobody becomes a teacher here, and nobody who launched as one becomes a student: Moodle 4.5
    lists its non-editing teachers as learners. Who launched since ``asked_at`` has not left.
    Nothing of those who left is removed.
    """
    teachers = courses.people_of(session, course.id, Role.TEACHER)
    platform = platforms.platform(session, course.platform_id)
    issuer = platform.issuer if platform is not None else ""
    present: set[int] = set()
    for each in members:
        if each.active and each.roles == {Role.STUDENT}:
            account = people.remember_person(
                session, school_id=course.school_id, issuer=issuer, person=each.person, now=now
            )
            if account.id not in teachers:
                present.add(account.id)
    for person_id in present:
        courses.remember_membership(
            session, course_id=course.id, person_id=person_id, role=Role.STUDENT, now=now
        )
    courses.mark_left(session, course.id, but=present, unseen_since=asked_at, now=now)
    rosters.mark_refreshed(session, course.id, now=now)
