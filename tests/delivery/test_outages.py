"""An LMS that cannot be reached: nothing is lost, and nobody else waits for it."""

from collections.abc import Callable

import pytest

from lti_tool.delivery.patience import MOST_ATTEMPTS
from lti_tool.persistence.database import Database
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
    assert len(down.posts()) == 1
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
    for _ in range(10 * 60):
        moodle.deliver_after(1)
    assert 10 <= len(moodle.posts()) <= 15
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
