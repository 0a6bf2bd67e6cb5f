"""The embedded engine: it goes on whatever happens, and ends after the score under way."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from threading import Event, Thread

import pytest

from lti_tool.delivery.thread import DeliveryThread, keep_delivering
from lti_tool.lti.keys import SigningKey
from lti_tool.persistence import deliveries
from lti_tool.persistence.database import DatabaseError, Session
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.scores import DeliveryState
from lti_tool.sandbox import Fault
from tests.delivery.school import School


@pytest.fixture
def running(moodle: School) -> Iterator[DeliveryThread]:
    engine = DeliveryThread(moodle.deliverer)
    engine.start()
    yield engine
    engine.stop()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def delivered(school: School, column: LineItem, who: int = 0) -> bool:
    return school.delivery(column, who).state is DeliveryState.DELIVERED


def test_the_thread_sends_scores_as_they_come(moodle: School, running: DeliveryThread) -> None:
    column = moodle.own_column()
    for who in range(3):
        moodle.queue(column, 16, who=who)
        wait_until(partial(delivered, moodle, column, who))


def test_stopping_waits_for_the_score_under_way(moodle: School, running: DeliveryThread) -> None:
    column = moodle.own_column()
    moodle.lms.faults.add(Fault("delay", seconds=0.5))
    for who in range(2):
        moodle.queue(column, 16, who=who)
    wait_until(lambda: moodle.delivery(column).state is DeliveryState.LEASED)
    running.stop()
    assert moodle.delivery(column).state is DeliveryState.DELIVERED
    assert moodle.delivery(column, 1).state is DeliveryState.WAITING


def test_an_error_nobody_foresaw_does_not_end_delivery(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    unforeseen = [RuntimeError("the key cannot be read")]

    def broken_once() -> SigningKey:
        if unforeseen:
            raise unforeseen.pop()
        return moodle.key

    moodle.deliverer._means.tokens._signing_key = broken_once
    stop = Event()
    engine = Thread(target=keep_delivering, args=(moodle.deliverer, stop))
    engine.start()
    wait_until(lambda: moodle.delivery(column).reason == "tool_error")
    moodle.clock.move(60)
    wait_until(partial(delivered, moodle, column))
    stop.set()
    engine.join()


def test_what_the_database_did_not_take_is_written_when_it_is_back(
    moodle: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    away = [DatabaseError("the database is away")]
    really = deliveries.mark_delivered

    def away_once(session: Session, taken: Sequence[Taken], *, now: datetime) -> None:
        if away:
            raise away.pop()
        really(session, taken, now=now)

    monkeypatch.setattr(deliveries, "mark_delivered", away_once)
    with pytest.raises(DatabaseError):
        moodle.deliver()
    assert moodle.delivery(column).state is DeliveryState.LEASED
    moodle.deliver()
    assert delivered(moodle, column)
    assert len(moodle.posts()) == 1
