"""The rule page: a rule is tried out on everybody, then set with a reason, and never unseen."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence import school_rules
from lti_tool.persistence.people import Account
from tests.journeys.visitor import read_forms
from tests.services.attaining import master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn


@dataclass
class Desk:
    """A registrar at the rule page, and a learner who meets the shipped rule narrowly."""

    classroom: Classroom
    client: FlaskClient
    address: str
    learner: Account

    def form(self) -> dict[str, str]:
        """The fields as a browser would send them, untouched."""
        return fields(self.client.get(self.address).text)

    def tried(self, **changed: str) -> TestResponse:
        return self.client.post(f"{self.address}/try", data={**self.form(), **changed})

    def set(self, tried: TestResponse, **changed: str) -> TestResponse:
        return self.client.post(self.address, data={**fields(tried.text), **changed})

    def versions(self) -> list[str]:
        with self.classroom.reading() as session:
            kept = school_rules.rules_of(session, self.classroom.course.school_id, STANDARD)
        return [each.version for each in kept]


def fields(page: str) -> dict[str, str]:
    """What the rule's form holds, as a browser would send it."""
    form = next(each for each in read_forms(page) if "/rule/" in each.action)
    return dict(form.fields)


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    learner = classroom.enrol("黄嘉怡", number="20260001")
    master(classroom, learner, whole_level(classroom), but={"1.1.1": 2})
    registrar = classroom.enrol("何老师", Role.TEACHER)
    home = sign_in(registrar, Role.REGISTRAR, course=False)
    return Desk(classroom, client, f"{home}/registrar/rule/{STANDARD}", learner)


def test_the_page_says_the_rule_in_words_and_where_it_comes_from(desk: Desk) -> None:
    page = desk.client.get(desk.address).text
    assert "最近 3 次评分中有 2 次达到合格线" in page
    assert "并非标准发布机构" in page


def test_trying_the_rule_of_today_changes_nobodys_level(desk: Desk) -> None:
    assert "没有人的等级会改变（共查看 1 名学生）" in desk.tried().text
    assert desk.versions() == []


def test_trying_a_stricter_rule_names_whose_level_changes(desk: Desk) -> None:
    sign_off_now(desk.classroom, desk.learner)
    page = desk.tried(area_cut="100").text
    assert "黄嘉怡" in page
    assert "不再达到，还差 1 项" in page
    assert "已认定，撤销之前不变" in page
    assert desk.versions() == []


def test_a_tried_rule_is_set_with_a_reason(desk: Desk) -> None:
    tried = desk.tried(area_cut="100")
    assert desk.set(tried, area_cut="100", reason="").status_code == 422
    assert desk.set(tried, area_cut="100", reason="校企共定").status_code == 303
    assert desk.versions() == ["school-1"]
    page = desk.client.get(desk.address).text
    assert "校企共定" in page
    assert "何老师" in page


def test_a_rule_changed_after_it_was_tried_is_tried_again(desk: Desk) -> None:
    tried = desk.tried(area_cut="100")
    again = desk.set(tried, area_cut="60", reason="校企共定")
    assert "试算之后规则又改动了" in again.text
    assert desk.versions() == []


def test_a_rule_set_by_somebody_else_meanwhile_is_not_overwritten(desk: Desk) -> None:
    tried = desk.tried(area_cut="100")
    desk.set(desk.tried(area_cut="90"), area_cut="90", reason="甲")
    late = desk.set(tried, area_cut="100", reason="乙")
    assert "其间有人设定了另一条规则" in late.text
    assert desk.versions() == ["school-1"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("area_cut", "101", "0 到 100"),
        ("needed", "4", "“达到合格线的次数”不得大于“最近评分次数”（3）"),
        ("critical.elementary", "9.9.9", "9.9.9"),
        ("total.elementary", "60", "至少要有 1 项"),
        ("method", "luck", "luck"),
        ("part.elementary.0.codes", "1 2", "这一项必填"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    desk: Desk, field: str, typed: str, sentence: str
) -> None:
    answer = desk.tried(**{field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.versions() == []


def test_an_earlier_version_can_be_the_start_of_a_new_one(desk: Desk) -> None:
    desk.set(desk.tried(area_cut="100"), area_cut="100", reason="甲")
    page = desk.client.get(f"{desk.address}?from=1").text
    assert 'name="area_cut" value="80"' in page


def test_a_teacher_does_not_get_in(desk: Desk, sign_in: SignIn) -> None:
    home = sign_in(desk.classroom.teacher, Role.TEACHER)
    assert desk.client.get(f"{home}/registrar/rule/{STANDARD}").status_code == 403
