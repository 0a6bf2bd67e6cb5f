"""What a person was told in a course, and opening one of it.

What was told of one kind in one assessment stands together: thirty works handed in are one line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import Notification, NotificationKind, kinds_for
from lti_tool.persistence import assessments, courses, notifications
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session

from .work import Work

MOST = 500
"""So many are looked at: older ones were seen, or nobody will."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: ``count`` things of a kind in an assessment. ``id`` is the newest one's, ``at``
    when it was told."""

    id: int
    kind: NotificationKind
    title: str
    count: int
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """The unread entries first, then the newest first; ``elsewhere`` are other courses with the
    number of what is unread there."""

    entries: Sequence[Entry]
    unread: int
    elsewhere: Sequence[tuple[Course, int]]


@dataclass(frozen=True, slots=True)
class Opened:
    """What is opened; ``alone``: nothing else of the kind was unread in the assessment."""

    kind: NotificationKind
    subject: str
    assessment_id: str
    alone: bool


def show_notifications(
    session: Session, person_id: int, course_id: int, roles: frozenset[Role]
) -> Inbox:
    """The person's inbox in this course, in the roles they have in it now."""
    found = notifications.notifications_of(
        session, person_id, course_id, kinds_for(roles), most=MOST
    )
    titles = assessments.titles_of(session, {each.assessment_id for each in found})
    others = notifications.unread_elsewhere(session, person_id, course_id)
    return Inbox(
        entries=_entries(found, titles),
        unread=sum(each.read_at is None for each in found),
        elsewhere=[(courses.course(session, id_), count) for id_, count in sorted(others.items())],
    )


def open_notification(
    work: Work, notification_id: int, course_id: int, roles: frozenset[Role]
) -> Opened:
    """Mark it read, and with it all of its kind in its assessment, which stand in one line.

    Raises NotFoundError for another person's or another course's, and where the person has another
    role now.
    """
    session, person_id = work.session, work.actor_id
    found = notifications.notification(
        session, notification_id, person_id=person_id, course_id=course_id
    )
    kinds = kinds_for(roles) & {found.kind}
    if not kinds:
        raise NotFoundError
    listed = notifications.notifications_of(session, person_id, course_id, kinds, most=MOST)
    together = [
        each
        for each in listed
        if each.assessment_id == found.assessment_id
        and (each.read_at is None) == (found.read_at is None)
    ]
    notifications.mark_read(
        session, person_id, course_id, kinds, now=work.now, assessment_id=found.assessment_id
    )
    return Opened(found.kind, found.subject, found.assessment_id, alone=len(together) <= 1)


def _entries(found: Sequence[Notification], titles: Mapping[str, str]) -> Sequence[Entry]:
    together: dict[tuple[bool, str, NotificationKind], list[Notification]] = {}
    for each in found:
        place = (each.read_at is not None, each.assessment_id, each.kind)
        together.setdefault(place, []).append(each)
    return [
        Entry(
            id=group[0].id,
            kind=kind,
            title=titles[assessment_id],
            count=len(group),
            at=group[0].at,
            unread=not read,
        )
        for (read, assessment_id, kind), group in together.items()
    ]
