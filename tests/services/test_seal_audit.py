"""The chain of seals: whatever is changed, removed or slipped in shows, and where."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from lti_tool.persistence import audit_log, audit_seals
from lti_tool.persistence.database import Database, DatabaseError
from lti_tool.services.seal_audit import (
    Break,
    Fault,
    SealKey,
    Verdict,
    Witness,
    newest_seal,
    read_witness,
    seal_entries,
    seal_key,
    verify_audit,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = seal_key("the tool's own secret")
ENTRIES = 5


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A log of five sealed entries, a minute apart."""
    made = Database(sqlite_url)
    write(made, ENTRIES)
    assert seal(made) == ENTRIES
    yield made
    made.close()


def write(database: Database, count: int, *, at: datetime = NOW) -> None:
    with database.transaction() as session:
        for number in range(count):
            moment = at - timedelta(minutes=count - number)
            audit_log.note(session, "rate", f"submission:s{number}", actor_id=None, now=moment)


def seal(database: Database, key: SealKey = KEY, *, now: datetime = NOW) -> int:
    with database.transaction() as session:
        return seal_entries(session, key, now=now, most=100)


def verified(database: Database, *keys: SealKey, now: datetime = NOW) -> Verdict:
    with database.reading() as session:
        return verify_audit(session, keys or (KEY,), now=now)


def since(database: Database, witness: Witness) -> Verdict:
    with database.reading() as session:
        return verify_audit(session, (KEY,), now=NOW, since=witness)


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the rights of the database's owner can do."""
    with database.engine.begin() as connection:
        for trigger in ("audit_log_append_only", "audit_seals_no_delete"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_untouched_log_holds(database: Database) -> None:
    assert verified(database) == Verdict(ENTRIES, None)


def test_sealing_goes_on_where_it_stopped(database: Database) -> None:
    assert seal(database) == 0
    write(database, 2)
    assert seal(database) == 2
    assert verified(database) == Verdict(ENTRIES + 2, None)


def test_an_entry_of_this_moment_waits_for_others_that_come_late(database: Database) -> None:
    with database.transaction() as session:
        audit_log.note(session, "rate", "submission:new", actor_id=None, now=NOW)
    assert seal(database) == 0
    assert seal(database, now=NOW + timedelta(minutes=1)) == 1


def test_a_changed_entry_shows(database: Database) -> None:
    tamper(database, "UPDATE audit_log SET detail = 'another level' WHERE id = 3")
    assert verified(database) == Verdict(2, Break(Fault.CHANGED, 3, 3))


def test_a_removed_entry_shows(database: Database) -> None:
    tamper(database, "DELETE FROM audit_log WHERE id = 4")
    assert verified(database) == Verdict(3, Break(Fault.REMOVED, 4, 4))


def test_an_entry_removed_with_its_seal_shows(database: Database) -> None:
    tamper(
        database,
        "DELETE FROM audit_log WHERE id = 2",
        "DELETE FROM audit_seals WHERE position = 2",
    )
    assert verified(database) == Verdict(1, Break(Fault.GAP, 3, 3))


def test_an_end_cut_off_with_its_seals_shows_to_who_kept_the_newest_seal(
    database: Database,
) -> None:
    with database.reading() as session:
        kept = read_witness(str(newest_seal(session)))
    write(database, 1, at=NOW + timedelta(hours=1))
    seal(database, now=NOW + timedelta(hours=1))
    assert since(database, kept).broken is None

    tamper(
        database,
        "DELETE FROM audit_log WHERE id >= 5",
        "DELETE FROM audit_seals WHERE entry_id >= 5",
    )

    assert verified(database).broken is None
    assert since(database, kept) == Verdict(4, Break(Fault.CUT, 5, 4))


def test_a_log_written_anew_shows_to_who_kept_a_seal_of_it(database: Database) -> None:
    with database.reading() as session:
        kept = newest_seal(session)
    tamper(database, "DELETE FROM audit_log", "DELETE FROM audit_seals")
    assert since(database, kept).broken == Break(Fault.CUT, 5, 0)
    write(database, ENTRIES + 1)
    seal(database)
    assert since(database, kept) == Verdict(6, Break(Fault.CUT, 5, 6))


@pytest.mark.parametrize("words", ["", "5", "5:", "5:xyz", "-1:" + "a" * 16, "5:" + "A" * 16])
def test_what_is_no_seal_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_witness(words)


def test_an_entry_slipped_in_with_an_old_date_shows(database: Database) -> None:
    write(database, 1, at=NOW - timedelta(hours=3))
    assert verified(database) == Verdict(ENTRIES, Break(Fault.UNSEALED, ENTRIES, ENTRIES))


def test_a_seal_made_with_another_key_shows(database: Database) -> None:
    write(database, 1)
    seal(database, seal_key("somebody else's"))
    verdict = verified(database)
    assert verdict == Verdict(ENTRIES, Break(Fault.UNKNOWN_KEY, ENTRIES + 1, ENTRIES + 1))


def test_a_change_of_the_secret_key_leaves_the_chain_whole(database: Database) -> None:
    newer = seal_key("the next secret")
    write(database, 2)
    seal(database, newer)
    assert verified(database, newer, KEY) == Verdict(ENTRIES + 2, None)


def test_two_processes_that_seal_at_once_do_not_fork_the_chain(database: Database) -> None:
    write(database, 1)
    with database.transaction() as session:
        end = audit_seals.last_link(session)
        link = audit_seals.Link(end.position, 99, "0" * 64, KEY.id)
        assert not audit_seals.add_links(session, [link])
    assert seal(database) == 1
    assert verified(database) == Verdict(ENTRIES + 1, None)


@pytest.mark.parametrize("act", ["UPDATE audit_seals SET seal = ''", "DELETE FROM audit_seals"])
def test_either_database_seals_and_refuses_to_change_a_seal(database_url: str, act: str) -> None:
    database = Database(database_url)
    write(database, ENTRIES)
    seal(database)
    assert verified(database) == Verdict(ENTRIES, None)
    with pytest.raises(DatabaseError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(act))
    database.close()
