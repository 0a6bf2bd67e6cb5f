"""Signing keys as stored."""

from datetime import UTC, datetime, timedelta

from lti_tool.persistence.database import Database
from lti_tool.persistence.keys import StoredKey, add_signing_key, signing_keys

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_keys_come_newest_first(database: Database) -> None:
    old = StoredKey("old", b"\x00cipher", NOW - timedelta(days=90))
    new = StoredKey("new", b"\xffcipher", NOW)
    with database.transaction() as session:
        add_signing_key(session, old)
        add_signing_key(session, new)
    with database.transaction() as session:
        assert signing_keys(session) == (new, old)


def test_there_is_no_key_to_begin_with(database: Database) -> None:
    with database.transaction() as session:
        assert signing_keys(session) == ()
