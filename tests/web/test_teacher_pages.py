"""The teacher's pages in the real application: who may come in, an assessment's conditions, and its
queue."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import (
    line_items,
    scores,
)
from lti_tool.persistence.people import Account
from tests.services.classroom import STANDARD, Classroom, conditions, enrol, open_course
from tests.web.conftest import SignIn
from tests.web.desk import Desk

UNWANTED = "<script>alert(1)</script>"


# --- Who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.STUDENT, Role.REGISTRAR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("page", ["/", "/choose", "/class", "/grades"])
def test_nobody_but_teachers_opens_a_teachers_page(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, role: Role, page: str
) -> None:
    home = sign_in(classroom.teacher, role)
    assert client.get(f"{home}/teacher{page}").status_code == 403


def test_another_courses_things_are_not_found(
    desk: Desk, classroom: Classroom, learner: Account, sign_in: SignIn
) -> None:
    made = classroom.set_up()
    work = classroom.finish(learner, made)
    with classroom.reading() as session:
        (column, *_rest) = line_items.line_items_of(session, classroom.course.id)
        (sent,) = scores.deliveries_of(session, column.id)
    piece = work.evidence[0].id
    classroom.course = open_course(classroom.database, "course-2")
    stranger = enrol(classroom.database, classroom.course, "何志强", Role.TEACHER)
    elsewhere = Desk(classroom, desk.client, sign_in(stranger, Role.TEACHER))
    history = f"?learner={learner.id}&standard={STANDARD}&requirement=elementary/2.1.1"
    for page in (
        f"/assessments/{made.id}",
        f"/assessments/{made.id}/conditions",
        f"/work/{work.id}",
        f"/evidence/{piece}",
        f"/class/history{history}",
        f"/grades?column={column.id}",
    ):
        assert elsewhere.get(page).status_code == 404, page
    for page in (
        f"/assessments/{made.id}/release",
        f"/work/{work.id}/ratings",
        f"/work/{work.id}/release",
        f"/work/{work.id}/return",
        f"/grades/{sent.id}/resend",
        f"/grades/columns/{column.id}/resend",
    ):
        assert elsewhere.post(page, code="2.1.1", level=3).status_code == 404, page
    assert elsewhere.post("/choose/existing", assessment=made.id).status_code == 404


def test_every_form_needs_its_token(desk: Desk, learner: Account) -> None:
    desk.client.application.config["WTF_CSRF_ENABLED"] = True
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    assert desk.give(work, "2.1.1", 3).status_code == 401
    assert desk.newest(work) == {}


# --- Conditions -----------------------------------------------------------------------------------


def test_conditions_can_be_changed_and_codes_cannot(desk: Desk) -> None:
    made = desk.classroom.set_up()
    page = f"/assessments/{made.id}/conditions"
    assert 'value="有效沟通"' in desk.get(page).text
    desk.post(page, title="新", points="30", attempts="1", codes=["elementary/1.1.1"])
    (changed,) = desk.assessments
    assert (changed.title, changed.points, changed.attempts) == ("新", Decimal(30), 1)
    assert changed.codes == made.codes


def test_wrong_conditions_are_shown_again(desk: Desk) -> None:
    made = desk.classroom.set_up()
    answer = desk.post(
        f"/assessments/{made.id}/conditions", title="", points="abc", instructions="留着"
    )
    assert answer.status_code == 422
    assert "留着" in answer.text
    assert 'value="abc"' in answer.text
    assert desk.assessments == [made]


# --- Queue ----------------------------------------------------------------------------------------


def test_an_empty_course_says_what_to_do_first(desk: Desk) -> None:
    assert "No assessment yet" in desk.get("/").text


def test_the_assessments_say_how_many_wait(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up(given=conditions(UNWANTED))
    desk.classroom.hand_in(learner, made)
    page = desk.get("/").text
    assert "1 piece of work waits for you" in page
    assert UNWANTED not in page
    assert "&lt;script&gt;" in page


def test_the_queue_leads_straight_to_the_work(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(learner, made)
    desk.classroom.enrol("还没开始")
    page = desk.get(f"/assessments/{made.id}").text
    assert "1 student waits for you" in page
    assert f"/teacher/work/{work.id}" in page
    assert "还没开始" in page
    assert "Not begun" in page


def test_the_queue_can_show_one_state_only(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up()
    desk.classroom.hand_in(learner, made)
    desk.classroom.enrol("还没开始")
    page = desk.get(f"/assessments/{made.id}?state=waiting").text
    assert "陈思雨" in page
    assert "还没开始" not in page


def test_releasing_all_says_how_many_and_leaves_the_incomplete(
    desk: Desk, learner: Account
) -> None:
    made = desk.classroom.set_up()
    done = desk.classroom.hand_in(learner, made)
    desk.classroom.rate(done, made, 3, 3, 3)
    half = desk.classroom.hand_in(desk.classroom.enrol("李浩然"), made)
    desk.classroom.rate(half, made, 3)
    desk.post(f"/assessments/{made.id}/release")
    page = desk.get(f"/assessments/{made.id}").text
    assert "Released to 1 student. 1 more is not rated completely and waits." in page
    assert desk.submission(done).state is SubmissionState.RELEASED
    assert desk.submission(half).state is SubmissionState.SUBMITTED
