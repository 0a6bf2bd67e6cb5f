"""The teacher's pages in the real application: what they show, and what each form does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import (
    assessments,
    courses,
    deliveries,
    line_items,
    ratings,
    scores,
    submissions,
)
from lti_tool.persistence.people import Account
from tests.claims import claimed
from tests.services.classroom import STANDARD, Classroom, conditions, enrol, open_course
from tests.web.conftest import SignIn

JSON = {"Accept": "application/json"}
UNWANTED = "<script>alert(1)</script>"


@dataclass
class Desk:
    """A teacher at work: their pages, and what is stored behind them."""

    classroom: Classroom
    client: FlaskClient
    home: str

    def get(self, page: str) -> TestResponse:
        return self.client.get(f"{self.home}/teacher{page}")

    def post(self, page: str, *, json: bool = False, **form: object) -> TestResponse:
        return self.send(page, form, json=json)

    def send(self, page: str, form: Mapping[str, object], *, json: bool = False) -> TestResponse:
        headers = JSON if json else {}
        return self.client.post(f"{self.home}/teacher{page}", data=form, headers=headers)

    def give(
        self, work: Submission, code: str, level: object, *, json: bool = False, **form: object
    ) -> TestResponse:
        """One rating as the page sends it, with what the page knows unless given."""
        sent = {"code": code, "level": level, "version": self.submission(work).version}
        return self.send(f"/work/{work.id}/ratings", {**sent, **form}, json=json)

    def submission(self, work: Submission) -> Submission:
        with self.classroom.reading() as session:
            return submissions.submission_of(session, work.id)

    def newest(self, work: Submission) -> dict[str, Rating]:
        with self.classroom.reading() as session:
            return latest(ratings.ratings_of_submission(session, work.id))

    @property
    def assessments(self) -> list[Assessment]:
        with self.classroom.reading() as session:
            return list(assessments.assessments_of(session, self.classroom.course.id))


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    home = sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"})
    return Desk(classroom, client, home)


@pytest.fixture
def student(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨", number="2024030101")


# --- Who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.STUDENT, Role.REGISTRAR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("page", ["/", "/choose", "/class", "/grades"])
def test_nobody_but_teachers_opens_a_teachers_page(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, role: Role, page: str
) -> None:
    home = sign_in(classroom.teacher, role)
    assert client.get(f"{home}/teacher{page}").status_code == 403


def test_another_courses_things_are_not_found(
    desk: Desk, classroom: Classroom, student: Account, sign_in: SignIn
) -> None:
    made = classroom.set_up()
    work = classroom.finish(student, made)
    with classroom.reading() as session:
        (column, *_rest) = line_items.line_items_of(session, classroom.course.id)
        (sent,) = scores.deliveries_of(session, column.id)
    piece = work.evidence[0].id
    classroom.course = open_course(classroom.database, "course-2")
    stranger = enrol(classroom.database, classroom.course, "何志强", Role.TEACHER)
    elsewhere = Desk(classroom, desk.client, sign_in(stranger, Role.TEACHER))
    history = f"?learner={student.id}&standard={STANDARD}&requirement=elementary/2.1.1"
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


def test_every_form_needs_its_token(desk: Desk, student: Account) -> None:
    desk.client.application.config["WTF_CSRF_ENABLED"] = True
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    assert desk.give(work, "2.1.1", 3).status_code == 401
    assert desk.newest(work) == {}


# --- Choosing -------------------------------------------------------------------------------------


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


def test_the_assessments_say_how_many_wait(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up(given=conditions(UNWANTED))
    desk.classroom.hand_in(student, made)
    page = desk.get("/").text
    assert "1 piece of work waits for you" in page
    assert UNWANTED not in page
    assert "&lt;script&gt;" in page


def test_the_queue_leads_straight_to_the_work(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(student, made)
    desk.classroom.enrol("还没开始")
    page = desk.get(f"/assessments/{made.id}").text
    assert "1 student waits for you" in page
    assert f"/teacher/work/{work.id}" in page
    assert "还没开始" in page
    assert "Not begun" in page


def test_the_queue_can_show_one_state_only(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up()
    desk.classroom.hand_in(student, made)
    desk.classroom.enrol("还没开始")
    page = desk.get(f"/assessments/{made.id}?state=waiting").text
    assert "陈思雨" in page
    assert "还没开始" not in page


def test_releasing_all_says_how_many_and_leaves_the_incomplete(
    desk: Desk, student: Account
) -> None:
    made = desk.classroom.set_up()
    done = desk.classroom.hand_in(student, made)
    desk.classroom.rate(done, made, 3, 3, 3)
    half = desk.classroom.hand_in(desk.classroom.enrol("李浩然"), made)
    desk.classroom.rate(half, made, 3)
    desk.post(f"/assessments/{made.id}/release")
    page = desk.get(f"/assessments/{made.id}").text
    assert "Released to 1 student. 1 more is not rated completely and waits." in page
    assert desk.submission(done).state is SubmissionState.RELEASED
    assert desk.submission(half).state is SubmissionState.SUBMITTED


# --- Rating ---------------------------------------------------------------------------------------


def test_the_work_is_shown_with_evidence_rubric_and_self_rating(
    desk: Desk, student: Account
) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    page = desk.get(f"/work/{work.id}").text
    assert "您好，我马上帮您处理。" in page
    assert "160 to 220 characters a minute" in page
    assert "Self-rating" in page
    assert "1 of 1 handed in" in page


def test_a_draft_of_a_student_is_nobodys_business(desk: Desk, student: Account) -> None:
    drafted = desk.classroom.draft(student, desk.classroom.set_up())
    assert desk.get(f"/work/{drafted.id}").status_code == 404
    assert desk.get(f"/evidence/{drafted.evidence[0].id}").status_code == 404


def test_a_rating_is_saved_and_the_next_code_opened(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    answer = desk.give(work, "2.1.1", 4, comment="语速得当")
    assert answer.status_code == 303
    assert answer.location.endswith("code=2.1.2#c-2.1.2")
    saved = desk.newest(work)["2.1.1"]
    assert (saved.performance_level, saved.comment) == (4, "语速得当")
    assert saved.released_at is None


def test_a_script_is_told_what_was_saved(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    told = desk.give(work, "2.1.1", 3, json=True).get_json()
    assert told["rating"]["id"] == desk.newest(work)["2.1.1"].id
    assert (told["rating"]["level"], told["rated"], told["releasable"]) == (3, 1, False)


def test_a_comment_alone_corrects_the_rating_it_belongs_to(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    desk.give(work, "2.1.1", 3, comment="补充", seen=first)
    assert desk.newest(work)["2.1.1"].comment == "补充"
    assert desk.newest(work)["2.1.1"].supersedes == first


@pytest.mark.parametrize("json", [True, False])
def test_somebody_elses_newer_rating_is_shown_and_nothing_is_lost(
    desk: Desk, student: Account, json: bool
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(student, made)
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    theirs = desk.classroom.rate_code(work, made, "2.1.1", 2, "语速太快", by=colleague)
    answer = desk.give(work, "2.1.1", 4, comment="我的评语", json=json)
    assert answer.status_code == 409
    assert desk.newest(work)["2.1.1"] == theirs
    if json:
        told = answer.get_json()
        assert told["rating"]["rater"] == "何志强"
        assert told["rating"]["comment"] == "语速太快"
        assert "Somebody else" in told["error"]
    else:
        assert "我的评语" in answer.text
        assert "何志强" in answer.text
        assert f'name="seen" value="{theirs.id}"' in answer.text


def test_the_same_rating_sent_twice_is_refused_the_second_time(
    desk: Desk, student: Account
) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    assert desk.give(work, "2.1.1", 3).status_code == 303
    assert desk.give(work, "2.1.1", 3).status_code == 409


def test_a_page_older_than_the_work_saves_nothing(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    answer = desk.give(work, "2.1.1", 3, version=work.version - 1, comment="老页面的评语")
    assert answer.status_code == 409
    assert "老页面的评语" in answer.text
    assert desk.newest(work) == {}


def test_a_rating_without_a_level_keeps_the_comment(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    answer = desk.post(
        f"/work/{work.id}/ratings", code="2.1.1", comment="先写评语", version=work.version
    )
    assert answer.status_code == 422
    assert "先写评语" in answer.text


@pytest.mark.parametrize(
    ("code", "level", "status"), [("9.9.9", 3, 400), ("2.1.1", 7, 422), ("2.1.1", "x", 422)]
)
def test_codes_and_levels_that_are_not_on_the_page_change_nothing(
    desk: Desk, student: Account, code: str, level: object, status: int
) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    assert desk.give(work, code, level).status_code == status
    assert desk.newest(work) == {}


def test_a_red_line_asks_for_a_reason_and_then_for_confirmation(
    desk: Desk, student: Account
) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up("2.2.4"))
    without = desk.give(work, "2.2.4", 1)
    assert without.status_code == 422
    assert "needs a reason" in without.text
    unconfirmed = desk.give(work, "2.2.4", 1, comment="泄露客户电话")
    assert unconfirmed.status_code == 422
    assert "泄露客户电话" in unconfirmed.text
    assert desk.newest(work) == {}
    assert desk.give(work, "2.2.4", 1, comment="泄露客户电话", confirmed="1").status_code == 303
    assert desk.newest(work)["2.2.4"].performance_level == 1


def test_undo_takes_the_draft_back(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    second = desk.give(work, "2.1.1", 1, seen=first, json=True).get_json()["rating"]["id"]
    told = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=second, json=True).get_json()
    assert told["rating"]["id"] == first
    gone = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=first, json=True).get_json()
    assert gone["rating"] is None
    assert desk.newest(work) == {}


def test_a_colleagues_rating_is_not_undone(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(student, made)
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    theirs = desk.classroom.rate_code(work, made, "2.1.1", 2, by=colleague)
    answer = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=theirs.id, json=True)
    assert answer.status_code == 409
    assert desk.newest(work)["2.1.1"] == theirs


def test_undo_of_a_rating_released_at_once_gives_the_former_again(
    desk: Desk, student: Account
) -> None:
    made = desk.classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    work = desk.classroom.hand_in(student, made)
    assert "Released at once." in desk.get(f"/work/{work.id}").text
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    refused = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=first, json=True)
    assert refused.status_code == 422
    second = desk.give(work, "2.1.1", 1, seen=first, json=True).get_json()["rating"]["id"]
    desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=second, json=True)
    restored = desk.newest(work)["2.1.1"]
    assert (restored.performance_level, restored.supersedes) == (3, second)
    assert restored.released_at is not None


def test_a_student_is_released_once_every_code_is_rated(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(student, made)
    desk.give(work, "2.1.1", 3)
    early = desk.post(f"/work/{work.id}/release", version=work.version)
    assert early.status_code == 422
    assert "2.1.2 is not rated yet" in early.text
    desk.give(work, "2.1.2", 3)
    desk.give(work, "2.1.3", 3)
    assert desk.post(f"/work/{work.id}/release", version=work.version).status_code == 303
    assert desk.submission(work).state is SubmissionState.RELEASED
    again = desk.post(f"/work/{work.id}/release", version=work.version)
    assert again.status_code == 409


def test_a_correction_after_release_waits_until_it_is_released(
    desk: Desk, student: Account
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.finish(student, made, 2)
    shown = desk.newest(work)["2.1.1"]
    desk.give(work, "2.1.1", 3, seen=shown.id)
    page = desk.get(f"/work/{work.id}?code=2.1.1").text
    assert "The student still sees" in page
    assert "Ready to release" in desk.get(f"/assessments/{made.id}").text
    desk.post(f"/work/{work.id}/release", version=desk.submission(work).version)
    assert desk.newest(work)["2.1.1"].released_at is not None


def test_work_is_given_back_with_a_note(desk: Desk, student: Account) -> None:
    work = desk.classroom.hand_in(student, desk.classroom.set_up())
    empty = desk.post(f"/work/{work.id}/return", note=" ", version=work.version)
    assert empty.status_code == 422
    desk.post(f"/work/{work.id}/return", note="请补充运费说明", version=work.version)
    assert desk.submission(work).return_note == "请补充运费说明"
    page = desk.get(f"/work/{work.id}").text
    assert "请补充运费说明" in page
    assert "您好，我马上帮您处理。" not in page
    assert desk.give(work, "2.1.1", 3).status_code == 409


def test_earlier_attempts_are_shown_beside_each_code(desk: Desk, student: Account) -> None:
    made = desk.classroom.set_up()
    first = desk.classroom.finish(student, made, 2)
    second = desk.classroom.hand_in(student, made)
    page = desk.get(f"/work/{second.id}?code=2.1.1").text
    assert f"/teacher/work/{first.id}" in page
    card = page[page.index('id="c-2.1.1"') : page.index('id="c-2.1.2"')]
    assert "Attempt 1" in card
    assert "Approaching" in card


def test_what_people_typed_is_never_markup(desk: Desk) -> None:
    made = desk.classroom.set_up(given=conditions(UNWANTED))
    work = desk.classroom.hand_in(desk.classroom.enrol(UNWANTED), made)
    desk.give(work, "2.1.1", 3, comment=UNWANTED)
    for page in (f"/work/{work.id}", f"/assessments/{made.id}", "/class", "/grades"):
        assert UNWANTED not in desk.get(page).text


def test_a_rating_is_possible_while_the_gradebook_is_out_of_reach(
    desk: Desk, student: Account
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(student, made)
    for code in made.codes:
        desk.give(work, code, 3)
    desk.post(f"/work/{work.id}/release", version=work.version)
    assert "grade is on its way" in desk.get("/grades").text


# --- Class ----------------------------------------------------------------------------------------


def test_an_empty_class_says_so(desk: Desk) -> None:
    assert "No students yet" in desk.get("/class").text


def test_the_map_shows_decisions_by_shape_and_ratings_by_number(
    desk: Desk, student: Account
) -> None:
    for levels in ((3, 1, 3), (4, 1, 3)):
        desk.classroom.finish(student, desk.classroom.set_up(), *levels)
    page = desk.get("/class").text
    row = page[page.index(f'data-learner="{student.id}"') :]
    assert '<td class="c4 n2 g">4</td>' in row
    assert '<td class="c1 n2">1</td>' in row
    assert "Weakest in the class: 2.1.2" in page


def test_one_rating_is_insufficient_and_a_breach_is_a_red_line(
    desk: Desk, student: Account
) -> None:
    made = desk.classroom.set_up("2.2.3", "2.2.4")
    desk.classroom.finish(student, made, 4, 1)
    page = desk.get("/class?level=elementary&area=2").text
    assert 'aria-label="Insufficient evidence">+</td>' in page
    assert 'class="cr" aria-label="Red line"' in page
    assert "1 student with a red line" in page


def test_a_requirement_lost_in_source_is_hatched(desk: Desk, student: Account) -> None:
    page = desk.get("/class?level=advanced").text
    assert 'aria-label="Lost in source"' in page


def test_a_level_can_be_seen_with_the_lower_ones(desk: Desk, student: Account) -> None:
    page = desk.get("/class?level=advanced&cumulative=1").text
    assert page.count("data-key=") == 96


def test_a_cell_opens_to_its_ratings(desk: Desk, student: Account) -> None:
    desk.classroom.finish(student, desk.classroom.set_up(), 2)
    asked = f"?learner={student.id}&standard={STANDARD}&requirement=elementary/2.1.1"
    whole = desk.get(f"/class/history{asked}").text
    assert "做得不错" in whole
    assert "<html" in whole
    headers = {"X-Requested-With": "fetch"}
    part = desk.client.get(f"{desk.home}/teacher/class/history{asked}", headers=headers).text
    assert "Approaching" in part
    assert "<html" not in part


def test_a_teacher_has_no_history_of_people_outside_the_course(
    desk: Desk, classroom: Classroom
) -> None:
    asked = f"?learner={classroom.teacher.id}&standard={STANDARD}&requirement=elementary/2.1.1"
    assert desk.get(f"/class/history{asked}").status_code == 404
    assert desk.get("/class/history").status_code == 400


# --- Grades in the LMS ----------------------------------------------------------------------------


def _fail(desk: Desk, reason: str) -> int:
    """The first due score is refused for this reason; returns its id."""
    room = desk.classroom
    with room.database.transaction() as session:
        sent = claimed(session, now=room.now)[0]
        deliveries.mark_needs_person(session, sent, now=room.now, reason=reason, detail="HTTP 400")
    return sent.id


def test_grades_say_who_needs_somebody_and_why(desk: Desk, student: Account) -> None:
    desk.classroom.finish(student, desk.classroom.set_up())
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
def test_every_reason_has_words(desk: Desk, student: Account, reason: str) -> None:
    desk.classroom.finish(student, desk.classroom.set_up())
    _fail(desk, reason)
    page = desk.get("/grades").text
    explained = page[page.index("Not delivered") :]
    named = ("The LMS", "The grade", "The column", "The clocks", "The assignment", "The student")
    assert any(each in explained for each in named)


def test_a_grade_is_sent_again(desk: Desk, student: Account) -> None:
    desk.classroom.finish(student, desk.classroom.set_up())
    failed = _fail(desk, "bad_request")
    assert desk.post(f"/grades/{failed}/resend").status_code == 303
    with desk.classroom.reading() as session:
        again = scores.delivery(session, failed)
    assert again is not None
    assert again.state is scores.DeliveryState.WAITING


def test_all_failed_grades_of_a_column_are_sent_again(desk: Desk, student: Account) -> None:
    desk.classroom.finish(student, desk.classroom.set_up())
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
    classroom: Classroom, client: FlaskClient, sign_in: SignIn, student: Account
) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(student, made)
    home = sign_in(classroom.teacher, Role.TEACHER)
    page = client.get(f"{home}/teacher/work/{work.id}").text
    assert 'lang="zh-CN"' in page
    assert "下一位" not in page  # the only one handed in has no next
    assert "退回修改" in page
