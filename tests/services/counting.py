"""Counts the queries that a block of a test sends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from lti_tool.persistence.database import Database


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The statements that the block sends, without those that frame a transaction."""
    sent: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)
