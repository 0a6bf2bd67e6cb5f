"""Telling workers of a queued score: at once, and never at the cost of whoever queued it."""

import time
from collections.abc import Callable
from threading import Event

import pytest
from celery.exceptions import OperationalError

from lti_tool.delivery import announcing
from lti_tool.delivery.announcing import MOST_AT_ONCE, MOST_WAITING, Announcer


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_queued_scores_are_told_soon() -> None:
    told: list[int] = []
    Announcer(told.append)([7, 8])
    until(lambda: told == [7, 8])


def test_of_many_scores_some_are_told_as_one_message_sends_all() -> None:
    told: list[int] = []
    announce = Announcer(told.append)
    announce(range(100))
    announce([200])
    until(lambda: 200 in told)
    assert told == [*range(MOST_AT_ONCE), 200]


def test_a_broker_that_hangs_delays_nobody_and_what_is_too_much_is_dropped() -> None:
    free = Event()

    def hang(_score_id: int) -> None:
        free.wait(10)

    announce = Announcer(hang)
    begun = time.monotonic()
    for each in range(2 * MOST_WAITING):
        announce([each])
    assert time.monotonic() - begun < 5
    free.set()


def test_a_broker_that_comes_back_is_told_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "PAUSE_SECONDS", 0.01)
    told: list[int] = []
    away = [OperationalError("away")]

    def publish(score_id: int) -> None:
        if away:
            raise away.pop()
        told.append(score_id)

    announce = Announcer(publish)
    announce([1])
    announce([2])
    until(lambda: told == [2])
