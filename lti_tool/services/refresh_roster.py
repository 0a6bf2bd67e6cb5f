"""The class list of the LMS is taken over: new students appear, those gone are noted as left.

Not here: reading it from the LMS (``lti_tool.delivery``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from lti_tool.domain.launch import Group, Member, Role
from lti_tool.persistence import courses, groups, people, platforms, rosters
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session


def refresh_roster(
    session: Session,
    course: Course,
    members: Sequence[Member],
    in_groups: Sequence[Group] | None = None,
    *,
    asked_at: datetime,
    now: datetime,
) -> None:
    """Let the course's students be those of the list, read at ``asked_at``, in its groups; None
    leaves the groups as they were.

    Nobody becomes a teacher here, and nobody who launched as one becomes a student: Moodle 4.5
    lists its non-editing teachers as learners. Who launched since ``asked_at`` has not left.
    Nothing of those who left is removed.
    """
    teachers = courses.people_of(session, course.id, Role.TEACHER)
    platform = platforms.platform(session, course.platform_id)
    issuer = platform.issuer if platform is not None else ""
    present: dict[int, Member] = {}
    for each in members:
        if each.active and each.roles == {Role.STUDENT}:
            account = people.remember_person(
                session, school_id=course.school_id, issuer=issuer, person=each.person, now=now
            )
            if account.id not in teachers:
                present[account.id] = each
    for person_id in present:
        courses.remember_membership(
            session, course_id=course.id, person_id=person_id, role=Role.STUDENT, now=now
        )
    courses.mark_left(session, course.id, but=present, unseen_since=asked_at, now=now)
    if in_groups is not None:
        groups.keep_groups(session, course.id, in_groups, _by_group(present))
    rosters.mark_refreshed(session, course.id, now=now)


def _by_group(present: Mapping[int, Member]) -> Mapping[str, Sequence[int]]:
    """The students of each group, by the platform's id of it."""
    found: dict[str, list[int]] = {}
    for person_id, each in present.items():
        for group_id in each.groups or ():
            found.setdefault(group_id, []).append(person_id)
    return found
