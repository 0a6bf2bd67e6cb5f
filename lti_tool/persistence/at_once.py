"""Statements that stand alone: built once, run without a session, committed as they return.

A statement on the way of every launch costs the server a tenth of a millisecond. A session, the
search for the compiled form and the making of row objects cost five times as much, and a
transaction adds two round trips. Here only the connection pool is left of it. For a statement that
decides something by itself, such as "use this up unless it is used"; whatever takes two belongs
into a transaction (``database``).
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Engine, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeEngine

AT_ONCE = "lti_tool_at_once"
"""The execution option of a connection on which no transaction is begun."""

CURSOR = "lti_tool_cursor"

Process = Callable[[Any], Any]


class Statement:
    """A statement built beforehand, with parameters by name, and compiled once for each kind of
    database."""

    def __init__(self, built: Insert | Update | Select[Any]) -> None:
        self._built = built
        self._ready: dict[str, _Ready] = {}

    def ready(self, dialect: Dialect) -> "_Ready":
        """The statement in a database's words."""
        found = self._ready.get(dialect.name)
        if found is None:
            found = self._ready[dialect.name] = _prepare(self._built, dialect)
        return found


class AtOnce:
    """Runs statements of which each is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._autocommit = engine.dialect.name != "sqlite"
        """SQLite's driver commits each statement unless a transaction was begun."""
        options: dict[str, Any] = {AT_ONCE: True}
        if self._autocommit:
            options["isolation_level"] = "AUTOCOMMIT"
        self._sessions = sessionmaker(engine.execution_options(**options), expire_on_commit=False)

    def one(self, statement: Statement, values: Mapping[str, object]) -> Any:
        """The row that the statement returns, its columns as attributes; None where it returns
        none. At most one may be returned. Raises SQLAlchemyError for what the driver raises."""
        ready = statement.ready(self._engine.dialect)
        connection = self._engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            if self._autocommit:
                driver.autocommit = True
            row = ready.one(_cursor_of(connection), values)
            if self._autocommit:
                driver.autocommit = False
        except BaseException as error:
            # Whatever happened, nobody else shall get the connection in the state it is in.
            connection.invalidate(error)
            if isinstance(error, self._engine.dialect.loaded_dbapi.Error):
                raise DatabaseError(type(error).__name__) from error
            raise
        connection.close()
        return row

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for statements off the usual way, each still a transaction of its own. Rows
        changed as objects are lost, since nothing flushes them."""
        with self._sessions() as session:
            yield session


class _Bound(NamedTuple):
    name: str
    process: Process | None


@dataclass(frozen=True, slots=True)
class _Ready:
    """``order`` holds the parameters' names where the driver knows them by place only."""

    text: str
    constants: Mapping[str, Any]
    bound: Sequence[_Bound]
    order: Sequence[str] | None
    make_row: Callable[..., Any]
    columns: Sequence[Process | None]

    def one(self, cursor: DBAPICursor, values: Mapping[str, object]) -> Any:
        """Run the statement; its row, None where it returns none."""
        given = dict(self.constants)
        for name, process in self.bound:
            given[name] = values[name] if process is None else process(values[name])
        order = self.order
        cursor.execute(self.text, given if order is None else [given[name] for name in order])
        rows = cursor.fetchall()
        if not rows:
            return None
        (row,) = rows
        return self.make_row(
            *(
                each if process is None else process(each)
                for each, process in zip(row, self.columns, strict=True)
            )
        )


def _cursor_of(connection: PoolProxiedConnection) -> DBAPICursor:
    """The cursor of a connection that these statements share: psycopg takes nearly as long to make
    one as to run a statement. It lives as long as the connection."""
    cursor: DBAPICursor | None = connection.info.get(CURSOR)
    if cursor is None:
        cursor = connection.info[CURSOR] = connection.cursor()
    return cursor


def _prepare(built: Insert | Update | Select[Any], dialect: Dialect) -> _Ready:
    compiled = built.compile(dialect=dialect)
    constants, bound = {}, []
    for name, each in compiled.binds.items():
        process = _impl(each.type, dialect).bind_processor(dialect)
        if each.required:
            bound.append(_Bound(name, process))
        else:
            value = each.effective_value
            constants[name] = value if process is None else process(value)
    returned = list(built.exported_columns)
    return _Ready(
        text=str(compiled),
        constants=constants,
        bound=bound,
        order=compiled.positiontup if compiled.positional else None,
        make_row=namedtuple("Returned", [each.key or "" for each in returned]),
        columns=[_impl(each.type, dialect).result_processor(dialect, None) for each in returned],
    )


def _impl(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)
