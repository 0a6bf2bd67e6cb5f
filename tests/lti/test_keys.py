"""The tool's own keys."""

from datetime import timedelta

import jwt
import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lti_tool.lti.keys import ensure_signing_key, key_set, new_signing_key, published_keys
from lti_tool.persistence.database import Database
from lti_tool.persistence.keys import StoredKey, add_signing_key, signing_keys
from tests.lti.platform_side import NOW

CIPHER = MultiFernet([Fernet(Fernet.generate_key())])


def test_a_key_is_made_once_and_found_again(database: Database) -> None:
    with database.transaction() as session:
        made = ensure_signing_key(session, CIPHER, now=NOW)
    with database.transaction() as session:
        found = ensure_signing_key(session, CIPHER, now=NOW + timedelta(days=1))
        assert len(signing_keys(session)) == 1
    assert found.kid == made.kid
    assert found.private_pem == made.private_pem


def test_a_stored_key_is_unreadable_without_the_secret(database: Database) -> None:
    with database.transaction() as session:
        ensure_signing_key(session, CIPHER, now=NOW)
        assert b"PRIVATE" not in signing_keys(session)[0].private_key
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
        kids = [key.kid for key in published_keys(session, CIPHER)]
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
