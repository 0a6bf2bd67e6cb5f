"""The page of access tokens: a registrar issues, registrars and administrators revoke."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.access_token import AccessToken, Scope, TokenState
from lti_tool.domain.launch import Role
from lti_tool.persistence import api_tokens, audit_log, platforms
from lti_tool.persistence.people import Account
from tests.services.classroom import START, Classroom
from tests.web.conftest import SignIn


@dataclass
class Desk:
    """Somebody at the page of tokens."""

    classroom: Classroom
    client: FlaskClient
    home: str

    def page(self) -> TestResponse:
        return self.client.get(f"{self.home}/tokens/")

    def issue(self, **form: object) -> TestResponse:
        wanted = {"name": "考务平台", "scopes": ["read:outcomes"], "days": "30", **form}
        return self.client.post(f"{self.home}/tokens/", data=wanted)

    def revoke(self, token: AccessToken) -> TestResponse:
        return self.client.post(f"{self.home}/tokens/{token.id}/revoke")

    def tokens(self) -> list[AccessToken]:
        with self.classroom.reading() as session:
            return list(api_tokens.api_tokens_of(session, self.classroom.course.school_id))

    def noted(self, token: AccessToken) -> list[str]:
        with self.classroom.reading() as session:
            return [each.action for each in audit_log.entries_about(session, f"token:{token.id}")]


@pytest.fixture
def person(classroom: Classroom) -> Account:
    return classroom.enrol("李慧", Role.TEACHER)


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn, person: Account) -> Desk:
    home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"})
    return Desk(classroom, client, home)


def secret_in(answer: TestResponse) -> str:
    found = re.search(r'id="secret" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def test_a_token_is_shown_once_and_only_its_hash_is_kept(desk: Desk) -> None:
    secret = secret_in(desk.issue())
    (token,) = desk.tokens()
    assert (token.name, set(token.scopes)) == ("考务平台", {Scope.OUTCOMES})
    assert token.expires_at == desk.classroom.now + timedelta(days=30)
    assert secret not in desk.page().text
    with desk.classroom.reading() as session:
        assert api_tokens.api_token_by_secret(session, secret) == token
        kept = session.connection().exec_driver_sql("select * from api_tokens").all()
    assert secret not in str(kept)
    assert desk.noted(token) == ["issue_token"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "长" * 101),
        ("scopes", []),
        ("scopes", ["read:everything"]),
        ("days", "0"),
        ("days", "367"),
        ("days", ""),
        ("days", "many"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_at_its_field_and_kept(
    desk: Desk, field: str, value: object
) -> None:
    answer = desk.issue(**{field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert field == "name" or "考务平台" in answer.text
    assert desk.tokens() == []


def test_a_token_is_revoked_for_good(desk: Desk) -> None:
    desk.issue()
    (token,) = desk.tokens()
    assert desk.revoke(token).status_code == 303
    assert desk.revoke(token).status_code == 303
    (after,) = desk.tokens()
    assert after.state(desk.classroom.now) is TokenState.REVOKED
    assert desk.noted(token) == ["issue_token", "revoke_token"]
    assert "No token works" in desk.page().text


def test_an_administrator_sees_and_revokes_but_issues_none(
    desk: Desk, sign_in: SignIn, person: Account
) -> None:
    desk.issue()
    (token,) = desk.tokens()
    desk.home = sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "en"})
    assert "考务平台" in desk.page().text
    assert "Issue the token" not in desk.page().text
    assert desk.issue().status_code == 403
    assert desk.revoke(token).status_code == 303
    assert desk.tokens()[0].revoked_at is not None


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER])
def test_nobody_else_has_this_page(
    desk: Desk, sign_in: SignIn, person: Account, role: Role
) -> None:
    desk.home = sign_in(person, role)
    assert desk.page().status_code == 403
    assert desk.issue().status_code == 403
    assert desk.tokens() == []


def test_a_token_of_another_school_is_neither_shown_nor_revoked(
    desk: Desk, sign_in: SignIn, person: Account
) -> None:
    desk.issue()
    (token,) = desk.tokens()
    with desk.classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        other = platforms.note_deployment(session, platform, "2", now=START)
    moved = Account(person.id, other.school_id, person.sub, person.name, "", "")
    desk.home = sign_in(moved, Role.REGISTRAR, course=False)
    assert "考务平台" not in desk.page().text
    assert desk.revoke(token).status_code == 404
    assert desk.tokens()[0].revoked_at is None
