"""Who looked at whose data is in the audit log: once for each person, learner and day."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log
from lti_tool.persistence.audit_log import AuditEntry
from lti_tool.persistence.people import Account
from lti_tool.services.note_look import of_learner
from tests.services.attaining import LEVEL, give, whole_level
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    learner = classroom.enrol("黄嘉怡", number="2024030107")
    assessment = whole_level(classroom)
    give(classroom, learner, classroom.hand_in(learner, assessment), assessment, {"2.1.1": 3})
    return learner


def looks_at(classroom: Classroom, learner: Account) -> list[AuditEntry]:
    with classroom.reading() as session:
        return list(audit_log.entries_about(session, of_learner(learner.id)))


def address(home: str, learner: Account, standard: str = STANDARD) -> str:
    return f"{home}/registrar/decision/{learner.id}/{standard}/{LEVEL}"


def test_a_look_is_kept_once_a_day_for_each_person(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, learner: Account
) -> None:
    people = [classroom.enrol(name, Role.TEACHER) for name in ("李慧", "王芳")]
    homes = [sign_in(each, Role.REGISTRAR, course=False) for each in people]
    for home in (*homes, *homes):
        assert client.get(address(home, learner)).status_code == 200
    kept = looks_at(classroom, learner)
    assert [(each.actor_id, each.action, each.detail) for each in kept] == [
        (each.id, "look", "page") for each in people
    ]


def test_the_day_is_the_schools(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, learner: Account
) -> None:
    midnight_in_shanghai = datetime(2026, 9, 3, 16, 0, tzinfo=UTC)
    classroom.now = midnight_in_shanghai - timedelta(hours=1)
    home = sign_in(classroom.enrol("李慧", Role.TEACHER), Role.REGISTRAR, course=False)
    kept = []
    for minutes in (-60, -1, 1):
        classroom.now = midnight_in_shanghai + timedelta(minutes=minutes)
        client.get(address(home, learner))
        kept.append(len(looks_at(classroom, learner)))
    assert kept == [1, 1, 2]


def test_a_look_that_was_refused_is_none(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, learner: Account
) -> None:
    registrar = sign_in(classroom.enrol("李慧", Role.TEACHER), Role.REGISTRAR, course=False)
    teacher = sign_in(classroom.teacher, Role.TEACHER)
    assert client.get(address(registrar, learner, "530050-1999")).status_code == 404
    assert client.get(address(teacher, learner)).status_code == 403
    assert looks_at(classroom, learner) == []
