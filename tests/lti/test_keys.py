"""The tool's own keys."""

from datetime import datetime, timedelta

import jwt
import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lti_tool.lti.keys import (
    RotationUnderWayError,
    ensure_signing_key,
    key_set,
    new_signing_key,
    published_keys,
    rotate_signing_key,
)
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.keys import StoredKey, add_signing_key, signing_keys
from tests.lti.platform_side import NOW

CIPHER = MultiFernet([Fernet(Fernet.generate_key())])


def test_a_key_is_made_once_and_found_again(database: Database) -> None:
    with database.transaction() as session:
        made = ensure_signing_key(session, CIPHER, now=NOW)
    with database.transaction() as session:
        found = ensure_signing_key(session, CIPHER, now=NOW + timedelta(days=1))
        assert len(signing_keys(session, now=NOW)) == 1
    assert found.kid == made.kid
    assert found.private_pem == made.private_pem


def test_a_stored_key_is_unreadable_without_the_secret(database: Database) -> None:
    with database.transaction() as session:
        ensure_signing_key(session, CIPHER, now=NOW)
        assert b"PRIVATE" not in signing_keys(session, now=NOW)[0].private_key
        with pytest.raises(InvalidToken):
            ensure_signing_key(session, MultiFernet([Fernet(Fernet.generate_key())]), now=NOW)


def test_the_newest_key_signs_and_all_are_published(database: Database) -> None:
    newer = new_signing_key()
    with database.transaction() as session:
        older = ensure_signing_key(session, CIPHER, now=NOW)
        ciphertext = CIPHER.encrypt(newer.private_pem.encode())
        add_signing_key(session, StoredKey(newer.kid, ciphertext, NOW + timedelta(days=90)))
    with database.transaction() as session:
        assert ensure_signing_key(session, CIPHER, now=NOW).kid == newer.kid
        kids = [key.kid for key in published_keys(session, CIPHER, now=NOW)]
    assert kids == [newer.kid, older.kid]


def test_the_key_set_holds_public_keys_only() -> None:
    key = new_signing_key()
    (entry,) = key_set([key])["keys"]
    assert set(entry) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (entry["kid"], entry["alg"], entry["use"]) == (key.kid, "RS256", "sig")


def test_what_a_key_signs_its_published_half_verifies() -> None:
    key = new_signing_key()
    token = jwt.encode({"a": 1}, key.private_key, algorithm="RS256")
    public = jwt.PyJWK(dict(key_set([key])["keys"][0]))
    assert jwt.decode(token, public, algorithms=["RS256"]) == {"a": 1}


def rotated(session: Session, *, days: int = 7) -> str:
    key = rotate_signing_key(
        session,
        CIPHER,
        now=NOW,
        signs_from=NOW + timedelta(hours=24),
        published_for=timedelta(days=days),
    )
    return key.kid


def published(session: Session, now: datetime) -> list[str]:
    return [key.kid for key in published_keys(session, CIPHER, now=now)]


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(database: Database) -> None:
    with database.transaction() as session:
        old = ensure_signing_key(session, CIPHER, now=NOW - timedelta(days=90)).kid
        new = rotated(session)
    with database.transaction() as session:
        for hours, signing, known in (
            (0, old, [new, old]),
            (23, old, [new, old]),
            (24, new, [new, old]),
            (24 * 8 - 1, new, [new, old]),
            (24 * 8, new, [new]),
        ):
            moment = NOW + timedelta(hours=hours)
            assert ensure_signing_key(session, CIPHER, now=moment).kid == signing
            assert published(session, moment) == known


def test_the_old_key_outlives_what_it_signed_last(database: Database) -> None:
    with database.transaction() as session:
        old = ensure_signing_key(session, CIPHER, now=NOW).kid
        rotated(session, days=0)
        assert old in published(session, NOW + timedelta(hours=24, minutes=5))


def test_no_second_key_is_made_while_a_new_one_waits(database: Database) -> None:
    with database.transaction() as session:
        ensure_signing_key(session, CIPHER, now=NOW)
        new = rotated(session)
        with pytest.raises(RotationUnderWayError) as refused:
            rotated(session)
    assert refused.value.kid == new


def test_the_first_key_signs_at_once_when_there_is_nothing_to_rotate(database: Database) -> None:
    with database.transaction() as session:
        new = rotated(session)
        assert ensure_signing_key(session, CIPHER, now=NOW).kid == new


def test_keys_of_the_secret_before_are_opened_as_long_as_it_is_given(database: Database) -> None:
    former, present = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    with database.transaction() as session:
        old = ensure_signing_key(session, MultiFernet([former]), now=NOW)
        both = MultiFernet([present, former])
        assert ensure_signing_key(session, both, now=NOW).kid == old.kid
        rotate_signing_key(session, both, now=NOW, signs_from=NOW, published_for=timedelta(days=1))
        later = NOW + timedelta(days=1)
        assert published_keys(session, MultiFernet([present]), now=later)
