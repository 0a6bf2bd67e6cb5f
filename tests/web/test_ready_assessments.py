"""Ready assessments in the pages: chosen, changed, worked on, rated; the notes stay the rater's."""

import re
from html import unescape
from pathlib import Path

import jwt
import pytest
from flask.testing import FlaskClient

from lti_tool.catalogue import Catalogue, load_catalogue
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.ready_assessment import MaterialKind
from lti_tool.persistence import assessments, briefs
from tests.services.classroom import STANDARD, Classroom
from tests.services.ready import READY, SECRET, with_ready
from tests.web.conftest import SignIn

ROOT = Path(__file__).parent.parent.parent
PAGE = f"/choose/ready/{STANDARD}/elementary/2.1"
FORM = {
    "title": "电话实操",
    "instructions": "接电话。",
    "points": "20",
    "release": "held",
    "form_id": "a-form-id-0123456789",
    "scenario": "你是店长。",
    "assessor": f"{SECRET} [2.1.2]",
    "material.0.title": "会话",
    "material.0.kind": "transcript",
    "material.0.words": "客户：裂了。\n客服：抱歉。",
    "material.1.title": "订单",
    "material.1.kind": "table",
    "material.1.words": "商品,金额\n茶杯,58.00",
    "material.2.title": "",
    "material.2.kind": "text",
    "material.2.words": "",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The real standards with one ready assessment."""
    return with_ready(load_catalogue(ROOT / "rubrics", ROOT / "mappings"))


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


def only_assessment(classroom: Classroom) -> Assessment:
    with classroom.reading() as session:
        (made,) = assessments.assessments_of(session, classroom.course.id)
    return made


def fields_of(page: str) -> dict[str, str]:
    """What the form would send if nothing were changed, but for choices."""
    found = dict(re.findall(r'<input class="input"[^>]* name="([^"]+)" value="([^"]*)"', page))
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    kinds = re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>.*?value="([a-z]+)" selected', page, re.DOTALL
    )
    typed = {**found, **dict(texts), **dict(kinds)}
    return {name: unescape(value) for name, value in typed.items()} | {"release": "held"}


def test_the_chooser_offers_a_tasks_ready_assessment(client: FlaskClient, home: str) -> None:
    page = client.get(f"{home}/choose").text
    assert re.findall(r'<a href="([^"]*/ready/[^"]*)">([^<]+)</a>', page) == [
        (f"{home}{PAGE}", "A call at a tea-ware shop")
    ]


def test_a_draft_shows_everything_and_says_whose_it_is(client: FlaskClient, home: str) -> None:
    page = client.get(f"{home}{PAGE}").text
    for words in (
        "A call at a tea-ware shop",
        "Made by this tool, not part of the standard",
        "Role-play on the phone",
        "about 25 minutes",
        "<b>Customer</b> <span>The cup is cracked.</span>",
        '<th scope="row">Cup, white</th>',
        "Only those who rate see these.",
    ):
        assert words in page


def test_taken_unchanged_it_is_copied_with_every_code_of_the_task(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    typed = fields_of(client.get(f"{home}{PAGE}").text)
    assert client.post(f"{home}{PAGE}", data=typed).status_code == 303
    made = only_assessment(classroom)
    assert (made.title, made.codes) == (READY.title.en, ("2.1.1", "2.1.2", "2.1.3"))
    assert made.instructions == READY.instructions.en
    with classroom.reading() as session:
        brief = briefs.brief_of(session, made.id)
    assert brief is not None
    assert (brief.scenario, brief.assessor) == (READY.scenario.en, READY.assessor.en)
    assert [each.kind for each in brief.material] == [each.kind for each in READY.material]
    assert [each.words for each in brief.material] == [each.text.en for each in READY.material]
    assert (brief.origin, brief.minutes, brief.method) == ("elementary/2.1", 25, READY.method)


def test_what_the_teacher_changed_is_what_is_set(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    client.post(f"{home}{PAGE}", data=FORM)
    client.post(f"{home}{PAGE}", data=FORM)
    made = only_assessment(classroom)
    with classroom.reading() as session:
        brief = briefs.brief_of(session, made.id)
    assert brief is not None
    assert (made.title, brief.scenario) == ("电话实操", "你是店长。")
    assert [(each.title, each.kind) for each in brief.material] == [
        ("会话", MaterialKind.TRANSCRIPT),
        ("订单", MaterialKind.TABLE),
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"material.1.words": "商品,金额\n茶杯"}, "row 2 has 1 columns, the head has 2"),
        ({"material.1.words": ""}, "This must be filled in."),
        ({"material.0.title": ""}, "This must be filled in."),
        ({"material.0.title": "长" * 121}, "At most 120 characters"),
        ({"material.0.kind": "video"}, "Choose one of the three."),
        ({"assessor": "长" * 10_001}, "At most 10000 characters"),
        ({"points": "0"}, "More than 0"),
    ],
    ids=["uneven table", "no words", "no title", "long title", "kind", "long notes", "points"],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_stored(
    client: FlaskClient, classroom: Classroom, home: str, typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"{home}{PAGE}", data={**FORM, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "你是店长。" in answer.text
    with classroom.reading() as session:
        assert assessments.assessments_of(session, classroom.course.id) == []


@pytest.mark.parametrize("task", ["2.2", "9.9", "../2.1"])
def test_a_task_without_one_is_not_found(client: FlaskClient, home: str, task: str) -> None:
    assert client.get(f"{home}/choose/ready/{STANDARD}/elementary/{task}").status_code == 404
    assert client.post(f"{home}/choose/ready/999999/elementary/2.1").status_code == 404


def test_students_read_situation_and_material_but_never_the_notes(
    client: FlaskClient, classroom: Classroom, home: str, sign_in: SignIn
) -> None:
    client.post(f"{home}{PAGE}", data=FORM)
    made = only_assessment(classroom)
    student = classroom.enrol("陈思雨")
    mine = sign_in(student, Role.STUDENT) + "/student"
    page = client.get(f"{mine}/assessments/{made.id}").text
    for words in ("你是店长。", "<b>客户</b> <span>裂了。</span>", '<th scope="row">茶杯</th>'):
        assert words in page
    classroom.finish(student, made)
    for path in ("", "/check", "/feedback"):
        seen = client.get(f"{mine}/assessments/{made.id}{path}", follow_redirects=True)
        assert seen.status_code == 200
        assert SECRET not in seen.text
    assert SECRET not in client.get(f"{mine}/progress").text


def test_the_rater_has_the_notes_and_each_line_beside_its_code(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    client.post(f"{home}{PAGE}", data=FORM)
    work = classroom.hand_in(classroom.enrol("陈思雨"), only_assessment(classroom))
    page = client.get(f"{home}/work/{work.id}").text
    assert page.count(SECRET) == 2
    beside = page.split('id="c-2.1.2"')[1].split('id="c-2.1.3"')[0]
    assert SECRET in beside
    assert "What the student was given" in page


def test_situation_material_and_notes_can_be_changed_later(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    client.post(f"{home}{PAGE}", data=FORM)
    made = only_assessment(classroom)
    page = f"{home}/assessments/{made.id}/conditions"
    typed = {**fields_of(client.get(page).text), "scenario": "你是组长。"}
    assert client.post(page, data={**typed, "material.1.words": "a,b\nc"}).status_code == 422
    assert client.post(page, data=typed).status_code == 303
    with classroom.reading() as session:
        brief = briefs.brief_of(session, made.id)
    assert brief is not None
    assert (brief.scenario, brief.origin) == ("你是组长。", "elementary/2.1")
    assert len(brief.material) == 2


def test_an_assessment_without_a_brief_has_no_fields_for_one(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    made = classroom.set_up()
    page = client.get(f"{home}/assessments/{made.id}/conditions").text
    assert 'name="scenario"' not in page


def test_deep_linking_puts_a_ready_assessment_into_the_course(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    asked: dict[str, object] = {
        "return_url": "https://lms.example/return",
        "accept_line_item": True,
        "accept_multiple": False,
        "data": None,
        "deployment_id": classroom.course.deployment_id,
    }
    data: dict[str, object] = {"deep_linking": asked, "language": "en"}
    home = sign_in(classroom.teacher, Role.TEACHER, data=data) + "/teacher"
    assert "Insert into the course" in client.get(f"{home}{PAGE}").text
    answer = client.post(f"{home}{PAGE}", data=FORM)
    found = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert found
    told = jwt.decode(found[1], options={"verify_signature": False})
    (item,) = told["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    made = only_assessment(classroom)
    assert (item["custom"]["assessment"], item["title"]) == (made.id, "电话实操")
    with classroom.reading() as session:
        assert briefs.brief_of(session, made.id) is not None
