"""The page of a revision: what changed, what is proposed, and what a person confirms."""

from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.catalogue import Catalogue
from lti_tool.catalogue.reader import catalogue_of
from lti_tool.domain.launch import Role
from tests.journeys.visitor import read_forms
from tests.services.attaining import master
from tests.services.classroom import STANDARD, Classroom
from tests.services.revised import SECOND, second_version
from tests.web.conftest import SignIn


@pytest.fixture(scope="session")
def catalogue(catalogue: Catalogue) -> Catalogue:
    """The real standard and an invented second version."""
    (bundle,) = catalogue.standards
    return catalogue_of([bundle, second_version(bundle)])


@dataclass
class Desk:
    """An administrator at the page of the revision."""

    app: Flask
    address: str

    def page(self) -> str:
        return self.app.test_client().get(self.address).text

    def confirm(self, kind: str, **typed: str) -> TestResponse:
        forms = read_forms(self.page())
        form = next(each for each in forms if dict(each.fields).get("kind") == kind)
        return self.app.test_client().post(
            self.address, data={**dict(form.fields), "reason": "逐条核对", **typed}
        )


@pytest.fixture
def desk(classroom: Classroom, app: Flask, sign_in: SignIn) -> Desk:
    learner = classroom.enrol("黄嘉怡", number="20260001")
    master(classroom, learner, classroom.set_up("2.1.1", "2.1.2"))
    person = classroom.enrol("何老师", Role.TEACHER)
    home = sign_in(person, Role.ADMINISTRATOR, course=False)
    return Desk(app, f"{home}/equivalence/{SECOND}/since/{STANDARD}")


def test_the_page_names_every_kind_of_change_and_carries_nothing_yet(desk: Desk) -> None:
    page = desk.page()
    for words in ("相同 147", "改写 1", "移位 1", "拆分 1", "新增 1", "取消 1"):
        assert words in page
    assert "条要求待确认" in page
    assert "能够识别并上报疑似诈骗来电" in page


def test_a_kind_is_confirmed_requirement_by_requirement_with_a_reason(desk: Desk) -> None:
    field = "step:elementary/2.1.2|elementary/2.1.2"
    assert desk.confirm("reworded", **{field: "carried"}).status_code == 303
    page = desk.page()
    assert "逐条核对, 何老师" in page
    assert desk.confirm("same").status_code == 303


def test_without_a_reason_nothing_is_confirmed(desk: Desk) -> None:
    before = desk.page().count("待查看")
    answer = desk.confirm("reworded", reason=" ")
    assert answer.status_code == 422
    assert "没有保存" in answer.text
    assert desk.page().count("待查看") == before


def test_a_page_that_is_behind_confirms_nothing(desk: Desk) -> None:
    desk.confirm("moved")
    answer = desk.confirm("reworded", seen="0")
    assert answer.status_code == 409
    assert "已有他人确认" in answer.text


@pytest.mark.parametrize(
    "field",
    ["step:elementary/9.9.9|elementary/2.1.1", "step:nowhere|elementary/2.1.1"],
)
def test_a_step_that_is_none_is_refused(desk: Desk, field: str) -> None:
    assert desk.confirm("same", **{field: "carried"}).status_code == 400


def test_a_choice_that_is_none_is_refused(desk: Desk) -> None:
    answer = desk.confirm("same", **{"step:elementary/1.1.1|elementary/1.1.1": "perhaps"})
    assert answer.status_code == 422


def test_versions_of_different_standards_or_twice_the_same_are_not_compared(desk: Desk) -> None:
    client = desk.app.test_client()
    assert (
        client.get(desk.address.replace(f"since/{STANDARD}", f"since/{SECOND}")).status_code == 404
    )
    assert client.get(desk.address.replace(f"since/{STANDARD}", "since/1")).status_code == 404


def test_the_page_of_equivalence_leads_here(desk: Desk) -> None:
    overview = desk.address.partition("/since/")[0]
    assert f"/{SECOND}/since/{STANDARD}" in desk.app.test_client().get(overview).text
