"""Inserting a row that somebody else may be inserting at the same moment.

A class opens an activity for the first time within a second: each launch finds no course, no link,
and would make it. Not here: what the rows are.
"""

from collections.abc import Mapping
from typing import Any

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
