"""Sessions as stored: a token opens what its hash names, until it expires."""

from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from lti_tool.domain.launch import Role
from lti_tool.persistence import sessions
from lti_tool.persistence.database import Database
from lti_tool.persistence.sessions import SignedIn
from tests.persistence.course_rows import MINUTE, NOW, make_course, make_person

TOKEN = "a-token-that-nobody-can-guess"
END = NOW + 5 * MINUTE


@pytest.fixture
def who(database: Database) -> SignedIn:
    with database.transaction() as session:
        course = make_course(session)
        person = make_person(session, course)
        roles = frozenset({Role.TEACHER, Role.REGISTRAR})
        return SignedIn(person.id, course.school_id, course.id, roles, {"language": "zh_cn"})


def opened(database: Database, who: SignedIn, token: str = TOKEN) -> None:
    with database.transaction() as session:
        sessions.open_session(session, token, who, now=NOW, expires_at=END)


def test_a_token_tells_who_signed_in(database: Database, who: SignedIn) -> None:
    opened(database, who)
    with database.reading() as session:
        assert sessions.signed_in(session, TOKEN, now=NOW) == who
        assert sessions.signed_in(session, "another", now=NOW) is None


def test_a_session_may_be_outside_every_course(database: Database, who: SignedIn) -> None:
    outside = replace(who, course_id=None, roles=frozenset({Role.REGISTRAR}))
    opened(database, outside)
    with database.reading() as session:
        assert sessions.signed_in(session, TOKEN, now=NOW) == outside


def test_a_session_ends_at_its_time_and_not_before(database: Database, who: SignedIn) -> None:
    opened(database, who)
    with database.reading() as session:
        assert sessions.signed_in(session, TOKEN, now=END - MINUTE) is not None
        assert sessions.signed_in(session, TOKEN, now=END) is None


def test_the_token_itself_is_not_stored(database: Database, who: SignedIn) -> None:
    opened(database, who)
    with database.reading() as session:
        stored = session.execute(text("select * from sessions")).one()
    assert TOKEN not in str(stored)


def test_now_and_then_a_new_session_sweeps_away_those_that_ended(
    database: Database, who: SignedIn
) -> None:
    opened(database, who)
    later = next(each for each in map(str, count()) if sessions.hash_of(each).startswith("00"))
    with database.transaction() as session:
        sessions.open_session(session, later, who, now=END + MINUTE, expires_at=END + 9 * MINUTE)
        assert session.execute(text("select count(*) from sessions")).scalar() == 1


def test_what_pages_keep_stays_with_the_session(database: Database, who: SignedIn) -> None:
    opened(database, who)
    with database.transaction() as session:
        sessions.keep_data(session, TOKEN, {"language": "en", "csrf_token": "x"})
        sessions.keep_data(session, "gone", {"language": "en"})
    with database.reading() as session:
        found = sessions.signed_in(session, TOKEN, now=NOW)
    assert found == replace(who, data={"language": "en", "csrf_token": "x"})
