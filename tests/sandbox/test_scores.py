"""Scores and results: every row of what the platforms do to a grade."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.sandbox import Grade, LineItem, Platform
from tests.sandbox.calls import SCORE, GradeService
from tests.sandbox.conftest import Clock, captured

SERVICES = "/moodle/mod/lti/services.php"


@pytest.fixture
def on_moodle(client: FlaskClient, moodle: Platform) -> GradeService:
    return GradeService(client, moodle)


@pytest.fixture
def on_canvas(client: FlaskClient, canvas: Platform) -> GradeService:
    return GradeService(client, canvas)


def own_column(platform: Platform, maximum: float = 100, *, published: bool = True) -> LineItem:
    """An activity's own column."""
    column = LineItem(0, "A", maximum)
    activity = platform.add_activity("A", column=column, published=published)
    own = platform.own_column(activity.id)
    assert own is not None
    return own


def made_column(platform: Platform, maximum: float = 100) -> LineItem:
    """A column the tool made."""
    return platform.add_line_item(LineItem(0, "B", maximum))


def cell(platform: Platform, item: LineItem) -> Grade:
    grade = platform.grade(item.id, platform.students[0].user_id)
    assert grade is not None
    return grade


@pytest.mark.parametrize("call", captured("moodle-scores"), ids=lambda call: call["name"])
def test_moodle_answers_score_posts_as_observed(
    on_moodle: GradeService, call: dict[str, Any]
) -> None:
    on_moodle.platform.put_line_item(LineItem(13, "B", 100))
    headers = {"accept": call["accept"], "content_type": call["content_type"]}

    answer = on_moodle.send("POST", SERVICES + call["path"], call["body"], **headers)

    assert answer.status_code == call["status"]
    assert answer.headers["Content-Type"] == call["answer_type"]
    if call["answer"] == "":
        assert answer.data == b""
    elif isinstance(call["answer"], dict):
        assert answer.get_json()["status"] == call["answer"]["status"]
    elif isinstance(call["answer"], list):
        assert answer.get_json() == call["answer"]


def test_a_score_arrives_and_is_read_back(client: FlaskClient, platform: Platform) -> None:
    service, item = GradeService(client, platform), own_column(platform, 50)

    assert service.score(item, comment="做得好 <b>!</b>").status_code == 200

    (result,) = service.results(item)
    assert (result["resultScore"], result["resultMaximum"]) == (40, 50)
    assert result["comment"] == "做得好 <b>!</b>"
    assert result["userId"] == platform.students[0].user_id
    assert result["scoreOf"] == platform.addresses.line_item(item.id)


def test_moodle_refuses_a_second_score_in_the_same_second(
    on_moodle: GradeService, clock: Clock
) -> None:
    item = made_column(on_moodle.platform)
    on_moodle.score(item)
    clock.move(0.5)

    refused = on_moodle.score(item, scoreGiven=90)

    assert refused.status_code == 409
    assert cell(on_moodle.platform, item).score == 80


def test_moodle_compares_a_tool_made_column_with_the_last_scores_timestamp(
    on_moodle: GradeService,
) -> None:
    item, now = made_column(on_moodle.platform), on_moodle.platform.now()
    early, later = now - timedelta(hours=2), now - timedelta(hours=1)

    assert on_moodle.score(item, timestamp=early.isoformat()).status_code == 200
    assert on_moodle.score(item, timestamp=later.isoformat()).status_code == 200
    assert on_moodle.score(item, timestamp=early.isoformat()).status_code == 409


def test_moodle_compares_an_activitys_own_column_with_the_time_of_receipt(
    on_moodle: GradeService, clock: Clock
) -> None:
    item, now = own_column(on_moodle.platform), on_moodle.platform.now()
    on_moodle.score(item, timestamp=(now - timedelta(hours=2)).isoformat())
    clock.move(10)

    at_event_time = on_moodle.score(item, timestamp=(now - timedelta(seconds=1)).isoformat())
    at_sending_time = on_moodle.score(item)

    assert at_event_time.status_code == 409
    assert at_sending_time.status_code == 200


def test_moodle_takes_a_score_after_one_from_the_future_only_on_an_own_column(
    on_moodle: GradeService, clock: Clock
) -> None:
    own, made = own_column(on_moodle.platform), made_column(on_moodle.platform)
    tomorrow = (on_moodle.platform.now() + timedelta(days=1)).isoformat()
    for item in (own, made):
        assert on_moodle.score(item, timestamp=tomorrow).status_code == 200
    clock.move(2)

    assert on_moodle.score(own).status_code == 200
    assert on_moodle.score(made).status_code == 409


def test_moodle_caps_a_score_above_the_maximum(on_moodle: GradeService) -> None:
    item = own_column(on_moodle.platform)

    on_moodle.score(item, scoreGiven=120)

    assert cell(on_moodle.platform, item).score == 100


def test_moodle_erases_the_comment_that_is_left_out(on_moodle: GradeService, clock: Clock) -> None:
    item = own_column(on_moodle.platform)
    on_moodle.score(item, comment="一")
    clock.move(2)

    on_moodle.score(item)

    assert cell(on_moodle.platform, item).comments == ()


@pytest.mark.parametrize(
    "fields",
    [{"gradingProgress": "Pending"}, {"gradingProgress": "PendingManual"}, {"scoreGiven": None}],
)
def test_moodle_wipes_the_grade_of_a_score_that_is_not_final(
    on_moodle: GradeService, clock: Clock, fields: dict[str, object]
) -> None:
    item = own_column(on_moodle.platform)
    on_moodle.score(item, comment="一")
    clock.move(2)

    assert on_moodle.score(item, **fields).status_code == 200

    (result,) = on_moodle.results(item)
    assert set(result) == {"id", "userId"}


