"""Logins under way as stored: used once, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from lti_tool.persistence.database import Database
from lti_tool.persistence.login_states import (
    LoginState,
    NewLogin,
    digest,
    keep_login_state,
    login_state,
    sweep_login_states,
    use_login_state,
)
from lti_tool.persistence.platforms import PlatformDetails, add_platform, remove_platform

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def kept(database: Database) -> LoginState:
    """A login that began now and lasts ten minutes."""
    url = "https://lms.example.edu"
    details = PlatformDetails(
        name="LMS",
        issuer=url,
        client_id="c",
        auth_login_url=url,
        auth_token_url=url,
        key_set_url=url,
        registrar_roles=("urn:registrar",),
    )
    with database.transaction() as session:
        platform = add_platform(session, details, now=NOW)
    login = NewLogin(
        issuer=url,
        client_id="c",
        state_hash=digest("state"),
        nonce_hash=digest("nonce"),
        target_link_uri=url,
        browser_hash=digest("browser"),
        deployment_id=None,
        created_at=NOW,
        expires_at=LATER,
    )
    found = keep_login_state(database.at_once, login)
    assert found == platform
    return LoginState(
        digest("state"), digest("nonce"), platform.id, url, digest("browser"), NOW, LATER
    )


def test_a_login_is_kept_as_it_was(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        assert login_state(session, kept.state_hash) == kept
        assert login_state(session, digest("another")) is None


def use(database: Database, browser: str | None, *, now: datetime = NOW) -> bool:
    """Try to use the login up."""
    by = None if browser is None else digest(browser)
    return use_login_state(database.at_once, digest("state"), browser=by, now=now) is not None


def test_a_login_is_used_once(database: Database, kept: LoginState) -> None:
    assert use(database, "browser")
    assert not use(database, "browser")
    with database.reading() as session:
        used = login_state(session, kept.state_hash)
    assert used is not None
    assert used.used_at == NOW


def test_a_used_login_tells_what_its_launch_must_match(
    database: Database, kept: LoginState
) -> None:
    at_once = database.at_once
    used = use_login_state(at_once, kept.state_hash, browser=kept.browser_hash, now=NOW)
    assert used is not None
    assert used.platform.id == kept.platform_id
    assert used.platform.created_at == NOW
    assert used.platform.registrar_roles == ("urn:registrar",)
    assert used.nonce_hash == kept.nonce_hash
    assert used.target_link_uri == kept.target_link_uri
    assert used.deployment_id is None


def test_another_browser_or_none_leaves_the_login_unused(
    database: Database, kept: LoginState
) -> None:
    assert not use(database, "another")
    assert not use(database, None)
    assert use(database, "browser")


def test_a_persons_consent_stands_for_the_browsers_secret(
    database: Database, kept: LoginState
) -> None:
    at_once = database.at_once
    first = use_login_state(at_once, kept.state_hash, browser=None, consent=True, now=NOW)
    again = use_login_state(at_once, kept.state_hash, browser=None, consent=True, now=NOW)
    assert (first is not None, again) == (True, None)


def test_an_expired_login_cannot_be_used(database: Database, kept: LoginState) -> None:
    assert not use(database, "browser", now=LATER)


def test_a_login_at_no_platform_is_not_kept(database: Database, kept: LoginState) -> None:
    stranger = NewLogin(
        issuer="https://lms.example.edu",
        client_id="another",
        state_hash=digest("other state"),
        nonce_hash=digest("nonce"),
        target_link_uri="https://tool.example.edu",
        browser_hash=None,
        deployment_id=None,
        created_at=NOW,
        expires_at=LATER,
    )
    assert keep_login_state(database.at_once, stranger) is None
    with database.reading() as session:
        assert login_state(session, digest("other state")) is None


def test_of_many_at_once_one_uses_the_login(database: Database, kept: LoginState) -> None:
    start = Barrier(6)

    def attempt(_number: int) -> bool:
        start.wait()
        return use(database, "browser")

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_logins_are_swept_once_they_are_long_expired(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        assert sweep_login_states(session, before=LATER) == 0
        assert sweep_login_states(session, before=LATER + timedelta(seconds=1)) == 1
        assert login_state(session, kept.state_hash) is None


def test_logins_go_with_their_platform(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        remove_platform(session, kept.platform_id)
    with database.transaction() as session:
        assert login_state(session, kept.state_hash) is None
