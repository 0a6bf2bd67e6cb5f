"""Somebody who comes back with nothing new: one statement, to the same end as the long way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from lti_tool.domain.launch import (
    Context,
    GradeService,
    Launch,
    MessageType,
    Person,
    ResourceLink,
    Role,
)
from lti_tool.persistence import courses, people, platforms, rosters
from lti_tool.persistence.courses import CourseRow, MembershipRow, ResourceLinkRow
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.known_entries import SEEN, KnownEntry, NewSession
from lti_tool.persistence.people import PersonRow
from lti_tool.persistence.platforms import DeploymentRow, Platform, PlatformDetails
from lti_tool.persistence.sessions import signed_in
from lti_tool.services.enter_from_launch import enter_again, enter_from_launch

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
LMS = "https://lms.example.edu"
LAUNCH = Launch(
    platform_id=0,
    deployment_id=0,
    message_type=MessageType.RESOURCE_LINK,
    person=Person("5", "小龙 李", "小龙", "李", "lee@example.edu", "20240005"),
    roles=frozenset({Role.STUDENT}),
    context=Context("course-1", "Web 前端", "WEB"),
    resource_link=ResourceLink("link-1", "作业"),
    grades=GradeService(f"{LMS}/items", f"{LMS}/items/1", frozenset({"score", "lineitem"})),
    locale="zh_cn",
    product="moodle",
    roster=f"{LMS}/members",
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where people arrive."""

    database: Database
    platform: Platform
    deployment_id: int

    def enter(self, launch: Launch, *, now: datetime = NOW) -> None:
        """The long way."""
        launch = replace(launch, platform_id=self.platform.id, deployment_id=self.deployment_id)
        with self.database.transaction() as session:
            enter_from_launch(session, launch, now=now, new_id=lambda: "new")

    def enter_again(
        self, launch: Launch, *, now: datetime = SOON, token: str = "token"
    ) -> KnownEntry | None:
        """The shorter way, where it leads anywhere."""
        launch = replace(launch, platform_id=self.platform.id)
        hour = now + timedelta(hours=1)
        opening = NewSession(token, launch.roles, {"language": "zh_cn"}, now, hour)
        return enter_again(self.database.at_once, launch, self.platform, "1", opening)


@pytest.fixture
def door(database: Database) -> Door:
    """An approved deployment of a Moodle."""
    details = PlatformDetails(
        name="LMS",
        issuer=LMS,
        client_id="c",
        auth_login_url=LMS,
        auth_token_url=LMS,
        key_set_url=LMS,
        product="moodle",
    )
    with database.transaction() as session:
        platform = platforms.add_platform(session, details, now=NOW)
        deployment = platforms.approve_deployment(session, platform, "1", now=NOW)
    return Door(database, platform, deployment.id)


def test_somebody_known_gets_a_session_as_by_the_long_way(door: Door) -> None:
    door.enter(LAUNCH)
    assert door.enter_again(LAUNCH) == KnownEntry(None)
    with door.database.reading() as session:
        found = signed_in(session, "token", now=SOON)
        assert found is not None
        assert found.roles == {Role.STUDENT}
        person = people.account(session, found.person_id)
        assert (person.sub, person.school_id) == ("5", found.school_id)
        course = courses.course(session, found.course_id or 0)
        assert course.context_id == "course-1"
        link_id = found.data["link_id"]
        assert isinstance(link_id, int)
        assert courses.link(session, link_id).course_id == course.id
        assert found.data["language"] == "zh_cn"


def test_a_stranger_gets_no_session_the_shorter_way(door: Door) -> None:
    assert door.enter_again(LAUNCH) is None
    with door.database.reading() as session:
        assert signed_in(session, "token", now=SOON) is None


def test_what_a_platform_leaves_out_is_nothing_new(door: Door) -> None:
    door.enter(LAUNCH)
    less = replace(
        LAUNCH,
        person=Person("5"),
        context=Context("course-1"),
        grades=None,
        product="",
        roster=None,
    )
    assert door.enter_again(less) is not None


