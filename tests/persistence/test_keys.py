"""Signing keys as stored."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from lti_tool.persistence.database import Database
from lti_tool.persistence.keys import (
    StoredKey,
    add_signing_key,
    retire_signing_key,
    signing_keys,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_keys_come_newest_first(database: Database) -> None:
    old = StoredKey("old", b"\x00cipher", NOW - timedelta(days=90))
    new = StoredKey("new", b"\xffcipher", NOW)
    with database.transaction() as session:
        add_signing_key(session, old)
        add_signing_key(session, new)
    with database.transaction() as session:
        assert signing_keys(session, now=NOW) == (new, old)


def test_there_is_no_key_to_begin_with(database: Database) -> None:
    with database.transaction() as session:
        assert signing_keys(session, now=NOW) == ()


def test_a_retired_key_is_listed_until_its_time_has_come(database: Database) -> None:
    with database.transaction() as session:
        add_signing_key(session, StoredKey("old", b"cipher", NOW))
        retire_signing_key(session, "old", at=NOW + timedelta(days=7))
        retire_signing_key(session, "old", at=NOW + timedelta(days=70))
        retire_signing_key(session, "unknown", at=NOW)
    with database.transaction() as session:
        (still,) = signing_keys(session, now=NOW + timedelta(days=7, seconds=-1))
        assert still.retired_at == NOW + timedelta(days=7)
        assert signing_keys(session, now=NOW + timedelta(days=7)) == ()


def test_a_kid_is_never_stored_twice_even_after_its_key_retired(database: Database) -> None:
    with database.transaction() as session:
        add_signing_key(session, StoredKey("one", b"cipher", NOW, retired_at=NOW))
    with pytest.raises(IntegrityError), database.transaction() as session:
        add_signing_key(session, StoredKey("one", b"other", NOW))
