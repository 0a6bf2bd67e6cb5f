"""Writing a row that somebody else may be inserting at the same moment.

A class opens an activity for the first time within a second: each launch finds no course, no link,
and would make it. Not here: what the rows are.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .database import Base

R = TypeVar("R", bound=Base)


def insert_unless_there(session: Session, row: type[Base], values: Mapping[str, Any]) -> None:
    """Insert the row, or nothing when a unique constraint says it is there; then read it.

    Where another transaction is inserting it, this waits for its end.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(row).values(**values).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(row).values(**values).on_conflict_do_nothing())


def insert_or_update(
    session: Session, row: type[R], key: Mapping[str, Any], values: Mapping[str, Any], *, keep: str
) -> R:
    """Insert the row of this unique key, or bring the one that is there to these values, in one
    statement; the row as it is then. ``keep`` names a column that only a new row takes.

    An empty text changes nothing: what a platform leaves out stays as it was.
    """
    made = {**key, **values}
    if session.get_bind().dialect.name == "sqlite":
        insert: sqlite.Insert | postgresql.Insert = sqlite.insert(row).values(**made)
    else:
        insert = postgresql.insert(row).values(**made)
    told = {
        name: value for name, value in values.items() if value != "" and name not in {keep, *key}
    }
    statement = insert.on_conflict_do_update(index_elements=list(key), set_=told).returning(row)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()
