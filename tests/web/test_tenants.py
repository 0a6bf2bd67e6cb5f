"""Nobody sees or changes what is another's: every route, as the teacher, the student and the
registrar of every other tenant, with the real ids of a course that is not theirs.

Other tenants: another course of the deployment, another deployment of the platform, another client
of the same issuer, each with the same user ids, the last two with the same course id, too; and, for
students, a classmate. A route added later is walked without a word here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Context, GradeService, Person, ResourceLink, Role
from lti_tool.domain.submission import Submission
from lti_tool.persistence import courses, line_items, people, platforms, scores, tables
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.persistence.platforms import PlatformDetails
from tests.services.classroom import ISSUER, STANDARD, START, Classroom, conditions
from tests.web.conftest import SignIn

TITLE = "机密考核甲"
STUDENT = "机密学生乙"
NUMBER = "SECRET-20240001"
COMMENT = "机密评语丙"
PREFIX = "/s/<session_token>/"
TENANTS = ("another course", "another deployment", "another client")
# A registrar sees the whole school, so one of another course of it is no stranger.
STRANGERS = [
    (tenant, role)
    for tenant in TENANTS
    for role in (Role.TEACHER, Role.STUDENT, Role.REGISTRAR)
    if (tenant, role) != ("another course", Role.REGISTRAR)
]
WRITTEN_BY_A_VISIT = frozenset({"sessions", "audit_log", "alembic_version"})


@dataclass(frozen=True)
class Victim:
    """A course with a rated piece of work in it, by its ids."""

    learner: Account
    assessment: Assessment
    submission: Submission
    course: Course
    delivery_id: int
    line_item_id: int
    link_id: int

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no page of anybody else's may say."""
        return (TITLE, STUDENT, NUMBER, COMMENT, self.evidence_text, self.course.title)

    @property
    def evidence_text(self) -> str:
        return self.submission.evidence[0].text or ""

    def values(self, rule: Rule) -> dict[str, Any]:
        """The parts of a route's address, each the victim's."""
        known: dict[str, Any] = {
            "assessment_id": self.assessment.id,
            "submission_id": self.submission.id,
            "evidence_id": self.submission.evidence[0].id,
            "delivery_id": self.delivery_id,
            "line_item_id": self.line_item_id,
            "learner_id": self.learner.id,
            "course_id": self.course.id,
            "link_id": self.link_id,
            "platform_id": self.course.platform_id,
            "deployment_id": self.course.deployment_id,
            "person_id": self.learner.id,
            "standard_id": STANDARD,
            "level": "elementary",
            "key_level": "elementary",
            "code": self.assessment.codes[0],
        }
        return {name: known.get(name, "1") for name in rule.arguments}

    def form(self) -> dict[str, str]:
        """Every field that any form has, with the victim's ids: each view takes what it knows."""
        code = self.assessment.codes[0]
        return {
            "assessment": self.assessment.id,
            "assessments": self.assessment.id,
            "evidence_id": self.submission.evidence[0].id,
            "learner": str(self.learner.id),
            "line_item": str(self.line_item_id),
            "course": str(self.course.id),
            "column": str(self.line_item_id),
            "standard": STANDARD,
            "task": "elementary/2.1",
            "requirement": f"elementary/{code}",
            "code": code,
            "codes": f"elementary/{code}",
            "level": "2",
            "version": str(self.submission.version),
            "form_id": self.assessment.id,
            "title": "别人的标题",
            "points": "10",
            "release": "held",
            "text": "别人的文字",
            "url": "https://example.org/",
            "reason": "理由",
            "comment": "别人的评语",
            "confirmed": "1",
            "digest": "0" * 64,
            # One of ours would be noted at the visitor, whose own choice it is.
            "language": "fr",
            "from": "/",
        }


