"""The pages of equivalence: proposals to compare, decisions with a reason, refusals in words."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from tests.journeys.visitor import read_forms
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn


@dataclass
class Desk:
    """An administrator at the page of equivalence."""

    client: FlaskClient
    address: str

    def page(self, path: str = "") -> str:
        return self.client.get(self.address + path).text

    def decide(self, pair: str, verdict: str, **typed: str) -> TestResponse:
        page = self.client.get(f"{self.address}/pair/{pair}").text
        form = next(each for each in read_forms(page) if "/pair/" in each.action)
        data = {**dict(form.fields), "verdict": verdict, **typed}
        return self.client.post(f"{self.address}/pair/{pair}", data=data)


PAIR = "elementary/2.1.2/intermediate/2.1.2"


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    person = classroom.enrol("何老师", Role.TEACHER)
    home = sign_in(person, Role.ADMINISTRATOR, course=False)
    return Desk(client, f"{home}/equivalence/{STANDARD}")


def test_the_page_says_what_is_left_to_compare_and_what_holds(desk: Desk) -> None:
    page = desk.page()
    assert "没有待比较的要求" in page
    assert "55 条关联互认佐证" in page
    assert "尚无决定，沿用随标准提供的关联" in page


def test_a_pair_is_kept_apart_with_a_reason_and_the_record_says_who(desk: Desk) -> None:
    assert desk.decide(PAIR, "reject", reason="情境不同").status_code == 303
    page = desk.page()
    assert "54 条关联互认佐证" in page
    assert "情境不同" in page
    assert "何老师" in page
    assert "未关联：各需佐证" in desk.page(f"/pair/{PAIR}")


def test_without_a_reason_nothing_is_saved_and_the_field_says_so(desk: Desk) -> None:
    answer = desk.decide(PAIR, "reject", reason="  ")
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert "55 条关联互认佐证" in desk.page()


def test_a_contradiction_names_both_places_and_keeps_what_was_typed(desk: Desk) -> None:
    pair = "elementary/2.1.3/intermediate/2.1.2"
    answer = desk.decide(pair, "accept", tag="diff", reason="看起来一样")
    assert answer.status_code == 409
    assert "初级 2.1.2 与 初级 2.1.3 会成为一条要求" in answer.text
    assert "初级 2.1.3 — 中级 2.1.2" in answer.text
    assert "看起来一样" in answer.text
    assert "尚无决定" in desk.page()


def test_a_page_that_is_behind_decides_nothing(desk: Desk) -> None:
    desk.decide(PAIR, "reject", reason="情境不同")
    answer = desk.decide("elementary/2.1.3/intermediate/2.1.3", "reject", reason="同上", seen="0")
    assert answer.status_code == 409
    assert "已有他人作出决定" in answer.text


def test_a_decision_is_undone_with_a_reason(desk: Desk) -> None:
    desk.decide(PAIR, "reject", reason="情境不同")
    assert desk.decide(PAIR, "undo", reason="复核后撤回").status_code == 303
    page = desk.page()
    assert "55 条关联互认佐证" in page
    assert "撤回了上一项决定" in page


def test_any_two_requirements_of_different_levels_are_compared(desk: Desk) -> None:
    address = f"{desk.address}/compare?one=advanced/1.1.2&other=elementary/2.2.3"
    answer = desk.client.get(address)
    assert answer.status_code == 303
    assert answer.location.endswith("/pair/elementary/2.2.3/advanced/1.1.2")
    page = desk.client.get(answer.location).text
    assert "工作任务不同（业务解答 → 高危业务高阶处理），情境可能不同" in page


@pytest.mark.parametrize(
    "path",
    [
        "/compare?one=elementary/1.1.1&other=elementary/1.1.2",
        "/compare?one=elementary/9.9.9&other=intermediate/1.1.1",
        "/compare",
        "/pair/intermediate/1.1.1/elementary/1.1.1",
        "/pair/elementary/1.1.1/nowhere/1.1.1",
    ],
)
def test_a_pair_that_is_none_is_refused(desk: Desk, path: str) -> None:
    assert desk.client.get(desk.address + path).status_code == 400


def test_the_links_come_out_as_yaml(desk: Desk) -> None:
    desk.decide(PAIR, "reject", reason="情境不同")
    answer = desk.client.get(f"{desk.address}/equivalence.yaml")
    assert answer.mimetype == "application/yaml"
    assert "higher: intermediate/2.1.2" not in answer.text
    assert "higher: intermediate/2.1.3" in answer.text


def test_a_teacher_may_not_decide(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER)
    assert client.get(f"{home}/equivalence/{STANDARD}").status_code == 403
    assert client.post(f"{home}/equivalence/{STANDARD}/pair/{PAIR}").status_code == 403


def test_a_registrar_comes_here_from_the_outcomes(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    registrar = classroom.enrol("何老师", Role.TEACHER)
    home = sign_in(registrar, Role.REGISTRAR, course=False)
    assert f"{home}/equivalence/{STANDARD}" in client.get(f"{home}/registrar/").text
