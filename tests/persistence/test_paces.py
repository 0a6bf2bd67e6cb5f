"""A platform's token bucket and circuit breaker, shared by all processes through the database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.persistence import paces
from lti_tool.persistence.database import Database
from lti_tool.persistence.paces import Limits, filled
from tests.persistence.course_rows import MINUTE, NOW, SECOND, make_course

LIMITS = Limits(2.0, 5)
SPAN = timedelta(seconds=30)


@pytest.fixture
def platform_id(database: Database) -> int:
    with database.transaction() as session:
        return make_course(session).platform_id


def admitted(
    database: Database, platform_id: int, wanted: int, now: datetime = NOW, *, back: int = 0
) -> int:
    with database.transaction() as session:
        found = paces.admit(
            session, platform_id, wanted=wanted, limits=LIMITS, now=now, probe=MINUTE
        )
        paces.give_back(session, platform_id, back)
        return found


def fail(database: Database, platform_id: int, times: int = 1) -> None:
    with database.transaction() as session:
        paces.note_failure(
            session,
            platform_id,
            now=NOW,
            times=times,
            reason="unreachable",
            pause=lambda failures: SPAN if failures >= 3 else None,
        )


def test_a_bucket_begins_full_and_fills_with_time(database: Database, platform_id: int) -> None:
    assert admitted(database, platform_id, 9) == 5
    assert admitted(database, platform_id, 9) == 0
    assert admitted(database, platform_id, 9, NOW + SECOND) == 2
    assert admitted(database, platform_id, 9, NOW + MINUTE) == 5


def test_what_was_not_used_is_given_back(database: Database, platform_id: int) -> None:
    assert admitted(database, platform_id, 5, back=3) == 5
    assert admitted(database, platform_id, 9) == 3


def test_failures_in_a_row_open_the_breaker_for_everybody(
    database: Database, platform_id: int
) -> None:
    admitted(database, platform_id, 1)
    fail(database, platform_id, 2)
    assert admitted(database, platform_id, 1) == 1
    fail(database, platform_id)
    assert admitted(database, platform_id, 1, NOW + SPAN - SECOND) == 0
    with database.reading() as session:
        (trouble,) = paces.in_trouble(session)
    assert (trouble.failures, trouble.reason, trouble.since) == (3, "unreachable", NOW)


def test_after_the_pause_one_call_alone_is_let_through(
    database: Database, platform_id: int
) -> None:
    admitted(database, platform_id, 1)
    fail(database, platform_id, 3)
    assert admitted(database, platform_id, 9, NOW + SPAN) == 1
    assert admitted(database, platform_id, 9, NOW + SPAN) == 0
    with database.transaction() as session:
        paces.note_answer(session, platform_id)
    assert admitted(database, platform_id, 9, NOW + SPAN) > 1


def test_a_platform_may_have_limits_of_its_own(database: Database, platform_id: int) -> None:
    with database.transaction() as session:
        paces.set_limits(session, platform_id, Limits(50.0, 80), now=NOW)
    assert admitted(database, platform_id, 100) == 80
    with database.transaction() as session:
        paces.set_limits(session, platform_id, None, now=NOW)
    assert admitted(database, platform_id, 100, NOW + MINUTE) == 5


@given(
    tokens=st.floats(0, 100),
    seconds=st.floats(-1e6, 1e6),
    rate=st.floats(0.01, 1000),
    burst=st.integers(1, 100),
)
def test_a_bucket_never_runs_over_and_a_clock_set_back_takes_nothing(
    tokens: float, seconds: float, rate: float, burst: int
) -> None:
    held = min(tokens, burst)
    after = filled(held, timedelta(seconds=seconds), Limits(rate, burst))
    assert held <= after <= burst
