"""Statements that stand alone, and transactions beside them on the same connections."""

import pytest
from sqlalchemy import bindparam, func, insert, select

from lti_tool.persistence.at_once import Statement
from lti_tool.persistence.database import Base, Database, DatabaseError, Session
from lti_tool.persistence.platforms import SchoolRow

SCHOOLS = Base.metadata.tables["schools"]
MAKE = Statement(
    insert(SCHOOLS)
    .from_select(["id", "name"], select(bindparam("number"), bindparam("name")))
    .returning(SCHOOLS.c.name)
)
FIND = Statement(select(SCHOOLS.c.name).where(SCHOOLS.c.id == bindparam("number")))


class _Trouble(Exception):
    pass


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SchoolRow)) or 0


def test_a_statement_alone_is_there_for_others_at_once(database: Database) -> None:
    made = database.at_once.one(MAKE, {"number": 100, "name": "A school"})
    assert made.name == "A school"
    with database.reading() as session:
        assert _count(session) == 1


def test_a_statement_that_returns_nothing_gives_none(database: Database) -> None:
    assert database.at_once.one(FIND, {"number": 100}) is None


def test_after_a_statement_that_failed_the_next_one_works(database: Database) -> None:
    database.at_once.one(MAKE, {"number": 100, "name": "A school"})
    with pytest.raises(DatabaseError):
        database.at_once.one(MAKE, {"number": 100, "name": "Another"})
    assert database.at_once.one(FIND, {"number": 100}).name == "A school"


def _make_and_fail(database: Database) -> None:
    with database.transaction() as session:
        session.add(SchoolRow(name="Another"))
        session.flush()
        raise _Trouble


def test_a_transaction_after_statements_alone_is_whole_again(database: Database) -> None:
    database.at_once.one(MAKE, {"number": 100, "name": "A school"})
    with database.at_once.session() as session:
        assert _count(session) == 1
    with pytest.raises(_Trouble):
        _make_and_fail(database)
    with database.reading() as session:
        assert _count(session) == 1
