"""The registrar's pages in the real application: outcomes, the decision, and each of its forms."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import DecisionKind
from lti_tool.domain.launch import Role
from lti_tool.persistence import decisions, platforms
from lti_tool.persistence.people import Account
from tests.services.attaining import LEVEL, give, master, rate_once_more, whole_level
from tests.services.classroom import STANDARD, START, Classroom, enrol, open_course
from tests.web.conftest import SignIn


@dataclass
class Registrar:
    """A registrar at work, and the learner everything is about."""

    classroom: Classroom
    client: FlaskClient
    home: str
    learner: Account
    assessment: Assessment

    def outcomes(self, **query: object) -> TestResponse:
        return self.client.get(f"{self.home}/registrar/?{urlencode(query)}")

    def decision(self, learner: Account | None = None, level: str = LEVEL) -> TestResponse:
        return self.client.get(self.address(learner, level))

    def post(self, action: str, *, level: str = LEVEL, **form: str) -> TestResponse:
        """Send a form, a minute after what was done before."""
        self.classroom.now += timedelta(minutes=1)
        return self.client.post(f"{self.address(level=level)}/{action}", data=form)

    def address(self, learner: Account | None = None, level: str = LEVEL) -> str:
        who = learner or self.learner
        return f"{self.home}/registrar/decision/{who.id}/{STANDARD}/{level}"

    def digest(self) -> str:
        found = re.search(r'name="digest" value="([0-9a-f]{64})"', self.decision().text)
        assert found
        return found[1]

    def sign_off(self) -> TestResponse:
        return self.post("sign-off", digest=self.digest(), confirmed="1")

    def made(self) -> list[DecisionKind]:
        with self.classroom.reading() as session:
            return [
                each.kind for each in decisions.decisions_of(session, self.learner.id, STANDARD)
            ]


@pytest.fixture
def registrar(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Registrar:
    learner = classroom.enrol("黄嘉怡", number="2024030107")
    person = enrol(classroom.database, classroom.course, "李慧", Role.TEACHER)
    home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"})
    return Registrar(classroom, client, home, learner, whole_level(classroom))


def plain(response: TestResponse) -> str:
    """The words of a page, without tags and runs of space."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_without_ratings_the_page_says_there_is_nothing_to_do(registrar: Registrar) -> None:
    page = registrar.outcomes()
    assert page.status_code == 200
    assert "No outcomes yet" in page.text


def test_a_proposed_level_awaits_sign_off_and_links_to_its_decision(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    page = registrar.outcomes()
    assert "1 level awaits sign-off" in page.text
    assert "49 / 49" in page.text
    assert registrar.address() in page.text


def test_a_level_whose_own_requirements_nobody_rated_is_not_listed(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    assert f"{registrar.learner.id}/{STANDARD}/advanced" not in registrar.outcomes().text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"level": LEVEL}, True),
        ({"level": "advanced"}, False),
        ({"state": "proposed"}, True),
        ({"state": "attained"}, False),
        ({"state": "nonsense"}, True),
        ({"search": "嘉怡"}, True),
        ({"search": "2024030107"}, True),
        ({"search": "马腾飞"}, False),
        ({"course": "999"}, False),
        ({"page": "77"}, True),
    ],
)
def test_the_filter_leaves_what_it_asks_for(
    registrar: Registrar, query: dict[str, str], shown: bool
) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    page = registrar.outcomes(**query)
    assert (registrar.address() in page.text) is shown
    assert shown or "Nothing matches this filter" in page.text


def test_an_unknown_standard_is_no_page(registrar: Registrar) -> None:
    assert registrar.outcomes(standard="530050-1999").status_code == 404


def test_outcomes_of_another_school_are_not_listed(registrar: Registrar, sign_in: SignIn) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    registrar.home = stranger_of(registrar, sign_in)
    assert "No outcomes yet" in registrar.outcomes().text
    assert registrar.decision().status_code == 404
    for action in ("sign-off", "revoke"):
        form = {"digest": "0" * 64, "confirmed": "1", "reason": "误操作"}
        assert registrar.post(action, **form).status_code == 404
    assert registrar.made() == []


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(registrar: Registrar, sign_in: SignIn, role: Role) -> None:
    registrar.home = sign_in(registrar.learner, role)
    assert registrar.outcomes().status_code == 403
    assert registrar.decision().status_code == 403
    for action in ("sign-off", "revoke", f"waive/{LEVEL}/2.1.1", f"take-back/{LEVEL}/2.1.1"):
        assert registrar.post(action).status_code == 403


