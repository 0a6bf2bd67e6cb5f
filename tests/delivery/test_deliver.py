"""How a score gets to the gradebook, and what becomes of it when that fails."""

from datetime import timedelta

import pytest

from lti_tool.delivery.deliver import LEASE
from lti_tool.delivery.patience import MOST_ATTEMPTS
from lti_tool.lti import http
from lti_tool.persistence import courses, deliveries
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.scores import DeliveryState
from lti_tool.sandbox import Fault
from tests.delivery.school import START, School

GONE = Fault("drop_after_accept")


# --- arriving ---


def test_a_score_arrives_fully_graded_with_its_comment(school: School) -> None:
    column = school.column()
    school.queue(column, 16, "2/3 达标；未达标：2.1.3")
    assert school.deliver() == 1
    assert school.deliver() == 0
    cell = school.cell()
    assert cell is not None
    assert (cell.score, cell.comments) == (16, ("2/3 达标；未达标：2.1.3",))
    (body,) = school.bodies()
    assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
    delivered = school.delivery(column)
    assert delivered.state is DeliveryState.DELIVERED
    assert delivered.delivered_at == START


def test_only_the_newest_score_is_sent(school: School) -> None:
    column = school.column()
    for given in (4, 8, 16):
        school.queue(column, given)
    school.deliver()
    assert [body["scoreGiven"] for body in school.bodies()] == [16]


def test_scores_one_after_another_have_times_later_by_a_second(school: School) -> None:
    column = school.column()
    for given in (4, 8, 16):
        school.queue(column, given)
        school.deliver()
    assert school.times() == [f"2026-11-23T08:00:0{second}.000Z" for second in range(3)]
    cell = school.cell()
    assert cell is not None
    assert cell.score == 16


def test_on_moodle_the_comment_is_sent_each_time_as_it_would_be_erased(moodle: School) -> None:
    column = moodle.column()
    for given in (8, 16):
        moodle.queue(column, given, "做得不错")
        moodle.deliver()
    cell = moodle.cell()
    assert cell is not None
    assert (cell.score, cell.comments) == (16, ("做得不错",))


def test_on_canvas_a_comment_is_sent_once_as_it_would_be_added_again(canvas: School) -> None:
    column = canvas.column()
    for given in (8, 16):
        canvas.queue(column, given, "做得不错")
        canvas.deliver()
    canvas.queue(column, 18, "更好了")
    canvas.deliver()
    cell = canvas.cell()
    assert cell is not None
    assert (cell.score, cell.comments) == (18, ("做得不错", "更好了"))


