"""The LMS says that it has something newer: the same score, or another one."""

from decimal import Decimal

from lti_tool.delivery.patience import MOST_CONFLICTS
from lti_tool.persistence import scores
from lti_tool.persistence.scores import DeliveryState
from lti_tool.sandbox import Fault
from tests.delivery.school import START, School

GONE = Fault("drop_after_accept")


def test_a_conflict_over_the_same_score_is_settled_by_reading_the_result(moodle: School) -> None:
    column = moodle.column()
    moodle.queue(column, 16, "做得不错")
    moodle.lms.faults.add(Fault("delay"), Fault("delay"), GONE)
    moodle.deliver()
    moodle.deliver_after(60)
    settled = moodle.delivery(column)
    assert (settled.state, settled.result) == (DeliveryState.DELIVERED, Decimal(16))
    assert [each.status for each in moodle.posts()] == [200, 409]


def test_a_change_in_the_gradebook_meanwhile_is_followed_by_a_later_time(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 8)
    moodle.deliver()
    moodle.clock.move(60)
    moodle.queue(column, 16)
    moodle.lms.faults.add(Fault("status", status=503))
    moodle.deliver()
    moodle.clock.move(30)
    item = moodle.lms.line_items[0]
    moodle.lms.override(item.id, moodle.lms.students[0].user_id, 3)
    assert moodle.deliver() == 1
    conflict = moodle.delivery(column)
    assert (conflict.state, conflict.reason) == (DeliveryState.RETRY, "not_newer_conflict")
    moodle.deliver_after(1)
    assert moodle.delivery(column).state is DeliveryState.DELIVERED
    assert [each.status for each in moodle.posts()] == [200, 503, 409, 200]
    assert moodle.times()[-1] == "2026-11-23T08:01:31.000Z"


def test_a_clock_of_the_lms_that_is_ahead_of_ours_is_followed(moodle: School) -> None:
    column = moodle.own_column()
    moodle.clock.move(300)
    moodle.queue(column, 8)
    moodle.deliver()
    moodle.clock.move(-300)
    moodle.queue(column, 16)
    with moodle.database.transaction() as session:
        row = session.get_one(scores.ScoreRow, moodle.delivery(column).id)
        row.last_timestamp = None
        row.due_at = START
    moodle.deliver()
    moodle.deliver_after(1)
    assert moodle.delivery(column).state is DeliveryState.DELIVERED
    assert moodle.times()[-1] == "2026-11-23T08:05:01.000Z"


def test_the_same_points_with_another_comment_are_a_conflict_to_be_sent_later(
    moodle: School,
) -> None:
    column = moodle.column(maximum=1)
    moodle.queue(column, 0, "45/49 已掌握")
    moodle.deliver()
    moodle.queue(column, 0, "46/49 已掌握")
    with moodle.database.transaction() as session:
        session.get_one(scores.ScoreRow, moodle.delivery(column).id).last_timestamp = None
    moodle.deliver()
    moodle.deliver_after(1)
    assert [each.status for each in moodle.posts()] == [200, 409, 200]
    cell = moodle.cell()
    assert cell is not None
    assert cell.comments == ("46/49 已掌握",)


def test_an_older_time_on_canvas_is_a_conflict_too(canvas: School) -> None:
    column = canvas.column()
    canvas.clock.move(60)
    canvas.queue(column, 8)
    canvas.deliver()
    canvas.clock.move(-60)
    canvas.queue(column, 16)
    with canvas.database.transaction() as session:
        row = session.get_one(scores.ScoreRow, canvas.delivery(column).id)
        row.last_timestamp = None
        row.due_at = START
    canvas.deliver()
    canvas.deliver_after(1)
    assert [each.status for each in canvas.posts()] == [200, 400, 200]
    assert canvas.delivery(column).state is DeliveryState.DELIVERED


def test_conflicts_without_end_ask_for_a_person(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    for _ in range(MOST_CONFLICTS + 1):
        moodle.lms.faults.add(Fault("status", status=409), Fault("delay"))
        moodle.deliver_after(1)
    refused = moodle.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "not_newer_conflict")


def test_a_conflict_after_many_failures_is_still_followed(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    for _ in range(MOST_CONFLICTS + 2):
        moodle.lms.faults.add(Fault("status", status=503))
        moodle.deliver_after(3600)
    moodle.lms.faults.add(Fault("status", status=409), Fault("delay"))
    moodle.deliver_after(3600)
    assert moodle.delivery(column).conflicts == 1
    moodle.deliver_after(1)
    assert moodle.delivery(column).state is DeliveryState.DELIVERED


def test_a_grade_that_differs_by_a_point_of_very_many_is_not_the_same(moodle: School) -> None:
    column = moodle.column(maximum=100_000)
    moodle.queue(column, 56)
    moodle.deliver()
    moodle.clock.move(60)
    moodle.queue(column, 57)
    moodle.lms.faults.add(Fault("status", status=409))
    moodle.deliver()
    moodle.deliver_after(5)
    cell = moodle.cell()
    assert cell is not None
    assert cell.score == 57