@pytest.fixture
def victim(classroom: Classroom) -> Victim:
    """Ids as long as the real ones, so that they pass for such."""
    classroom.numbers = count(10**15)
    learner = classroom.enrol(STUDENT, number=NUMBER)
    link = classroom.link()
    assessment = classroom.set_up("2.1.1", "2.1.2", given=conditions(TITLE))
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 3, 2, comment=COMMENT)
    submission = classroom.release(submission, assessment)
    with classroom.reading() as session:
        item = line_items.line_items_of(session, classroom.course.id)[0]
        delivery = scores.deliveries_of(session, item.id)[0]
    return Victim(learner, assessment, submission, classroom.course, delivery.id, item.id, link.id)


def other_course(database: Database, tenant: str) -> Course:
    """A course of another tenant, where the same people may well be known by the same ids."""
    client = "other-client" if tenant == "another client" else "client"
    with database.transaction() as session:
        platform = platforms.platform_by(session, ISSUER, client) or platforms.add_platform(
            session,
            PlatformDetails(
                name="别的学校",
                issuer=ISSUER,
                client_id=client,
                auth_login_url=f"{ISSUER}/auth",
                auth_token_url=f"{ISSUER}/token",
                key_set_url=f"{ISSUER}/keys",
            ),
            now=START,
        )
        named = "2" if tenant == "another deployment" else "1"
        deployment = platforms.approve_deployment(session, platform, named, now=START)
        context = "course-2" if tenant == "another course" else "course-1"
        return courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context(context, "别的课程", "X"),
            grades=GradeService(f"{ISSUER}/x/lineitems", None, frozenset({"score"})),
            now=START,
        )


def arrive(database: Database, course: Course, sub: str, role: Role) -> Account:
    """Somebody of a course; nothing but the user id is told."""
    with database.transaction() as session:
        account = people.remember_person(
            session, school_id=course.school_id, issuer=ISSUER, person=Person(sub), now=START
        )
        if role is not Role.REGISTRAR:
            courses.remember_membership(
                session, course_id=course.id, person_id=account.id, role=role, now=START
            )
        return account


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every page and form behind a session."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield rule, method


def walk(
    app: Flask, client: FlaskClient, home: str, victim: Victim
) -> Iterator[tuple[str, TestResponse]]:
    """The answer of every route to somebody with the victim's ids."""
    for rule, method in routes(app):
        values = {**victim.values(rule), "session_token": home.rpartition("/")[2]}
        path = app.url_map.bind("tool.example").build(rule.endpoint, values, method=method)
        answer = client.open(
            path.removeprefix("http://tool.example"),
            method=method,
            data=victim.form() if method != "GET" else None,
            query_string=victim.form() if method == "GET" else None,
        )
        yield f"{method} {rule.rule}", answer


def stored(database: Database) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table that a visit as such does not write."""
    with database.reading() as session:
        return {
            name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for name, table in tables.metadata.tables.items()
            if name not in WRITTEN_BY_A_VISIT
        }


def tied_to(table: Table, row: tuple[Any, ...], victim: Victim) -> bool:
    """Whether a row belongs to the victim's course, work or person."""
    told = dict(zip(table.columns.keys(), row, strict=True))
    theirs = {
        "course_id": victim.course.id,
        "assessment_id": victim.assessment.id,
        "submission_id": victim.submission.id,
        "learner_id": victim.learner.id,
        "line_item_id": victim.line_item_id,
    }
    return any(told.get(name) == value for name, value in theirs.items())


def assert_untouched(
    before: Mapping[str, list[tuple[Any, ...]]],
    after: Mapping[str, list[tuple[Any, ...]]],
    victim: Victim,
) -> None:
    """Nothing that was there has changed, and nothing new is the victim's."""
    for name, rows in before.items():
        assert [row for row in rows if row not in after[name]] == [], name
        added = [row for row in after[name] if row not in rows]
        table = tables.metadata.tables[name]
        assert [row for row in added if tied_to(table, row, victim)] == [], name


