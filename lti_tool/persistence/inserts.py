"""Reading a row quickly, and writing one that somebody else may be inserting just now.

A class opens an activity for the first time within a second: each launch finds no course, no link,
and would make it. Not here: what the rows are.
"""

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, String, UpdateBase, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .database import Base


def insert_unless_there(session: Session, row: type[Base], values: Mapping[str, Any]) -> None:
    """Insert the row, or nothing when a unique constraint says it is there; then read it.

    Where another transaction is inserting it, this waits for its end.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(row).values(**values).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(row).values(**values).on_conflict_do_nothing())


def insert_or_update(
    session: Session,
    row: type[Base],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    keep: str = "",
) -> Row[Any]:
    """Insert the row of this unique key, or bring the one that is there to these values, in one
    statement; its columns as they are then. ``keep`` names a column that only a new row takes.

    An empty text changes nothing: what a platform leaves out stays as it was. Objects of the row
    that the session holds already are not brought up to date.
    """
    told = tuple(name for name in values if name != keep)
    dialect = session.get_bind().dialect.name
    session.flush()
    statement = _upsert(row, tuple(key), told, dialect)
    return session.connection().execute(statement, {**key, **values}).one()


@functools.cache
def _upsert(
    row: type[Base], key: tuple[str, ...], told: tuple[str, ...], dialect: str
) -> UpdateBase:
    """Built once: putting it together takes longer than the database does."""
    table = Base.metadata.tables[row.__tablename__]
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    changed = {
        name: func.coalesce(func.nullif(insert.excluded[name], ""), table.c[name])
        if isinstance(table.c[name].type, String)
        else insert.excluded[name]
        for name in told
    }
    return insert.on_conflict_do_update(index_elements=list(key), set_=changed).returning(table)


def read_one(session: Session, statement: Select[Any], **values: object) -> Row[Any] | None:
    """The columns of the one row that a statement built beforehand finds; None when there is none.

    For what every launch reads: without row objects it takes a third of the time.
    """
    session.flush()
    return session.connection().execute(statement, values).one_or_none()


def insert_or_refresh(
    session: Session,
    row: type[Base],
    find: Select[Any],
    key: Mapping[str, Any],
    *,
    made: Mapping[str, Any],
    told: Mapping[str, Any],
) -> Row[Any]:
    """The row that ``find`` finds by its key, inserted if need be, with what was told in it.

    Nothing empty is taken over, and nothing written where nothing changes: everybody who launches
    into a course would otherwise queue for its row. ``made`` is for a new row only.
    """
    found = read_one(session, find, **key)
    if found is None:
        insert_unless_there(session, row, {**key, **made})
        found = session.connection().execute(find, key).one()
    changes = {name: new for name, new in told.items() if new and new != getattr(found, name)}
    if not changes:
        return found
    table = Base.metadata.tables[row.__tablename__]
    session.execute(update(table).where(table.c.id == found.id).values(**changes))
    return session.connection().execute(find, key).one()
