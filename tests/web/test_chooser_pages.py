"""A teacher chooses what to assess and how: levels, codes, tasks, and what is wrong in the form."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.assessment import ReleaseMode
from lti_tool.domain.launch import Role
from lti_tool.persistence import (
    courses,
)
from tests.services.classroom import STANDARD, Classroom
from tests.web.conftest import SignIn
from tests.web.desk import Desk


def test_the_chooser_shows_the_whole_standard_and_marks_what_cannot_be_chosen(desk: Desk) -> None:
    page = desk.get("/choose").text
    assert page.count("data-code=") == 151
    assert 'value="advanced/4.1.1"' in page
    lost = page[page.index('value="advanced/4.1.1"') :]
    assert "disabled" in lost[: lost.index(">")]


def test_one_task_is_set_up_with_defaults_by_its_own_button(desk: Desk) -> None:
    answer = desk.post("/choose", standard=STANDARD, task="elementary/2.1", points="20", late="1")
    (made,) = desk.assessments
    assert answer.status_code == 303
    assert answer.location.endswith(f"/teacher/assessments/{made.id}")
    assert made.codes == ("2.1.1", "2.1.2", "2.1.3")
    assert made.title == "2.1 Communicating effectively"
    assert (made.points, made.accepts_late, made.release) == (Decimal(20), True, ReleaseMode.HELD)


def test_a_task_with_a_lost_requirement_is_set_up_without_it(desk: Desk) -> None:
    desk.post("/choose", standard=STANDARD, task="advanced/4.1", points="20")
    (made,) = desk.assessments
    assert "4.1.1" not in made.codes
    assert made.codes


def test_everything_typed_is_stored(desk: Desk) -> None:
    form = {
        "standard": STANDARD,
        "codes": ["elementary/2.2.2", "elementary/2.2.1"],
        "tasks": ["elementary/2.1"],
        "weight.elementary/2.2.1": "5",
        "title": "破损商品",
        "instructions": "第一行\r\n第二行",
        "due": "2026-12-04T18:00",
        "attempts": "",
        "points": "12.5",
        "release": "at_once",
    }
    assert desk.send("/choose", form).status_code == 303
    (made,) = desk.assessments
    assert made.codes == ("2.1.1", "2.1.2", "2.1.3", "2.2.1", "2.2.2")
    assert [each.weight for each in made.requirements] == [1, 1, 1, 5, 1]
    assert (made.title, made.instructions) == ("破损商品", "第一行\n第二行")
    assert made.due_at is not None
    assert made.due_at.isoformat() == "2026-12-04T10:00:00+00:00"
    assert (made.attempts, made.points) == (None, Decimal("12.5"))
    assert (made.accepts_late, made.release) == (False, ReleaseMode.AT_ONCE)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"codes": []}, "Choose at least one requirement."),
        ({"codes": ["elementary/2.1.1", "advanced/1.1.1"]}, "Choose from one level only"),
        ({"points": ""}, "This must be filled in."),
        ({"points": "0"}, "More than 0"),
        ({"points": "NaN"}, "A number, such as"),
        ({"points": "1.234"}, "At most two decimals"),
        ({"attempts": "0"}, "A whole number from 1 to 20."),
        ({"attempts": "viele"}, "A whole number from 1 to 20."),
        ({"due": "tomorrow"}, "A day and time"),
        ({"title": "x" * 201}, "At most 200 characters"),
        ({"weight.elementary/2.1.1": "0"}, "Weight of 2.1.1"),
        ({"release": "sometime"}, "Choose one of the two."),
        ({"codes": ["advanced/4.1.1"]}, "lost in source"),
        ({"codes": ["elementary/9.9.9"]}, "no such requirement"),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_typed_is_lost(
    desk: Desk, wrong: dict[str, object], words: str
) -> None:
    form: dict[str, object] = {
        "standard": STANDARD,
        "codes": ["elementary/2.1.1"],
        "instructions": "写了很久的说明",
        "points": "20",
        "attempts": "3",
        "weight.elementary/2.1.2": "7",
    }
    answer = desk.send("/choose", {**form, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "写了很久的说明" in answer.text
    assert 'value="7"' in answer.text
    assert desk.assessments == []


def test_an_unknown_standard_or_level_is_refused(desk: Desk) -> None:
    assert desk.get("/choose?standard=999999").status_code == 404
    unknown = desk.post("/choose", standard=STANDARD, task="master/1.1", points="20")
    assert unknown.status_code == 400
    assert desk.assessments == []


def test_the_preview_shows_descriptors_and_red_lines(desk: Desk) -> None:
    codes = "codes=elementary/2.1.1&codes=elementary/2.2.4&codes=nothing/9.9"
    answer = desk.get(f"/choose/preview?standard={STANDARD}&{codes}")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Red line item" in answer.text
    assert "160 to 220 characters a minute" in answer.text


def test_a_link_not_set_up_opens_what_was_chosen(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    link = classroom.link()
    home = sign_in(classroom.teacher, Role.TEACHER, data={"link_id": link.id})
    desk = Desk(classroom, client, home)
    desk.post("/choose", standard=STANDARD, task="elementary/2.1", points="20")
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id == desk.assessments[0].id


def test_a_link_can_open_an_assessment_the_course_has_already(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    made = classroom.set_up()
    link = classroom.link()
    home = sign_in(classroom.teacher, Role.TEACHER, data={"link_id": link.id})
    desk = Desk(classroom, client, home)
    assert made.id in desk.get("/choose").text
    answer = desk.post("/choose/existing", assessment=made.id)
    assert answer.location.endswith(f"/teacher/assessments/{made.id}")
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id == made.id


def test_a_link_that_opens_something_is_not_bent_by_a_second_set_up(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    link = classroom.link()
    home = sign_in(classroom.teacher, Role.TEACHER, data={"link_id": link.id})
    desk = Desk(classroom, client, home)
    desk.post("/choose", standard=STANDARD, task="elementary/2.1", points="20")
    classroom.now += timedelta(minutes=1)
    desk.post("/choose", standard=STANDARD, task="elementary/2.3", points="20")
    first, second = desk.assessments
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id == first.id != second.id


def test_a_form_sent_twice_sets_up_one_assessment(desk: Desk) -> None:
    page = desk.get("/choose").text
    (form_id,) = re.findall(r'name="form_id" value="([^"]+)"', page)
    form = {"standard": STANDARD, "task": "elementary/2.1", "points": "20", "form_id": form_id}
    first, second = desk.send("/choose", form), desk.send("/choose", form)
    assert first.location == second.location
    assert [each.id for each in desk.assessments] == [form_id]


def test_a_form_with_an_odd_id_gets_an_id_of_its_own(desk: Desk) -> None:
    desk.post("/choose", standard=STANDARD, task="elementary/2.1", points="20", form_id="../x")
    assert "/" not in desk.assessments[0].id


def test_cancelling_leads_back_to_the_assessments(desk: Desk) -> None:
    answer = desk.post("/choose/cancel")
    assert answer.location.endswith("/teacher/")


def test_deep_linking_answers_with_the_chosen_assessment(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    asked = {
        "return_url": "https://lms.example/return",
        "accept_line_item": True,
        "data": None,
        "deployment_id": classroom.course.deployment_id,
    }
    home = sign_in(classroom.teacher, Role.TEACHER, data={"deep_linking": asked})
    desk = Desk(classroom, client, home)
    assert '<nav class="tabs"' not in desk.get("/choose").text
    answer = desk.post("/choose", standard=STANDARD, task="elementary/2.1", points="20")
    assert answer.status_code == 200
    assert "https://lms.example/return" in answer.text
    assert "https://lms.example/return" in desk.post("/choose/cancel").text
    assert len(desk.assessments) == 1
