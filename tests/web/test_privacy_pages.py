"""The administrator's page on learners' own data."""

import io
import json
import re
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log, erasures
from lti_tool.persistence.people import Account
from lti_tool.services.erase_person import YEAR
from lti_tool.services.merge_accounts import merge_accounts
from tests.services.classroom import START, Classroom
from tests.web.conftest import SignIn

NAME = "欧阳晓薇"


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    made = classroom.enrol(NAME, number="2026001")
    classroom.finish(made, classroom.set_up())
    return made


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.ADMINISTRATOR) + "/privacy/"


def actions(classroom: Classroom, learner: Account) -> list[str]:
    with classroom.reading() as session:
        return [e.action for e in audit_log.entries_about(session, f"learner:{learner.id}")]


def test_nobody_shows_before_they_are_searched_for(
    client: FlaskClient, home: str, learner: Account
) -> None:
    assert NAME not in client.get(home).text
    page = client.post(home, data={"search": "晓薇"}).text
    assert f'href="{home}{learner.id}"' in page
    assert NAME in page


def test_an_administrator_sees_what_is_kept_and_hands_it_out(
    client: FlaskClient, home: str, learner: Account, classroom: Classroom
) -> None:
    page = client.get(f"{home}{learner.id}").text
    assert NAME in page
    assert actions(classroom, learner) == ["look"]
    answer = client.post(f"{home}{learner.id}/export")
    assert answer.mimetype == "application/zip"
    assert re.search(
        r"filename=personal-data-\d+-\d{8}\.zip", answer.headers["Content-Disposition"]
    )
    with ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("data.json"))["data"]
    assert told["people"][0]["name"] == NAME
    assert len(told["ratings"]) == 3
    assert actions(classroom, learner) == ["look", "export_person"]


def test_nobody_is_erased_before_somebody_confirms_it(
    client: FlaskClient, home: str, learner: Account, classroom: Classroom
) -> None:
    refused = client.post(f"{home}{learner.id}/erase")
    assert refused.status_code == 422
    assert NAME in refused.text
    assert client.post(f"{home}{learner.id}/erase", data={"confirmed": "1"}).status_code == 303
    page = client.get(f"{home}{learner.id}").text
    assert NAME not in page
    assert f'action="{home}{learner.id}/erase"' not in page
    again = client.post(f"{home}{learner.id}/erase", data={"confirmed": "1"})
    assert again.status_code == 409
    assert NAME not in client.post(home, data={"search": "晓薇"}).text.replace('value="晓薇"', "")


def test_the_accounts_of_one_learner_are_counted_handed_out_and_erased_together(
    client: FlaskClient, home: str, learner: Account, classroom: Classroom
) -> None:
    other = classroom.enrol("欧阳", number="2026001")
    with classroom.working() as work:
        merge_accounts(
            work, learner.id, other.id, reason="同一人", school_id=classroom.course.school_id
        )
    page = client.get(f"{home}{other.id}").text
    assert f'href="{home}{learner.id}"' in page
    assert f"{other.id}、{learner.id}" in page
    client.post(f"{home}{other.id}/erase", data={"confirmed": "1"})
    assert NAME not in client.get(f"{home}{learner.id}").text
    assert actions(classroom, learner)[0] == "erase"


def test_a_teacher_is_not_erased(
    client: FlaskClient, home: str, learner: Account, classroom: Classroom
) -> None:
    page = client.get(f"{home}{classroom.teacher.id}").text
    assert f'action="{home}{classroom.teacher.id}/erase"' not in page
    answer = client.post(f"{home}{classroom.teacher.id}/erase", data={"confirmed": "1"})
    assert answer.status_code == 409


def test_data_that_are_due_stay_for_a_reason_only(
    client: FlaskClient, home: str, learner: Account, classroom: Classroom
) -> None:
    with classroom.database.transaction() as session:
        erasures.propose(session, learner, now=START + 5 * YEAR)
    assert NAME in client.get(home).text
    address = f"{home}{learner.id}/keep"
    for form in ({"years": "2"}, {"years": "0", "reason": "x"}, {"reason": "x"}):
        assert client.post(address, data=form).status_code == 422
    kept = client.post(address, data={"years": "2", "reason": "诉讼未结"})
    assert kept.status_code == 303
    assert NAME not in client.get(home).text


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.REGISTRAR])
def test_others_are_refused(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn, learner: Account, role: Role
) -> None:
    start = sign_in(classroom.teacher, role) + "/privacy/"
    assert client.get(start).status_code == 403
    assert client.get(f"{start}{learner.id}").status_code == 403
    for act in ("export", "erase", "keep"):
        assert client.post(f"{start}{learner.id}/{act}", data={"confirmed": "1"}).status_code == 403
