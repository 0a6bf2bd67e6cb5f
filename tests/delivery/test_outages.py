"""An LMS that cannot be reached: nothing is lost, and nobody else waits for it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.delivery.columns import ColumnKeeper
from lti_tool.delivery.patience import FAILURES_IN_A_ROW, MOST_ATTEMPTS
from lti_tool.lti.keys import new_signing_key
from lti_tool.persistence import column_errands, paces
from lti_tool.persistence.database import Database
from lti_tool.persistence.paces import Limits
from lti_tool.persistence.scores import DeliveryState
from lti_tool.sandbox import Fault, Platform, Sandbox
from tests.delivery.school import School

GONE = Fault("drop_after_accept")


@pytest.fixture
def both(
    sqlite: Database, sandbox: Sandbox, open_school: Callable[[Database, Platform], School]
) -> tuple[School, School]:
    """Two schools in one database, served by one deliverer."""
    one = open_school(sqlite, sandbox.platforms["moodle"])
    two = open_school(sqlite, sandbox.platforms["canvas"])
    two.deliverer = one.deliverer
    return one, two


def test_an_lms_that_cannot_be_reached_holds_up_nobody_else(both: tuple[School, School]) -> None:
    down, up = both
    lost, column = down.own_column(), up.own_column()
    for who in range(5):
        down.queue(lost, 16, who=who)
        up.queue(column, 16, who=who)
    down.lms.faults.add(*[GONE] * 9)
    down.deliver()
    assert len(up.posts()) == 5
    assert len(down.posts()) == FAILURES_IN_A_ROW
    assert {down.delivery(lost, who).state for who in range(5)} == {
        DeliveryState.RETRY,
        DeliveryState.WAITING,
    }


def test_an_lms_that_stays_away_is_asked_less_and_less_and_never_given_up(
    moodle: School,
) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    moodle.lms.faults.add(*[GONE] * 40)
    for _ in range(10 * 12):
        moodle.deliver_after(5)
    assert 12 <= len(moodle.posts()) <= 18
    for _ in range(MOST_ATTEMPTS * 5):
        moodle.lms.faults.add(GONE)
        moodle.deliver_after(3600)
    states = {moodle.delivery(column, who).state for who in range(5)}
    assert DeliveryState.NEEDS_PERSON not in states


def test_an_lms_that_is_back_gets_everything(school: School) -> None:
    column = school.own_column()
    for who in range(5):
        school.queue(column, 16, who=who)
    school.lms.faults.add(GONE)
    school.deliver()
    school.deliver_after(60)
    assert {school.delivery(column, who).state for who in range(5)} == {DeliveryState.DELIVERED}


def test_one_broken_connection_does_not_leave_a_platform_alone(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    moodle.lms.faults.add(GONE)
    assert moodle.deliver() == 5
    states = [moodle.delivery(column, who).state for who in range(5)]
    assert sorted(states) == sorted([DeliveryState.RETRY, *[DeliveryState.DELIVERED] * 4])


def test_a_platform_left_alone_by_one_process_is_left_alone_by_all(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    moodle.lms.faults.add(*[GONE] * 3)
    moodle.deliver()
    assert moodle.new_deliverer().deliver_due() == 0
    assert len(moodle.posts()) == 3


def test_after_a_pause_one_score_tries_whether_the_platform_is_back(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    moodle.lms.faults.add(*[GONE] * 4)
    moodle.deliver()
    assert moodle.deliver_after(60) == 1
    assert len(moodle.posts()) == 4
    moodle.deliver_after(60)
    assert {moodle.delivery(column, who).state for who in range(5)} == {DeliveryState.DELIVERED}


def test_a_refused_key_keeps_scores_waiting_and_they_go_out_once_it_is_mended(
    moodle: School,
) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    moodle.clock.now = datetime.now(UTC)
    for who in range(5):
        moodle.queue(column, 17, who=who)
    good, moodle.key = moodle.key, new_signing_key()
    moodle.deliver()
    assert moodle.delivery(column).reason == "token_refused"
    assert moodle.posts() == []
    moodle.key = good
    for _ in range(3):
        moodle.deliver_after(60)
    assert {moodle.delivery(column, who).state for who in range(5)} == {DeliveryState.DELIVERED}


def test_a_wrong_clock_is_named_where_a_platform_only_refuses_the_key(moodle: School) -> None:
    column = moodle.own_column()
    moodle.clock.now = datetime.now(UTC) - timedelta(hours=1)
    moodle.queue(column, 16)
    moodle.key = new_signing_key()
    moodle.deliver()
    assert moodle.delivery(column).reason == "clock_wrong"
    told = re.search(r"(\d+) s$", moodle.delivery(column).detail)
    assert told
    assert abs(int(told[1]) - 3600) <= 5


def test_no_more_calls_are_made_than_flow_into_the_bucket(moodle: School) -> None:
    column = moodle.own_column()
    with moodle.database.transaction() as session:
        limits = Limits(per_second=1.0, burst=2)
        paces.set_limits(session, moodle.course.platform_id, limits, now=moodle.clock())
    for who in range(5):
        moodle.queue(column, 16, who=who)
    assert moodle.deliver() == 2
    assert moodle.new_deliverer().deliver_due() == 0
    assert moodle.deliver_after(1) == 1
    assert moodle.deliver_after(60) == 2


def test_what_else_is_asked_of_a_platform_comes_out_of_the_same_bucket(moodle: School) -> None:
    column = moodle.own_column()
    with moodle.database.transaction() as session:
        limits = Limits(per_second=1.0, burst=2)
        paces.set_limits(session, moodle.course.platform_id, limits, now=moodle.clock())
        column_errands.ask(session, column.id, now=moodle.clock(), results=True)
    for who in range(3):
        moodle.queue(column, 16, who=who)
    assert ColumnKeeper(moodle.new_means()).deliver_due() == 1
    assert moodle.deliver() == 1
    assert moodle.deliver_after(60) == 2
