"""Counts of knocks that all processes share."""

from concurrent.futures import ThreadPoolExecutor

from lti_tool.persistence.database import Database
from lti_tool.persistence.knocks import any_over, count_knocks, forget_over

NOON = 1_788_000_000.0


def counted(database: Database, key: str, *, span: float, now: float) -> float:
    with database.transaction() as session:
        return count_knocks(session, key, span=span, now=now)


def test_knocks_add_up_and_drip_out(database: Database) -> None:
    assert counted(database, "a", span=6, now=NOON) == NOON + 6
    assert counted(database, "a", span=6, now=NOON + 2) == NOON + 12
    assert counted(database, "b", span=6, now=NOON + 2) == NOON + 8
    assert counted(database, "a", span=6, now=NOON + 100) == NOON + 106


def test_no_knock_of_processes_at_once_is_lost(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: counted(database, "a", span=1, now=NOON), range(20)))
    assert counted(database, "a", span=0, now=NOON) == NOON + 20


def test_what_has_dripped_out_is_forgotten(database: Database) -> None:
    counted(database, "old", span=6, now=NOON)
    counted(database, "new", span=60, now=NOON)
    with database.transaction() as session:
        assert any_over(session, now=NOON + 10)
        forget_over(session, now=NOON + 10)
        assert not any_over(session, now=NOON + 10)
    assert counted(database, "new", span=1, now=NOON + 10) == NOON + 61
