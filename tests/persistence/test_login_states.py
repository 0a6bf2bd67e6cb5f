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
        found = keep_login_state(session, login)
    assert found == platform
    return LoginState(
        digest("state"), digest("nonce"), platform.id, url, digest("browser"), NOW, LATER
    )


def test_a_login_is_kept_as_it_was(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        assert login_state(session, kept.state_hash) == kept
        assert login_state(session, digest("another")) is None


def test_a_login_is_used_once(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        assert use_login_state(session, kept.state_hash, browser=digest("browser"), now=NOW)
    with database.transaction() as session:
        assert not use_login_state(session, kept.state_hash, browser=digest("browser"), now=NOW)
        used = login_state(session, kept.state_hash)
    assert used is not None
    assert used.used_at == NOW


def test_an_expired_login_cannot_be_used(database: Database, kept: LoginState) -> None:
    with database.transaction() as session:
        assert not use_login_state(session, kept.state_hash, browser=digest("browser"), now=LATER)


def test_of_many_at_once_one_uses_the_login(database: Database, kept: LoginState) -> None:
    start = Barrier(6)

    def attempt(_number: int) -> bool:
        start.wait()
        with database.transaction() as session:
            found = use_login_state(session, kept.state_hash, browser=kept.browser_hash, now=NOW)
            return found is not None

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