GRADES = GradeService(f"{LMS}/items", f"{LMS}/items/1", frozenset({"score", "lineitem"}))
NEWS = {
    "person": replace(LAUNCH, person=Person("6", "小龙 李", "小龙", "李")),
    "name": replace(LAUNCH, person=replace(LAUNCH.person, name="小凤 李")),
    "email": replace(LAUNCH, person=replace(LAUNCH.person, email="lee@example.org")),
    "number": replace(LAUNCH, person=replace(LAUNCH.person, student_number="20240006")),
    "course": replace(LAUNCH, context=Context("course-2", "Web 前端", "WEB")),
    "title": replace(LAUNCH, context=Context("course-1", "Web 后端", "WEB")),
    "link": replace(LAUNCH, resource_link=ResourceLink("link-2", "作业")),
    "link title": replace(LAUNCH, resource_link=ResourceLink("link-1", "练习")),
    "line item": replace(LAUNCH, grades=replace(GRADES, line_item=f"{LMS}/items/2")),
    "line items": replace(LAUNCH, grades=replace(GRADES, line_items=f"{LMS}/others")),
    "scopes": replace(LAUNCH, grades=replace(GRADES, scopes=frozenset({"score"}))),
    "role": replace(LAUNCH, roles=frozenset({Role.TEACHER})),
    "two roles": replace(LAUNCH, roles=frozenset({Role.TEACHER, Role.STUDENT})),
    "roster": replace(LAUNCH, roster=f"{LMS}/others"),
    "product": replace(LAUNCH, product="canvas"),
    "assessment": replace(LAUNCH, custom={"assessment": "a"}),
    "no course": replace(LAUNCH, context=None),
    "no link": replace(LAUNCH, resource_link=None),
    "review": replace(LAUNCH, message_type=MessageType.SUBMISSION_REVIEW, for_user="7"),
    "groups": replace(LAUNCH, groups=f"{LMS}/groups"),
}


def test_notices_are_a_teachers_news_alone(door: Door) -> None:
    notices = f"{LMS}/notices"
    door.enter(LAUNCH)
    assert door.enter_again(replace(LAUNCH, notices=notices)) is not None
    teacher = replace(LAUNCH, roles=frozenset({Role.TEACHER}))
    door.enter(teacher)
    assert door.enter_again(teacher, token="another") is not None
    assert door.enter_again(replace(teacher, notices=notices)) is None


@pytest.mark.parametrize("launch", NEWS.values(), ids=NEWS)
def test_a_launch_with_news_takes_the_long_way(door: Door, launch: Launch) -> None:
    door.enter(LAUNCH)
    assert door.enter_again(launch) is None


def _leave(session: Session) -> None:
    session.execute(update(MembershipRow).values(left_at=NOW))


def _wait(session: Session) -> None:
    session.execute(update(DeploymentRow).values(state="waiting"))


def _rename(session: Session) -> None:
    session.execute(update(PersonRow).values(name="小凤"))


def _forget_column(session: Session) -> None:
    session.execute(update(ResourceLinkRow).values(line_item_url=None))


def _retitle(session: Session) -> None:
    session.execute(update(CourseRow).values(title="Web"))


CHANGES = {each.__name__: each for each in (_leave, _wait, _rename, _forget_column, _retitle)}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_here_since_the_last_launch_counts_at_once(
    door: Door, change: Callable[[Session], None]
) -> None:
    door.enter(LAUNCH)
    with door.database.transaction() as session:
        change(session)
    assert door.enter_again(LAUNCH) is None


def test_a_person_is_noted_again_after_a_while(door: Door) -> None:
    door.enter(LAUNCH)
    later = NOW + SEEN
    assert door.enter_again(LAUNCH, now=later) is None
    door.enter(LAUNCH, now=later)
    assert door.enter_again(LAUNCH, now=later) is not None


def test_a_class_list_is_asked_for_again_after_a_while(door: Door) -> None:
    door.enter(LAUNCH)
    with door.database.transaction() as session:
        rosters.lease_due(session, now=NOW, lease=timedelta(minutes=1))
        course = courses.courses_of_school(session, 1)[0]
        rosters.mark_refreshed(session, course.id, now=NOW)
    assert door.enter_again(LAUNCH) is not None
    late = NOW + rosters.FRESH
    door.enter(replace(LAUNCH, roster=None), now=late)
    assert door.enter_again(LAUNCH, now=late) is None