def test_moodle_keeps_a_teachers_override_on_an_own_column_only(
    on_moodle: GradeService, clock: Clock
) -> None:
    platform, user_id = on_moodle.platform, on_moodle.platform.students[0].user_id
    own, made = own_column(platform), made_column(platform)
    for item in (own, made):
        platform.override(item.id, user_id, 42)
    clock.move(2)

    answers = [on_moodle.score(item).status_code for item in (own, made)]

    assert answers == [200, 200]
    assert (cell(platform, own).score, cell(platform, made).score) == (42, 80)


def test_moodle_answers_500_for_a_locked_grade(on_moodle: GradeService, clock: Clock) -> None:
    item = own_column(on_moodle.platform)
    on_moodle.score(item)
    on_moodle.platform.lock_grade(item.id, on_moodle.platform.students[0].user_id)
    clock.move(2)

    assert on_moodle.score(item, scoreGiven=1).status_code == 500
    assert cell(on_moodle.platform, item).score == 80


def test_moodle_answers_200_to_a_bad_score_that_is_pretty_printed(on_moodle: GradeService) -> None:
    item = made_column(on_moodle.platform)
    body = json.dumps({"userId": "4", "scoreGiven": 1}, indent=1)

    answer = on_moodle.send("POST", f"{SERVICES}/2/lineitems/{item.id}/lineitem/scores", body,
                            content_type=SCORE)  # fmt: skip

    assert (answer.status_code, answer.get_json()) == (200, [])
    assert on_moodle.platform.grades(item.id) == ()


def test_moodle_answers_a_404_page_to_paged_results(on_moodle: GradeService) -> None:
    item = made_column(on_moodle.platform)

    answer = on_moodle.call("GET", on_moodle.platform.addresses.results(item.id) + "&limit=1")

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_results_can_be_asked_for_one_person(on_moodle: GradeService) -> None:
    item, students = made_column(on_moodle.platform), on_moodle.platform.students
    for student in students[:3]:
        on_moodle.score(item, userId=student.user_id)
    url = on_moodle.platform.addresses.results(item.id) + f"&user_id={students[1].user_id}"

    (result,) = on_moodle.call("GET", url).get_json()

    assert result["userId"] == students[1].user_id


def test_canvas_takes_an_equal_timestamp_and_refuses_an_older_one(on_canvas: GradeService) -> None:
    item, now = made_column(on_canvas.platform), on_canvas.platform.now()

    assert on_canvas.score(item).status_code == 200
    assert on_canvas.score(item, scoreGiven=90).status_code == 200
    older = on_canvas.score(item, timestamp=(now - timedelta(seconds=1)).isoformat())

    assert older.status_code == 400
    assert older.get_json()["errors"]["type"] == "bad_request"
    assert cell(on_canvas.platform, item).score == 90


def test_canvas_appends_every_comment(on_canvas: GradeService) -> None:
    item = made_column(on_canvas.platform)

    on_canvas.score(item, comment="一")
    on_canvas.score(item, comment="一")
    on_canvas.score(item)

    assert cell(on_canvas.platform, item).comments == ("一", "一")


def test_canvas_keeps_a_score_above_the_maximum(on_canvas: GradeService) -> None:
    item = own_column(on_canvas.platform, 50)

    on_canvas.score(item, scoreGiven=120)

    assert cell(on_canvas.platform, item).score == 60


def test_canvas_sets_the_score_to_nil_unless_told_to_preserve_it(on_canvas: GradeService) -> None:
    item = made_column(on_canvas.platform)
    on_canvas.score(item)
    keep = {"https://canvas.instructure.com/lti/submission": {"preserve_score": True}}

    on_canvas.score(item, gradingProgress="Pending", **keep)
    assert cell(on_canvas.platform, item).score == 80
    on_canvas.score(item, gradingProgress="PendingManual", scoreGiven=70)
    assert cell(on_canvas.platform, item).score == 70
    on_canvas.score(item, gradingProgress="Pending")
    assert cell(on_canvas.platform, item).score is None


def test_canvas_answers_with_the_results_url(on_canvas: GradeService) -> None:
    item = made_column(on_canvas.platform)

    body = on_canvas.score(item).get_json()

    assert body["resultUrl"].startswith(on_canvas.platform.addresses.results(item.id))


@pytest.mark.parametrize("who", ["teacher", "stranger"])
def test_canvas_answers_422_for_somebody_who_is_no_student(
    on_canvas: GradeService, who: str
) -> None:
    item, platform = made_column(on_canvas.platform), on_canvas.platform
    user_id = platform.teacher.user_id if who == "teacher" else who

    assert on_canvas.score(item, userId=user_id).status_code == 422


def test_canvas_refuses_scores_until_the_assignment_is_published(on_canvas: GradeService) -> None:
    item = own_column(on_canvas.platform, published=False)

    assert on_canvas.score(item).status_code == 422
    on_canvas.platform.publish(item.activity_id or 0)
    assert on_canvas.score(item).status_code == 200


def test_a_deleted_column_is_gone_with_its_grades(client: FlaskClient, platform: Platform) -> None:
    service, item = GradeService(client, platform), made_column(platform)
    service.score(item)
    platform.delete_line_item(item.id)

    assert service.score(item).status_code == 404
    assert platform.grades(item.id) == ()
