"""Tells people of what concerns them, in the transaction in which it happens.

Nobody is told of what they did themselves. Not a use case itself: use cases end here as they do in
``standing``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind, mail_time
from lti_tool.persistence import assessments, courses, notifications

from .work import Work


@dataclass(frozen=True, slots=True)
class _Told:
    kind: NotificationKind
    subject: str
    assessment_id: str
    course_id: int


def tell_teachers(
    work: Work,
    kind: NotificationKind,
    subject: str,
    assessment_id: str,
    *,
    but: Collection[int] = (),
) -> None:
    """Tell every teacher of the assessment's course ``but`` these."""
    course_id = assessments.course_of(work.session, assessment_id)
    teachers = courses.people_of(work.session, course_id, Role.TEACHER).difference(but)
    _tell(work, sorted(teachers), _Told(kind, subject, assessment_id, course_id))


def tell_raters(
    work: Work, raters: Iterable[int], kind: NotificationKind, subject: str, assessment_id: str
) -> None:
    """Tell those who rated a work."""
    told = _Told(kind, subject, assessment_id, assessments.course_of(work.session, assessment_id))
    _tell(work, sorted(raters), told)


def tell_learner(
    work: Work, learner_id: int, kind: NotificationKind, subject: str, assessment_id: str
) -> None:
    """Tell one learner."""
    told = _Told(kind, subject, assessment_id, assessments.course_of(work.session, assessment_id))
    _tell(work, [learner_id], told)


def seen_to(work: Work, kind: NotificationKind, subject: str) -> None:
    """It needs nobody any more: mark it read for whoever was told, and mail nothing about it."""
    notifications.settle(work.session, kind, subject, now=work.now)


def _tell(work: Work, people: Iterable[int], told: _Told) -> None:
    for person_id in people:
        if person_id != work.actor_id:
            notifications.tell(
                work.session,
                person_id,
                told.kind,
                told.subject,
                course_id=told.course_id,
                assessment_id=told.assessment_id,
                now=work.now,
                mail_at=mail_time(told.kind, work.now, work.zone),
            )
