"""Access links as stored."""

import pytest
from sqlalchemy import text

from lti_tool.domain.launch import Role
from lti_tool.persistence import access_links
from lti_tool.persistence.access_links import AccessLink
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from tests.persistence.course_rows import MINUTE, NOW, make_course, make_person

TOKEN = "a-token-that-nobody-can-guess"
END = NOW + 5 * MINUTE


@pytest.fixture
def person(database: Database) -> Account:
    with database.transaction() as session:
        made = make_person(session, make_course(session))
        access_links.add_access_link(
            session, TOKEN, person_id=made.id, role=Role.REGISTRAR, now=NOW, expires_at=END
        )
        return made


def test_a_link_lets_its_person_in_more_than_once(database: Database, person: Account) -> None:
    for _ in range(2):
        with database.reading() as session:
            found = access_links.access_link(session, TOKEN, now=NOW)
        assert found == AccessLink(person.id, Role.REGISTRAR)


def test_a_link_ends_at_its_time(database: Database, person: Account) -> None:
    with database.reading() as session:
        assert access_links.access_link(session, TOKEN, now=END - MINUTE) is not None
        assert access_links.access_link(session, TOKEN, now=END) is None


def test_another_token_lets_nobody_in(database: Database, person: Account) -> None:
    with database.reading() as session:
        assert access_links.access_link(session, TOKEN + "x", now=NOW) is None


def test_the_token_of_a_link_is_not_stored(database: Database, person: Account) -> None:
    with database.reading() as session:
        stored = session.execute(text("select * from access_links")).one()
    assert TOKEN not in str(stored)
