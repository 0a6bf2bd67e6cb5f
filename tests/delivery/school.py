"""A school whose LMS is the sandbox: a course with students and columns as the tool stored them,
and a deliverer that speaks to the LMS over HTTP. Not here: launches, ratings, pages.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from lti_tool.delivery.deliver import Deliverer
from lti_tool.delivery.means import Means
from lti_tool.domain.launch import Context, GradeService, Person
from lti_tool.domain.score import Score
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from lti_tool.persistence import courses, line_items, people, platforms, scores
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.platforms import PlatformDetails
from lti_tool.persistence.scores import Delivery
from lti_tool.sandbox import Grade, Platform, Received, registrations
from lti_tool.sandbox.claims import SCOPES

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The time for tool and LMS alike, moved by hand."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class School:
    """One course at one platform of the sandbox, and who delivers to it."""

    database: Database
    lms: Platform
    clock: Clock
    key: SigningKey
    course: Course
    learners: Sequence[int]
    """Our ids of the LMS's students, in its order."""
    chance: float = 1.0
    http: PlatformHttp = field(default_factory=lambda: PlatformHttp(allow_loopback=True))
    deliverer: Deliverer = field(init=False)

    def __post_init__(self) -> None:
        self.deliverer = self.new_deliverer()

    def new_deliverer(self, connections: int = 1) -> Deliverer:
        """Another process's deliverer: it shares nothing but the database."""
        return Deliverer(self.new_means(), connections=connections)

    def new_means(self) -> Means:
        """What another process's jobs speak to the LMS with."""
        numbers = count()
        tokens = AccessTokens(
            self.http,
            signing_key=lambda: self.key,
            unique=lambda: f"{id(numbers)}-{next(numbers)}",
        )
        return Means(self.database, self.http, tokens, self.clock, lambda: self.chance)

    def column(
        self,
        resource_id: str = "assessment-1",
        tag: str = line_items.GRADE_TAG,
        *,
        maximum: int = 20,
        url: str | None = None,
    ) -> LineItem:
        with self.database.transaction() as session:
            return line_items.ensure_line_item(
                session,
                course_id=self.course.id,
                resource_id=resource_id,
                tag=tag,
                label="有效沟通",
                maximum=Decimal(maximum),
                url=url,
            )

    def own_column(self, title: str = "有效沟通", *, published: bool = True) -> LineItem:
        """The column that the LMS made with an activity, known from a launch."""
        activity = self.lms.add_activity(title, published=published)
        own = self.lms.own_column(activity.id)
        assert own is not None
        return self.column(title, url=self.lms.addresses.line_item(own.id))

    def queue(self, column: LineItem, given: int, comment: str = "", *, who: int = 0) -> None:
        score = Score(Decimal(given), column.maximum, comment)
        with self.database.transaction() as session:
            scores.queue_score(
                session,
                line_item_id=column.id,
                person_id=self.learners[who],
                score=score,
                now=self.clock(),
            )

    def deliver(self) -> int:
        """One round: everything that is due now."""
        return self.deliverer.deliver_due()

    def deliver_after(self, seconds: float) -> int:
        self.clock.move(seconds)
        return self.deliver()

    def send_again(self, delivery: Delivery) -> None:
        with self.database.transaction() as session:
            scores.send_again(session, delivery.id, now=self.clock())

    def delivery(self, column: LineItem, who: int = 0) -> Delivery:
        with self.database.reading() as session:
            found = scores.deliveries_of(session, column.id)
        return next(each for each in found if each.person_id == self.learners[who])

    def stored(self, column: LineItem) -> LineItem:
        with self.database.reading() as session:
            found = line_items.line_item(session, column.id)
        assert found is not None
        return found

    # --- what the LMS has ---

    def cell(self, who: int = 0, *, resource_id: str | None = None) -> Grade | None:
        """The student's cell in the newest column, or in that of a resource id."""
        matching = [each for each in self.lms.line_items if resource_id in (None, each.resource_id)]
        return self.lms.grade(matching[-1].id, self.lms.students[who].user_id)

    def posts(self) -> list[Received]:
        """Every score post that reached the LMS."""
        return [each for each in self.lms.requests if each.path.endswith("/scores")]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.posts()]

    def times(self) -> list[str]:
        return [body["timestamp"] for body in self.bodies()]


def enter(database: Database, lms: Platform, *, scopes: Sequence[str] = SCOPES) -> Course:
    """Connect a platform of the sandbox and take its course and students over."""
    with database.transaction() as session:
        platform, deployment_id = _connect(session, lms)
        deployment = platforms.approve_deployment(session, platform, deployment_id, now=START)
        grades = GradeService(lms.addresses.line_items, None, frozenset(scopes))
        course = courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context(lms.manner.course.context_id, lms.manner.course.title, ""),
            grades=grades,
            now=START,
        )
        for student in lms.students:
            people.remember_person(
                session,
                school_id=course.school_id,
                issuer=platform.issuer,
                person=Person(student.user_id, name=student.name),
                now=START,
            )
    return course


def learners_of(database: Database, lms: Platform, course: Course) -> list[int]:
    with database.transaction() as session:
        return [
            people.remember_person(
                session,
                school_id=course.school_id,
                issuer=lms.addresses.issuer,
                person=Person(student.user_id),
                now=START,
            ).id
            for student in lms.students
        ]


def _connect(session: Session, lms: Platform) -> tuple[platforms.Platform, str]:
    told = next(
        each
        for each in registrations(lms.addresses.settings)
        if each.issuer == lms.addresses.issuer
    )
    details = PlatformDetails(
        name=told.name,
        issuer=told.issuer,
        client_id=told.client_id,
        auth_login_url=told.auth_login_url,
        auth_token_url=told.auth_token_url,
        key_set_url=told.key_set_url,
        frame_origins=(told.frame_origin,),
        product=lms.manner.name,
    )
    return platforms.add_platform(session, details, now=START), told.deployment_id