def test_on_canvas_a_score_is_no_new_submission(canvas: School) -> None:
    canvas.queue(canvas.column(), 16)
    canvas.deliver()
    (body,) = canvas.bodies()
    assert body["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}


def test_a_delivered_score_may_be_sent_again_by_hand(school: School) -> None:
    column = school.column()
    school.queue(column, 16, "做得不错")
    school.deliver()
    item = school.lms.line_items[0]
    school.lms.override(item.id, school.lms.students[0].user_id, 3)
    school.send_again(school.delivery(column))
    school.deliver()
    cell = school.cell()
    assert cell is not None
    assert (cell.score, cell.comments) == (16, ("做得不错",))


# --- passing trouble ---


@pytest.mark.parametrize(
    ("status", "reason"),
    [(500, "server_error"), (502, "server_error"), (503, "unavailable"), (504, "unavailable")],
)
def test_a_platform_in_trouble_gets_the_score_later_at_the_same_time(
    school: School, status: int, reason: str
) -> None:
    column = school.own_column()
    school.queue(column, 16)
    school.lms.faults.add(Fault("status", status=status))
    school.deliver()
    waiting = school.delivery(column)
    assert (waiting.state, waiting.reason) == (DeliveryState.RETRY, reason)
    assert waiting.due_at == START + timedelta(seconds=4)
    school.deliver_after(4)
    assert school.delivery(column).state is DeliveryState.DELIVERED
    assert school.times() == ["2026-11-23T08:00:00.000Z"] * 2


def test_a_platform_that_asks_for_patience_is_left_alone_that_long(school: School) -> None:
    column = school.own_column()
    for who in range(3):
        school.queue(column, 16, who=who)
    school.lms.faults.add(Fault("status", status=429, headers={"Retry-After": "90"}))
    assert school.deliver() == 1
    assert school.delivery(column).reason == "rate_limited"
    assert school.deliver_after(89) == 0
    assert school.deliver_after(1) == 3
    assert len(school.posts()) == 4


def test_a_platform_that_hangs_gets_the_score_later(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    column = school.own_column()
    school.queue(column, 16)
    school.lms.faults.add(Fault("delay", seconds=1))
    school.deliver()
    assert school.delivery(column).reason == "unreachable"
    school.deliver_after(60)
    assert school.delivery(column).state is DeliveryState.DELIVERED
    assert len(set(school.times())) == 1


def test_a_score_accepted_before_the_connection_broke_arrives_once(school: School) -> None:
    column = school.own_column()
    school.queue(column, 16, "做得不错")
    school.lms.faults.add(GONE)
    school.deliver()
    assert school.delivery(column).state is DeliveryState.RETRY
    school.deliver_after(60)
    settled = school.delivery(column)
    assert settled.state is DeliveryState.DELIVERED
    assert len(set(school.times())) == 1
    cell = school.cell()
    assert cell is not None
    assert cell.score == 80
    assert set(cell.comments) == {"做得不错"}


def test_a_process_that_died_after_the_post_leaves_the_score_to_the_next(school: School) -> None:
    column = school.own_column()
    school.queue(column, 16)
    with school.database.transaction() as session:
        (claimed,) = deliveries.lease_due(
            session, school.course.platform_id, now=school.clock(), lease=LEASE, limit=1
        )
    assert school.deliver() == 0
    school.deliver_after(LEASE.total_seconds() + 1)
    assert school.delivery(column).state is DeliveryState.DELIVERED
    assert school.times() == ["2026-11-23T08:00:00.000Z"]
    assert claimed.timestamp == START


def test_a_score_rated_while_the_last_was_sent_goes_out_next(school: School) -> None:
    column = school.own_column()
    school.queue(column, 8)
    with school.database.transaction() as session:
        (claimed,) = deliveries.lease_due(
            session, school.course.platform_id, now=school.clock(), lease=LEASE, limit=1
        )
    school.queue(column, 16)
    with school.database.transaction() as session:
        deliveries.mark_delivered(session, [Taken(claimed)], now=school.clock())
    school.deliver()
    assert [body["scoreGiven"] for body in school.bodies()] == [16]
    assert school.times() == ["2026-11-23T08:00:01.000Z"]


def test_a_token_the_platform_forgot_is_asked_for_anew(school: School) -> None:
    column = school.own_column()
    school.queue(column, 8)
    school.deliver()
    school.queue(column, 16)
    school.lms.faults.add(Fault("status", status=401))
    school.deliver()
    assert school.delivery(column).state is DeliveryState.DELIVERED
    assert [each.status for each in school.posts()] == [200, 401, 200]


def test_a_token_is_renewed_before_it_ends(school: School) -> None:
    column = school.own_column()
    school.queue(column, 8)
    school.deliver()
    school.queue(column, 16)
    school.deliver_after(3600)
    assert [each.status for each in school.posts()] == [200, 200]


# --- refusals ---


def test_a_person_unknown_to_the_lms_is_a_matter_for_a_person_and_blocks_no_one(
    school: School,
) -> None:
    column = school.own_column()
    school.lms._people_by_id.pop(school.lms.students[0].user_id)
    school.queue(column, 16)
    school.queue(column, 16, who=1)
    school.deliver()
    refused = school.delivery(column)
    assert refused.state is DeliveryState.NEEDS_PERSON
    assert refused.reason in {"bad_request", "user_left"}
    assert school.delivery(column, 1).state is DeliveryState.DELIVERED


def test_an_unpublished_assignment_is_a_matter_for_a_person_until_sent_again(
    canvas: School,
) -> None:
    column = canvas.own_column(published=False)
    canvas.queue(column, 16)
    canvas.deliver()
    refused = canvas.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "unpublished")
    canvas.lms.publish(canvas.lms.activities[0].id)
    canvas.send_again(refused)
    canvas.deliver()
    assert canvas.delivery(column).state is DeliveryState.DELIVERED


def test_a_locked_grade_is_tried_for_a_day_and_then_given_to_a_person(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 8)
    moodle.deliver()
    moodle.lms.lock_grade(moodle.lms.line_items[0].id, moodle.lms.students[0].user_id)
    moodle.clock.move(60)
    moodle.queue(column, 16)
    for _ in range(MOST_ATTEMPTS):
        assert moodle.delivery(column).state is not DeliveryState.NEEDS_PERSON
        moodle.deliver_after(3600)
    refused = moodle.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "server_error")


def test_a_course_without_the_right_to_scores_asks_for_a_person(school: School) -> None:
    column = school.own_column()
    with school.database.transaction() as session:
        session.get_one(courses.CourseRow, school.course.id).grade_scopes = []
    school.queue(column, 16)
    school.deliver()
    refused = school.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "no_scope")


def test_a_course_that_lost_its_gradebook_asks_for_a_person(school: School) -> None:
    column = school.column()
    school.queue(column, 16)
    with school.database.transaction() as session:
        session.get_one(courses.CourseRow, school.course.id).line_items_url = None
    school.deliver()
    refused = school.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "no_grade_service")


# --- stopping ---


def test_delivery_that_is_stopped_gives_back_what_it_has_not_begun(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(3):
        moodle.queue(column, 16, who=who)
    moodle.lms.faults.add(Fault("delay", seconds=1))
    answers = iter([False])
    assert moodle.deliverer.deliver_due(lambda: next(answers, True)) == 1
    assert len(moodle.posts()) == 1
    found = [moodle.delivery(column, who) for who in range(3)]
    assert [each.state for each in found] == [
        DeliveryState.DELIVERED,
        DeliveryState.WAITING,
        DeliveryState.WAITING,
    ]
    assert [each.attempts for each in found] == [0, 0, 0]


def test_delivery_that_is_stopped_beforehand_claims_nothing(school: School) -> None:
    column = school.own_column()
    school.queue(column, 16)
    assert school.deliverer.deliver_due(lambda: True) == 0
    assert school.delivery(column).state is DeliveryState.WAITING
