"""Counts of knocks that say nothing any more are dropped by whoever delivers."""

from datetime import timedelta

from lti_tool.delivery.forgetting import EVERY, KnockSweeper
from lti_tool.persistence.database import Database
from lti_tool.persistence.knocks import any_over, count_knocks
from tests.delivery.school import Clock

NEVER = 1e12


def test_old_counts_are_dropped_a_few_times_a_day(sqlite: Database, clock: Clock) -> None:
    sweeper = KnockSweeper(sqlite, clock)
    assert sweeper.deliver_due() == 0
    with sqlite.transaction() as session:
        count_knocks(session, "a", span=60, now=clock().timestamp())

    clock.now += EVERY - timedelta(seconds=1)
    sweeper.deliver_due()
    with sqlite.reading() as session:
        assert any_over(session, now=NEVER)

    clock.now += timedelta(seconds=1)
    assert sweeper.deliver_due() == 0
    with sqlite.reading() as session:
        assert not any_over(session, now=NEVER)