def words_of(answer: TestResponse) -> str:
    """All that an answer tells; of a workbook, the words of its parts."""
    data = answer.get_data()
    if not data.startswith(b"PK"):
        return data.decode()
    with ZipFile(BytesIO(data)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def visit_everything(app: Flask, classroom: Classroom, home: str, victim: Victim) -> None:
    """Walk every route; nothing is told, nothing is touched, nothing breaks."""
    before = stored(classroom.database)
    client = app.test_client()
    for name, answer in walk(app, client, home, victim):
        assert answer.status_code < 500, name
        told = words_of(answer)
        assert [s for s in victim.secrets if s in told] == [], name
        if f"{victim.assessment.id}" in str(answer.headers.get("Location", "")):
            pytest.fail(f"{name} leads to the victim's assessment")
    assert_untouched(before, stored(classroom.database), victim)


@pytest.mark.parametrize("somebody", STRANGERS, ids=lambda who: f"{who[1]} of {who[0]}")
def test_another_tenant_gets_nowhere_with_real_ids(
    app: Flask, classroom: Classroom, sign_in: SignIn, victim: Victim, somebody: tuple[str, Role]
) -> None:
    tenant, role = somebody
    course = other_course(classroom.database, tenant)
    same_sub = STUDENT if role is Role.STUDENT else "周敏"
    sub = "someone else" if tenant == "another course" else same_sub
    account = arrive(classroom.database, course, sub, role)
    assert account.id not in {victim.learner.id, classroom.teacher.id}
    home = sign_in(account, role, course=False if role is Role.REGISTRAR else course)
    visit_everything(app, classroom, home, victim)


def test_a_classmate_gets_nowhere_with_real_ids(
    app: Flask, classroom: Classroom, sign_in: SignIn, victim: Victim
) -> None:
    """The assessment itself is a classmate's, too; the work handed in to it is not."""
    home = sign_in(classroom.enrol("同学"), Role.STUDENT)
    before = stored(classroom.database)
    for name, answer in walk(app, app.test_client(), home, victim):
        assert answer.status_code < 500, name
        told = words_of(answer)
        private = (STUDENT, NUMBER, COMMENT, victim.evidence_text)
        assert [each for each in private if each in told] == [], name
        if "/teacher/" in name or "/registrar/" in name or "/admin/" in name:
            assert answer.status_code == 403, name
    after = stored(classroom.database)
    for table, rows in before.items():
        assert [row for row in rows if row not in after[table]] == [], table


def test_a_teacher_is_told_apart_by_course_even_with_the_same_account(
    app: Flask, classroom: Classroom, sign_in: SignIn, victim: Victim
) -> None:
    """The same teacher, launched from another course of theirs: what they see is that course's."""
    course = other_course(classroom.database, "another course")
    with classroom.database.transaction() as session:
        courses.remember_membership(
            session,
            course_id=course.id,
            person_id=classroom.teacher.id,
            role=Role.TEACHER,
            now=START,
        )
    visit_everything(
        app, classroom, sign_in(classroom.teacher, Role.TEACHER, course=course), victim
    )


def test_a_link_of_another_course_cannot_be_bent(
    app: Flask, classroom: Classroom, sign_in: SignIn, victim: Victim
) -> None:
    """A link's id is in the session; what it opens is the own course's or nothing."""
    course = other_course(classroom.database, "another deployment")
    with classroom.database.transaction() as session:
        link = courses.remember_link(
            session, course_id=course.id, link=ResourceLink("link-1"), line_item_url=None
        )
    teacher = arrive(classroom.database, course, "周敏", Role.TEACHER)
    home = sign_in(teacher, Role.TEACHER, course=course, data={"link_id": link.id})
    form = {"assessment": victim.assessment.id}
    answer = app.test_client().post(f"{home}/teacher/choose/existing", data=form)
    assert answer.status_code == 404
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id is None
