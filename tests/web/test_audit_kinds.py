"""What must be in the audit log is in it, with who did it and to what: ratings, releases,
sign-offs, revocations, rule changes, exports, access to personal data by people and programs."""

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_tool.catalogue import content_of
from lti_tool.domain.access_token import Scope
from lti_tool.domain.launch import Role
from lti_tool.persistence.audit_log import AuditRow
from lti_tool.persistence.people import Account
from lti_tool.services.change_rule import change_rule
from lti_tool.services.issue_token import By, Wish, issue_token
from lti_tool.services.sign_off_attainment import revoke_attainment
from tests.services.attaining import LEVEL, master, sign_off_now, subject, whole_level
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn

DONE = (
    ("rate", "submission:"),
    ("release", "submission:"),
    ("sign_off", "attainment:"),
    ("revoke", "attainment:"),
    ("change_rule", "rule:"),
    ("export", "export:"),
    ("take_export", "export:"),
    ("look", "list:outcomes"),
    ("look", "learner:"),
    ("issue_token", "token:"),
)
"""Action, and how its subject begins."""


def entries(classroom: Classroom) -> Sequence[AuditRow]:
    with classroom.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


@pytest.fixture
def eventful(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Account:
    """A learner about whom everything of this has happened; returns who did it as a registrar."""
    learner = classroom.enrol("黄嘉怡", number="2024030107")
    classroom.finish(learner, classroom.set_up())
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    school_id = classroom.course.school_id
    registrar = classroom.enrol("李慧", Role.TEACHER)
    with classroom.working(registrar) as work:
        revoke_attainment(work, subject(learner), reason="误操作", school_id=school_id)
    with classroom.working(registrar) as work:
        rule = content_of(work.bundle(STANDARD).rule)
        change_rule(work, STANDARD, rule, reason="校考评委员会", seen="1", school_id=school_id)
    with classroom.working(registrar) as work:
        wish, by = Wish("考务平台", frozenset(Scope), 30), By(registrar.id, work.now)
        issue_token(work.session, wish, "s", by, school_id=school_id, owner_id=registrar.id)
    home = f"{sign_in(registrar, Role.REGISTRAR, course=False)}/registrar"
    for path in ("/", f"/decision/{learner.id}/{STANDARD}/{LEVEL}"):
        assert client.get(home + path).status_code == 200
    made = client.post(f"{home}/exports", data={"standard": STANDARD, "kind": "csv"})
    assert client.get(f"{made.location}/file").status_code == 200
    read = client.get(f"/api/v1/learners/{learner.id}", headers={"Authorization": "Bearer s"})
    assert read.status_code == 200
    return registrar


def test_everything_that_must_be_in_the_log_is_in_it_with_who_and_what(
    classroom: Classroom, eventful: Account
) -> None:
    found = entries(classroom)
    for action, about in DONE:
        matching = [
            each for each in found if each.action == action and each.subject.startswith(about)
        ]
        assert matching, (action, about)
        by = {each.actor_id for each in matching}
        expected = classroom.teacher if action in {"rate", "release", "sign_off"} else eventful
        assert by == {expected.id}, (action, about)


def test_a_look_tells_whether_a_person_or_a_program_read(
    classroom: Classroom, eventful: Account
) -> None:
    ways = {
        each.detail
        for each in entries(classroom)
        if each.action == "look" and each.subject.startswith("learner:")
    }
    assert ways == {"page", "token:1"}


def test_no_name_and_no_secret_stands_in_the_log(classroom: Classroom, eventful: Account) -> None:
    whole = " ".join(f"{each.subject} {each.detail}" for each in entries(classroom))
    assert [each for each in ("黄嘉怡", "李慧", "2024030107", "做得不错") if each in whole] == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_teachers_tables_are_exports_in_the_log(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, ending: str
) -> None:
    teacher = f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher"
    assessment = classroom.set_up()

    for path in (f"assessments/{assessment.id}/table", "class"):
        assert client.get(f"{teacher}/{path}.{ending}").status_code == 200

    kept = [each for each in entries(classroom) if each.action == "export"]
    assert [(each.subject, each.detail) for each in kept] == [
        (f"assessment:{assessment.id}", f"ratings {ending}"),
        (f"course:{classroom.course.id}", f"class {ending}"),
    ]
    assert {each.actor_id for each in kept} == {classroom.teacher.id}