def test_a_met_rule_is_signed_off_on_the_evidence_shown(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    answer = registrar.sign_off()
    assert answer.status_code == 303
    page = registrar.client.get(answer.location)
    assert "· signed off</h1>" in page.text
    assert "Signed off by 李慧" in page.text
    assert "Same result." in page.text
    assert registrar.made() == [DecisionKind.SIGN_OFF]


def test_signing_off_twice_changes_nothing_the_second_time(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    digest = registrar.digest()
    registrar.sign_off()
    again = registrar.post("sign-off", digest=digest, confirmed="1")
    assert again.status_code == 409
    assert "nothing was signed off" in again.text
    assert registrar.made() == [DecisionKind.SIGN_OFF]


def test_evidence_that_changed_after_the_page_was_opened_is_looked_at_first(
    registrar: Registrar,
) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    digest = registrar.digest()
    rate_once_more(registrar.classroom, registrar.learner, {"2.1.1": 4})
    assert registrar.post("sign-off", digest=digest, confirmed="1").status_code == 409
    assert registrar.made() == []


def test_a_rule_that_is_not_met_cannot_be_signed_off(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment, but={"2.2.1": 2})
    page = registrar.decision()
    assert 'name="digest"' not in page.text
    assert "1 step is missing" in page.text
    answer = registrar.post("sign-off", digest="0" * 64, confirmed="1")
    assert answer.status_code == 409
    assert registrar.made() == []


def test_sign_off_asks_for_confirmation(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    answer = registrar.post("sign-off", digest=registrar.digest())
    assert answer.status_code == 422
    assert "Tick that you have looked" in answer.text
    assert registrar.made() == []


def test_a_sign_off_is_revoked_with_a_reason_that_stays_on_the_page(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    registrar.sign_off()
    answer = registrar.post("revoke", reason="考核中使用了他人账号 <b>")
    assert answer.status_code == 303
    page = registrar.decision()
    assert "sign-off revoked" in page.text
    assert "考核中使用了他人账号 &lt;b&gt;" in page.text
    assert registrar.made() == [DecisionKind.SIGN_OFF, DecisionKind.REVOKE]


@pytest.mark.parametrize(("reason", "kept"), [("  ", ""), ("长" * 1001, "长" * 1001)])
def test_a_revocation_without_a_proper_reason_is_refused_and_keeps_what_was_typed(
    registrar: Registrar, reason: str, kept: str
) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    registrar.sign_off()
    answer = registrar.post("revoke", reason=reason)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert kept in answer.text
    assert registrar.made() == [DecisionKind.SIGN_OFF]


def test_revoking_what_is_not_signed_off_says_so(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    answer = registrar.post("revoke", reason="误操作")
    assert answer.status_code == 409
    assert "no sign-off in force" in answer.text


def test_the_decision_names_ratings_raters_and_dates(registrar: Registrar) -> None:
    most = whole_level(registrar.classroom, but="4.4.3")
    master(registrar.classroom, registrar.learner, most)
    page = registrar.decision()
    words = plain(page)
    assert "综合考核 elementary" in words
    assert "by 周敏" in words
    assert "观察记录 2.2.1" in words
    assert "观察记录 4.4.3" not in words
    assert "1 Sep" in words
    assert "48 of 49 mastered" in words


def test_text_of_people_is_never_markup(registrar: Registrar) -> None:
    learner = registrar.classroom.enrol("<i>甲</i>", number="<script>")
    submission = registrar.classroom.hand_in(learner, registrar.assessment)
    give(registrar.classroom, learner, submission, registrar.assessment, {"2.1.1": 3})
    for page in (registrar.outcomes(), registrar.decision(learner)):
        assert "<i>甲" not in page.text
        assert "number=<script>" not in page.text
        assert "&lt;i&gt;甲" in page.text


def test_a_lost_requirement_is_waived_with_a_reason_and_taken_back(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    assert "0 of 1 waived" in plain(registrar.decision(level="advanced"))
    waive, back = "waive/advanced/4.1.1", "take-back/advanced/4.1.1"
    refused = registrar.post(waive, level="advanced", reason=" ")
    assert refused.status_code == 422
    assert registrar.post(waive, level="advanced", reason="原文无法恢复").status_code == 303
    page = registrar.decision(level="advanced")
    assert "1 of 1 waived" in plain(page)
    assert "原文无法恢复" in page.text
    assert registrar.post(back, level="advanced").status_code == 303
    assert "0 of 1 waived" in plain(registrar.decision(level="advanced"))


def test_a_requirement_that_is_not_lost_cannot_be_waived(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    assert registrar.post(f"waive/{LEVEL}/2.2.1", reason="太难").status_code == 404
    assert registrar.post(f"waive/{LEVEL}/9.9.9", reason="太难").status_code == 400


def test_newer_ratings_leave_the_sign_off_and_show_in_the_comparison(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    registrar.sign_off()
    rate_once_more(registrar.classroom, registrar.learner, {"2.2.1": 1, "2.1.1": 4})
    rate_once_more(registrar.classroom, registrar.learner, {"2.2.1": 1})
    words = plain(registrar.decision())
    assert "Same result." in words
    assert "3 ratings are new" in words
    assert "By today's ratings the rule is not met." in words
    assert "today's ratings no longer meet the rule" in registrar.outcomes().text


def test_what_the_lms_was_told_is_shown(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    words = plain(registrar.decision())
    assert "49/49 已掌握；已符合规则，待认定" in words
    assert "Waiting" in words


def test_the_rights_notice_and_what_it_is_not_stand_on_both_pages(registrar: Registrar) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    for page in (registrar.outcomes(), registrar.decision()):
        assert "An attainment in this tool is not an X certificate." in page.text
        notice = registrar.classroom.catalogue.find(STANDARD).standard.rights_notice
        assert notice.in_language("en")[:40] in page.text.replace("&#39;", "'")


@pytest.mark.parametrize("path", ["elementary", "nonsense"])
def test_a_level_or_person_that_does_not_exist_is_refused(registrar: Registrar, path: str) -> None:
    address = f"{registrar.home}/registrar/decision/9999/{STANDARD}/{path}"
    assert registrar.client.get(address).status_code in {400, 404}


def test_a_teacher_has_no_decision_page(registrar: Registrar) -> None:
    assert registrar.decision(registrar.classroom.teacher).status_code == 404


def stranger_of(registrar: Registrar, sign_in: SignIn) -> str:
    """The session of a registrar of another school."""
    database = registrar.classroom.database
    with database.transaction() as session:
        platform = platforms.platforms(session)[0]
        other = platforms.note_deployment(session, platform, "2", now=START)
    course = open_course(database, "elsewhere")
    person = enrol(database, course, "别校", Role.TEACHER)
    moved = Account(person.id, other.school_id, person.sub, person.name, "", "")
    return sign_in(moved, Role.REGISTRAR, course=False, data={"language": "en"})


def test_every_form_that_changes_something_carries_the_token(registrar: Registrar) -> None:
    registrar.client.application.config["WTF_CSRF_ENABLED"] = True
    master(registrar.classroom, registrar.learner, registrar.assessment)
    for page in (registrar.outcomes(), registrar.decision(), registrar.decision(level="advanced")):
        forms = re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL)
        assert forms
        assert all('name="csrf_token"' in each for each in forms)
    form = {"digest": registrar.digest(), "confirmed": "1"}
    assert registrar.post("sign-off", **form).status_code == 401
    assert registrar.made() == []


def test_chinese_pages_are_wholly_chinese(registrar: Registrar, sign_in: SignIn) -> None:
    master(registrar.classroom, registrar.learner, registrar.assessment)
    person = enrol(registrar.classroom.database, registrar.classroom.course, "王芳", Role.TEACHER)
    registrar.home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "zh_cn"})
    assert "1 项等待认定" in registrar.outcomes().text
    words = plain(registrar.decision())
    assert "黄嘉怡 · 初级 · 符合规则，待认定" in words
    assert "sign" not in words.lower()
