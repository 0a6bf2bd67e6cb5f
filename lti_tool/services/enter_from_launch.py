"""A person arrives from an LMS: note person, course, membership and link; say where to go.

Somebody who comes back with nothing new is let in by a shorter way to the same end.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Launch, MessageType, Person, ResourceLink, Role
from lti_tool.persistence import (
    assessments,
    courses,
    notice_handlers,
    notices,
    people,
    platforms,
    rosters,
    runs,
)
from lti_tool.persistence.courses import Course, Link
from lti_tool.persistence.database import AtOnce, Session
from lti_tool.persistence.known_entries import Arriving, KnownEntry, NewSession, open_if_known
from lti_tool.persistence.people import Account
from lti_tool.persistence.platforms import Platform

ASSESSMENT_FIELD = "assessment"
"""The custom parameter that carries an assessment's id, set by deep linking."""
HISTORY_FIELD = "context_history"
"""The custom parameter with the ids of the courses this one was copied from, comma-separated
(``$Context.id.history``)."""
IN_COURSE = frozenset({Role.STUDENT, Role.TEACHER})
COMPARED = frozenset(
    {
        *("platform_id", "deployment_id", "message_type", "person", "roles", "context"),
        *("resource_link", "grades", "product", "roster", "groups"),
        # Only what a teacher's launch tells is taken over.
        "notices",
        # Not stored, or only where the link opens no assessment yet.
        *("custom", "locale", "return_url"),
    }
)
OTHERS = tuple(each.name for each in fields(Launch) if each.name not in COMPARED)
"""What the shorter way understands of a launch; with any of the others it is the long way."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who entered where. ``course`` and ``link`` are None outside a course or a link.

    ``assessment_id`` is None when the link is not set up yet; ``copy_of`` is then the assessment of
    another course that the link was copied with, None where it was not.
    """

    account: Account
    school_id: int
    course: Course | None
    link: Link | None
    assessment_id: str | None
    copy_of: str | None = None


def enter_from_launch(
    session: Session, launch: Launch, *, now: datetime, new_id: Callable[[], str]
) -> Entry:
    """Store what the launch tells and find the assessment its link opens.

    A link finds its assessment by what a teacher chose for it here, or by the custom
    parameter of deep linking if that assessment, or a fresh run of it, belongs to this very
    course: a duplicated activity opens the same assessment. Raises
    NotFoundError when platform or deployment vanished since the launch was verified.
    """
    deployment = platforms.deployment_by_id(session, launch.deployment_id)
    platform = platforms.platform(session, launch.platform_id)
    if deployment is None or platform is None:
        raise NotFoundError
    account = people.remember_person(
        session,
        school_id=deployment.school_id,
        issuer=platform.issuer,
        person=_named(launch.person, new_id),
        now=now,
        language=launch.locale,
    )
    if launch.product != platform.product:
        platforms.note_product(session, platform.id, launch.product)
    course = _course(session, launch, deployment.school_id, now)
    if course is None:
        return Entry(account, deployment.school_id, None, None, None)
    for role in launch.roles & {Role.STUDENT, Role.TEACHER}:
        courses.remember_membership(
            session, course_id=course.id, person_id=account.id, role=role, now=now
        )
    _note_services(session, launch, course, now)
    if launch.resource_link is None:
        return Entry(account, deployment.school_id, course, None, None)
    link = _link(session, launch, course, launch.resource_link)
    copy_of = _copied_from(session, launch, course) if link.assessment_id is None else None
    return Entry(account, deployment.school_id, course, link, link.assessment_id, copy_of)


def enter_again(
    at_once: AtOnce, launch: Launch, platform: Platform, deployment: str, opening: NewSession
) -> KnownEntry | None:
    """Open the session of somebody who comes back to a link with nothing new: in one statement
    that writes the session and nothing else. None, and no session, in every other launch:
    ``enter_from_launch`` would have something to note or to refuse.

    ``deployment`` is the platform's word for it.
    """
    roles = launch.roles & IN_COURSE
    if not _is_plain(launch, platform) or len(roles) != 1:
        return None
    if launch.context is None or launch.resource_link is None:
        return None
    arriving = Arriving(
        platform_id=platform.id,
        issuer=platform.issuer,
        deployment=deployment,
        person=launch.person,
        role=next(iter(roles)),
        context=launch.context,
        link=launch.resource_link,
        grades=launch.grades,
        roster=launch.roster,
        groups=launch.groups,
    )
    return open_if_known(
        at_once, arriving, opening, set_up=bool(launch.custom.get(ASSESSMENT_FIELD))
    )


def _is_plain(launch: Launch, platform: Platform) -> bool:
    """Whether a launch holds nothing but what can be compared."""
    if launch.message_type is not MessageType.RESOURCE_LINK or not launch.person.sub:
        return False
    if launch.notices is not None and Role.TEACHER in launch.roles:
        return False
    return launch.product in {"", platform.product} and not any(
        getattr(launch, each) for each in OTHERS
    )


def _named(person: Person, new_id: Callable[[], str]) -> Person:
    """Deep linking may come without ``sub`` (deep linking 2.0, 4.4); such people stay apart."""
    return person if person.sub else replace(person, sub=f"anonymous:{new_id()}")


def _course(session: Session, launch: Launch, school_id: int, now: datetime) -> Course | None:
    if launch.context is None:
        return None
    return courses.remember_course(
        session,
        school_id=school_id,
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        context=launch.context,
        grades=launch.grades,
        now=now,
    )


def _note_services(session: Session, launch: Launch, course: Course, now: datetime) -> None:
    """Keep where the class list is read and notices are asked for; delivery does both."""
    if launch.roster is not None:
        rosters.note_roster(
            session, course_id=course.id, url=launch.roster, now=now, groups_url=launch.groups
        )
    if launch.notices is not None and Role.TEACHER in launch.roles:
        notice_handlers.note_service(
            session, deployment_id=course.deployment_id, url=launch.notices, now=now
        )


def _link(session: Session, launch: Launch, course: Course, told: ResourceLink) -> Link:
    line_item = launch.grades.line_item if launch.grades else None
    link = courses.remember_link(session, course_id=course.id, link=told, line_item_url=line_item)
    named = launch.custom.get(ASSESSMENT_FIELD)
    if link.assessment_id is not None or not named:
        return link
    here = runs.run_in(session, course.id, named)
    if here is None and _course_id_of(session, named) == course.id:
        here = named
    if here is None:
        return link
    courses.point_link(session, link.id, here)
    return courses.link(session, link.id)


def _copied_from(session: Session, launch: Launch, course: Course) -> str | None:
    """The assessment of another course that the link names: of one that the platform says this
    course was copied from, in the launch or in a notice, or where it says nothing, of any of the
    same school and platform."""
    named = launch.custom.get(ASSESSMENT_FIELD)
    home_id = _course_id_of(session, named) if named else None
    if home_id is None or home_id == course.id:
        return None
    home = courses.course(session, home_id)
    if (home.school_id, home.platform_id) != (course.school_id, course.platform_id):
        return None
    history = launch.custom.get(HISTORY_FIELD)
    told = {each.strip() for each in history.split(",")} if history else set()
    told |= notices.origins_of(session, course.deployment_id, course.context_id)
    return named if home.context_id in (told or {home.context_id}) else None


def _course_id_of(session: Session, assessment_id: str) -> int | None:
    try:
        return assessments.course_of(session, assessment_id)
    except NotFoundError:
        return None
