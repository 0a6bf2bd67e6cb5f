"""Invitations to register an LMS."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from lti_tool.persistence import schools
from lti_tool.persistence.database import Database
from lti_tool.persistence.invitations import (
    InvitationRow,
    add_invitation,
    hold_invitation,
    invitation,
    release_invitation,
    use_invitation,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def invite(database: Database, token: str = "token") -> None:
    with database.transaction() as session:
        school = schools.ensure_school(session, "某职业学院")
        add_invitation(session, token, school_id=school.id, now=NOW, expires_at=NOW + DAY)


def hold(database: Database, token: str = "token", *, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return hold_invitation(session, token, now=now, until=now + MINUTE)


def test_only_the_hash_of_the_token_is_stored(database: Database) -> None:
    invite(database, "a-secret-token")
    with database.reading() as session:
        (row,) = session.scalars(select(InvitationRow))
        assert "a-secret-token" not in row.token_hash
        assert invitation(session, "a-secret-token") is not None
        assert invitation(session, row.token_hash) is None


def test_an_invitation_is_held_by_one_at_a_time(database: Database) -> None:
    invite(database)
    assert hold(database)
    assert not hold(database)


def test_a_failed_registration_gives_the_invitation_back(database: Database) -> None:
    invite(database)
    hold(database)
    with database.transaction() as session:
        release_invitation(session, "token")
    assert hold(database)


def test_a_hold_left_behind_by_a_crash_ends_by_itself(database: Database) -> None:
    invite(database)
    hold(database)
    assert hold(database, now=NOW + MINUTE)


def test_a_used_invitation_is_held_no_more(database: Database) -> None:
    invite(database)
    with database.transaction() as session:
        use_invitation(session, "token", now=NOW)
    assert not hold(database)
    with database.reading() as session:
        found = invitation(session, "token")
    assert found is not None
    assert found.used_at == NOW


def test_an_expired_or_unknown_invitation_is_not_held(database: Database) -> None:
    invite(database)
    assert not hold(database, now=NOW + DAY)
    assert not hold(database, "another")
