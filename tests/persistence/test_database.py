"""Transactions, and statements that stand alone."""

from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, insert, select

from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.platforms import SchoolRow

MAKE = insert(SchoolRow).values(name="A school").returning(SchoolRow.id)


class _Trouble(Exception):
    pass


def _make_and_fail(block: AbstractContextManager[Session]) -> None:
    with block as session:
        session.connection().execute(MAKE).one()
        raise _Trouble


def _schools(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SchoolRow)) or 0


def test_a_statement_that_stands_alone_is_there_for_others_at_once(database: Database) -> None:
    with database.at_once() as session:
        session.connection().execute(MAKE).one()
        with database.reading() as other:
            assert _schools(other) == 1


def test_what_a_statement_alone_has_done_stays_when_its_block_raises(database: Database) -> None:
    with pytest.raises(_Trouble):
        _make_and_fail(database.at_once())
    with database.reading() as session:
        assert _schools(session) == 1


def test_a_transaction_after_statements_alone_is_whole_again(database: Database) -> None:
    with database.at_once() as session:
        session.connection().execute(MAKE).one()
    with pytest.raises(_Trouble):
        _make_and_fail(database.transaction())
    with database.reading() as session:
        assert _schools(session) == 1
