"""Second marking and anonymous rating in the real application: who sees what when."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import assessments
from tests.services.classroom import Classroom
from tests.services.second_marked import Marked, marked
from tests.web.conftest import SignIn

CODES = ("2.1.1", "2.1.2", "2.1.3")
SECRET = "只有第一位考评员看得到"
JSON = {"Accept": "application/json"}


@dataclass
class Desks:
    """A work to be marked a second time, and the sessions of three teachers."""

    case: Marked
    client: FlaskClient
    first: str
    second: str
    third: str

    @property
    def work(self) -> str:
        return f"/teacher/work/{self.case.submission.id}"

    @property
    def status(self) -> str:
        return f"/teacher/second/{self.case.submission.id}"

    @property
    def queue(self) -> str:
        return f"/teacher/assessments/{self.case.assessment.id}"

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, *, json: bool = False, **form: object) -> TestResponse:
        return self.client.post(path, data=form, headers=JSON if json else {})

    def rate(self, *levels: int) -> None:
        """The first ratings, as the first teacher gives them."""
        classroom = self.case.classroom
        classroom.rate(self.case.submission, self.case.assessment, *levels, comment=SECRET)

    def mark(self, *levels: int) -> None:
        """The second ratings, in the second teacher's session, and the comparison."""
        for code, level in zip(CODES, levels, strict=True):
            form: dict[str, Any] = {"code": code, "level": level, "comment": "二评"}
            assert self.post(f"{self.second}{self.work}/second/ratings", **form).status_code == 303
        assert self.post(f"{self.second}{self.work}/second/finish").status_code == 303


def desks(case: Marked, client: FlaskClient, sign_in: SignIn) -> Desks:
    third = case.classroom.enrol("高远", Role.TEACHER)
    english = {"language": "en"}
    return Desks(
        case,
        client,
        sign_in(case.classroom.teacher, Role.TEACHER, data=english),
        sign_in(case.other, Role.TEACHER, data=english),
        sign_in(third, Role.TEACHER, data=english),
    )


