"""A teacher sees what became of each grade in the LMS, and sends it again."""

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import (
    deliveries,
    scores,
)
from lti_tool.persistence.people import Account
from tests.claims import claimed
from tests.services.classroom import Classroom, enrol, open_course
from tests.web.conftest import SignIn
from tests.web.desk import Desk


def _fail(desk: Desk, reason: str) -> int:
    """The first due score is refused for this reason; returns its id."""
    room = desk.classroom
    with room.database.transaction() as session:
        sent = claimed(session, now=room.now)[0]
        deliveries.mark_needs_person(session, sent, now=room.now, reason=reason, detail="HTTP 400")
    return sent.id


def test_grades_say_who_needs_somebody_and_why(desk: Desk, learner: Account) -> None:
    desk.classroom.finish(learner, desk.classroom.set_up())
    desk.classroom.enrol("没有成绩")
    _fail(desk, "bad_request")
    page = desk.get("/grades").text
    assert "1 grade needs you" in page
    assert "not enrolled any more" in page
    assert "This is not 0." in page


@pytest.mark.parametrize(
    "reason",
    [
        "unreachable",
        "server_error",
        "rate_limited",
        "token_refused",
        "no_scope",
        "no_grade_service",
        "not_authorized",
        "clock_wrong",
        "unavailable",
        "user_left",
        "unpublished",
        "grade_locked",
        "line_item_gone",
        "not_newer_conflict",
        "refused",
        "something_new",
    ],
)
def test_every_reason_has_words(desk: Desk, learner: Account, reason: str) -> None:
    desk.classroom.finish(learner, desk.classroom.set_up())
    _fail(desk, reason)
    page = desk.get("/grades").text
    explained = page[page.index("Not delivered") :]
    named = ("The LMS", "The grade", "The column", "The clocks", "The assignment", "The student")
    assert any(each in explained for each in named)


def test_a_grade_is_sent_again(desk: Desk, learner: Account) -> None:
    desk.classroom.finish(learner, desk.classroom.set_up())
    failed = _fail(desk, "bad_request")
    assert desk.post(f"/grades/{failed}/resend").status_code == 303
    with desk.classroom.reading() as session:
        again = scores.delivery(session, failed)
    assert again is not None
    assert again.state is scores.DeliveryState.WAITING


def test_all_failed_grades_of_a_column_are_sent_again(desk: Desk, learner: Account) -> None:
    desk.classroom.finish(learner, desk.classroom.set_up())
    failed = _fail(desk, "bad_request")
    with desk.classroom.reading() as session:
        sent = scores.delivery(session, failed)
    assert sent is not None
    page = f"/grades/columns/{sent.line_item_id}/resend"
    desk.post(page)
    assert "1 grade will be sent again" in desk.get("/grades").text
    desk.post(page)
    assert "Nothing to send again." in desk.get("/grades").text


def test_a_course_without_a_gradebook_says_so(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    classroom.course = open_course(classroom.database, "bare")
    teacher = enrol(classroom.database, classroom.course, "何志强", Role.TEACHER)
    desk = Desk(classroom, client, sign_in(teacher, Role.TEACHER, data={"language": "en"}))
    assert "No gradebook." in desk.get("/grades").text


def test_pages_are_chinese_first(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, learner: Account
) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(learner, made)
    home = sign_in(classroom.teacher, Role.TEACHER)
    page = client.get(f"{home}/teacher/work/{work.id}").text
    assert 'lang="zh-CN"' in page
    assert "下一位" not in page  # the only one handed in has no next
    assert "退回修改" in page
