"""The registrar's page of two accounts of one student, in the real application."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence.people import Account
from tests.services.attaining import (
    LEVEL,
    master,
    rate_once_more,
    sign_off_now,
    whole_level,
)
from tests.services.classroom import STANDARD, Classroom, enrol
from tests.web.conftest import SignIn


@dataclass
class Registrar:
    """A registrar at work; the two accounts have one student number."""

    client: FlaskClient
    home: str
    first: Account
    second: Account

    def page(self, search: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/registrar/accounts?search={search}")

    def merge(self, kept: str = "", merged: str = "", reason: str = "姓名一致") -> TestResponse:
        form = {
            "kept": kept or str(self.first.id),
            "merged": merged or str(self.second.id),
            "reason": reason,
        }
        return self.client.post(f"{self.home}/registrar/accounts/merge", data=form)

    def part(self, reason: str = "弄错了") -> TestResponse:
        found = re.search(r'action="([^"]+/undo)"', self.page().text)
        assert found
        return self.client.post(found[1], data={"reason": reason})


@pytest.fixture
def registrar(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Registrar:
    pair = [classroom.enrol(name, number="2024030107") for name in ("黄嘉怡", "黄嘉怡（旧）")]
    for each in pair:
        rate_once_more(classroom, each, {"2.1.1": 3})
    person = enrol(classroom.database, classroom.course, "李慧", Role.TEACHER)
    home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"})
    return Registrar(client, home, *pair)


def test_two_accounts_with_one_number_are_proposed_merged_and_parted(registrar: Registrar) -> None:
    page = registrar.page().text
    assert "1 student number has several accounts" in page
    assert "<details open><summary>Student number 2024030107" in page
    assert registrar.merge().status_code == 303
    page = registrar.page().text
    assert "No student number has several accounts" in page
    assert "姓名一致" in page
    assert "In effect" in page
    outcomes = registrar.client.get(f"{registrar.home}/registrar/").text
    assert "1 learner<" in outcomes
    assert registrar.part().status_code == 303
    page = registrar.page().text
    assert "1 student number has several accounts" in page
    assert "弄错了" in page


@pytest.mark.parametrize("reason", ["", " ", "长" * 1001])
def test_a_merge_without_a_proper_reason_is_refused(registrar: Registrar, reason: str) -> None:
    assert registrar.merge(reason=reason).status_code == 422
    assert "1 student number has several accounts" in registrar.page().text


@pytest.mark.parametrize(
    ("kept", "merged", "status"),
    [("x", "", 422), ("99999", "", 404), ("same", "", 409)],
    ids=["no account", "an unknown account", "the same account twice"],
)
def test_a_merge_of_no_two_accounts_is_refused(
    registrar: Registrar, kept: str, merged: str, status: int
) -> None:
    wanted = str(registrar.second.id) if kept == "same" else kept
    assert registrar.merge(wanted, merged).status_code == status


def test_others_are_found_by_name(registrar: Registrar) -> None:
    assert "Found: 嘉怡" in registrar.page("嘉怡").text
    assert "Fewer than two students" in registrar.page("马腾飞").text


def test_a_merge_parted_already_says_so(registrar: Registrar) -> None:
    registrar.merge()
    page = registrar.page().text
    registrar.part()
    found = re.search(r'action="([^"]+/undo)"', page)
    assert found
    answer = registrar.client.post(found[1], data={"reason": "再"})
    assert answer.status_code == 409
    assert "taken back already" in answer.text


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.ADMINISTRATOR])
def test_other_roles_merge_nobody(registrar: Registrar, sign_in: SignIn, role: Role) -> None:
    registrar.home = sign_in(registrar.first, role)
    assert registrar.page().status_code == 403
    assert registrar.merge().status_code == 403


def test_a_sign_off_on_ratings_of_both_is_named_once_they_are_parted(
    registrar: Registrar, classroom: Classroom
) -> None:
    assessment = whole_level(classroom)
    for each in (registrar.first, registrar.second):
        master(classroom, each, assessment, times=1)
    registrar.merge()
    sign_off_now(classroom, registrar.first)
    registrar.part()
    address = f"/registrar/decision/{registrar.first.id}/{STANDARD}/{LEVEL}"
    page = registrar.page().text
    assert "Still signed off on ratings of both accounts" in page
    assert address in page
    decision = registrar.client.get(f"{registrar.home}{address}").text
    assert "ratings the rule is not met" in decision