@pytest.fixture
def room(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desks:
    return desks(marked(classroom), client, sign_in)


@pytest.fixture
def nameless(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desks:
    return desks(marked(classroom, percent=0, anonymous=True), client, sign_in)


def test_the_first_ratings_are_nowhere_on_the_second_raters_pages(room: Desks) -> None:
    room.rate(4, 4, 4)

    sent_on = room.get(room.second + room.work)
    pages = [
        room.get(room.second + path).text
        for path in (room.status, f"{room.work}/second", room.queue)
    ]

    assert sent_on.status_code == 303
    assert sent_on.location.endswith(room.status)
    assert all(SECRET not in each for each in pages)
    assert "Rated 0 of 3" in pages[1]
    assert "checked" not in pages[1].split('id="c-2.1.1"')[1].split("</form>")[0]


@pytest.mark.parametrize("json", [True, False], ids=["json", "page"])
def test_no_answer_to_a_form_gives_the_first_ratings_away(room: Desks, json: bool) -> None:
    room.rate(4)

    answers = [
        room.post(f"{room.second}{room.work}/ratings", json=json, code=code, **form)
        for code in CODES[:2]
        for form in ({}, {"level": 3, "version": 1}, {"level": 3, "version": 3})
    ]

    assert {each.status_code for each in answers} == {409}
    assert all(SECRET not in each.text for each in answers)


@pytest.mark.parametrize("json", [True, False], ids=["json", "page"])
def test_no_third_teacher_sees_what_the_second_gives(room: Desks, json: bool) -> None:
    room.rate(3, 3, 3)
    room.post(f"{room.second}{room.work}/second/ratings", code="2.1.1", level=2, comment="二评")

    page = room.get(f"{room.third}{room.work}/second")
    answer = room.post(f"{room.third}{room.work}/second/ratings", json=json, code="2.1.1")

    assert page.status_code == 303
    assert answer.status_code == 409
    assert "二评" not in answer.text


def test_the_first_rater_does_not_learn_of_the_choice_before_rating_is_complete(
    room: Desks,
) -> None:
    room.rate(3, 3)
    before = room.get(room.first + room.queue).text + room.get(room.first + room.work).text

    room.case.classroom.rate_code(room.case.submission, room.case.assessment, "2.1.3", 3)
    after = room.get(room.first + room.work).text

    assert "econd marking" not in before
    assert "marked a second time" not in before
    assert "Held for second marking." in after


def test_differences_are_listed_settled_with_a_reason_and_then_released(room: Desks) -> None:
    room.rate(3, 3, 3)
    room.mark(3, 2, 3)
    listed = room.get(room.first + room.queue).text
    compared = room.get(room.first + room.status).text
    settle = f"{room.first}{room.status}/settle"

    held = room.post(f"{room.first}{room.work}/release", version=room.case.current.version)
    unsaid = room.post(settle, code="2.1.2", level=2, comment="请补充")
    settled = room.post(settle, code="2.1.2", level=2, comment="请补充", reason="一起听了录音")
    twice = room.post(settle, code="2.1.2", level=3, reason="又一次")
    released = room.post(f"{room.first}{room.work}/release", version=room.case.current.version)

    assert "1 difference to settle" in listed
    assert SECRET in compared
    assert "二评" in compared
    assert held.status_code == 409
    assert "It is released once both raters agree" in held.text
    assert unsaid.status_code == 422
    assert 'id="reason-2.1.2-error"' in unsaid.text
    assert "请补充" in unsaid.text
    assert [settled.status_code, twice.status_code, released.status_code] == [303, 409, 303]
    assert "一起听了录音" in room.get(room.second + room.status).text
    assert room.case.current.state is SubmissionState.RELEASED


def test_the_second_rater_corrects_and_undoes_by_the_page_alone(room: Desks) -> None:
    room.rate(3, 3, 3)
    give, undo = (f"{room.second}{room.work}/second/{act}" for act in ("ratings", "undo"))
    one = room.post(give, json=True, code="2.1.1", level=2, comment="二评").get_json()
    two = room.post(
        give, json=True, code="2.1.1", level=3, comment="改了", seen=one["rating"]["id"]
    ).get_json()

    back = room.post(undo, json=True, code="2.1.1", seen=two["rating"]["id"]).get_json()

    assert back["rating"]["id"] == one["rating"]["id"]
    assert (two["rated"], two["releasable"]) == (1, False)


def test_it_is_not_compared_before_every_code_is_rated(room: Desks) -> None:
    room.rate(3, 3, 3)

    answer = room.post(f"{room.second}{room.work}/second/finish")

    assert answer.status_code == 422
    assert "2.1.1 is not rated yet" in answer.text


def test_who_joins_the_first_rating_sees_it(room: Desks) -> None:
    room.rate(4)

    joined = room.post(f"{room.second}{room.status}/join")

    assert joined.status_code == 303
    assert SECRET in room.get(room.second + room.work).text


def test_what_was_begun_is_put_back_by_any_teacher(room: Desks) -> None:
    room.rate(3, 3, 3)
    room.post(f"{room.second}{room.work}/second/ratings", code="2.1.1", level=2)

    put = room.post(f"{room.first}{room.status}/put-back")

    assert put.status_code == 303
    assert "Mark it now" in room.get(room.third + room.status).text


def test_a_work_without_second_marking_has_no_such_page(nameless: Desks) -> None:
    assert nameless.get(nameless.first + nameless.status).status_code == 404


def test_no_page_names_the_student_before_release(nameless: Desks) -> None:
    learner = nameless.case.learner
    nameless.rate(3, 3, 3)

    pages = [nameless.get(nameless.first + path) for path in (nameless.queue, nameless.work)]

    for page in pages:
        assert page.status_code == 200
        assert learner.name not in page.text
        assert learner.student_number not in page.text
        assert "names are hidden until release" in page.text


def test_names_are_shown_once_the_work_is_released(nameless: Desks) -> None:
    nameless.rate(3, 3, 3)
    nameless.case.release()

    pages = [nameless.get(nameless.first + path).text for path in (nameless.queue, nameless.work)]

    assert all(nameless.case.learner.name in each for each in pages)


def test_the_conditions_keep_both_options_and_refuse_what_cannot_be(room: Desks) -> None:
    path = f"{room.first}{room.queue}/conditions"
    typed: dict[str, Any] = {"title": "沟通", "points": "20", "attempts": "", "release": "held"}

    wrong = room.post(path, **typed, second_percent="101")
    at_once = room.post(path, **{**typed, "release": "at_once"}, second_percent="10")
    saved = room.post(path, **typed, second_percent="25", anonymous="1")
    with room.case.classroom.reading() as session:
        stored = assessments.assessment(
            session, room.case.assessment.id, course_id=room.case.classroom.course.id
        )

    assert [wrong.status_code, at_once.status_code, saved.status_code] == [422, 422, 303]
    assert "What is released at once cannot be marked a second time first" in at_once.text
    assert (stored.second_percent, stored.anonymous) == (25, True)
    assert stored.seed == room.case.assessment.seed


def test_the_queue_counts_what_second_marking_asks_of_its_reader(room: Desks) -> None:
    room.rate(3, 3, 3)
    waits = "1 work at second marking waits for you"
    assert waits in room.get(room.second + room.queue).text
    assert waits not in room.get(room.first + room.queue).text

    room.mark(3, 2, 3)

    assert waits in room.get(room.first + room.queue).text


def test_a_second_raters_comment_is_for_the_other_rater(room: Desks) -> None:
    room.rate(3, 3, 3)

    page = room.get(f"{room.second}{room.work}/second").text

    assert "the other rater reads this" in page
    assert "the student reads this" not in page


def test_the_list_of_assessments_counts_works_at_second_marking(room: Desks) -> None:
    home = f"{room.first}/teacher/"
    assert "At second marking" not in room.get(home).text

    room.rate(3, 3, 3)

    assert 'data-h="At second marking">1</td>' in room.get(home).text
