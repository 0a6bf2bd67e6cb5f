"""The database: engine, transactions, column types, migrations. SQLite and PostgreSQL.

Not here: any table; each noun has its own file.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import JSON, TypeDecorator

from .at_once import AT_ONCE, AtOnce

__all__ = [
    "AtOnce",
    "Base",
    "Database",
    "DatabaseError",
    "Json",
    "Session",
    "UtcDateTime",
    "upgrade",
]

SQLITE_BUSY_SECONDS = 10
POOL_SIZE = 10
"""Connections kept per process, and as many more at need; more than a process has threads."""
IDLE_SECONDS = 1.0
READS_ONLY = "lti_tool_reads_only"
LOCK_NOT_AVAILABLE = "55P03"
"""What PostgreSQL calls a lock that was not given within lock_timeout."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseBusyError(DatabaseError):
    """A migration was not given a table in time: somebody has held it for long. Nothing of that
    migration was done, those before it are; trying again goes on with it."""

    def __init__(self) -> None:
        super().__init__(
            "a table was in use for too long; the migrations before this one are done, run it again"
        )


class Base(DeclarativeBase):
    """The parent of every row class; constraint names follow one convention for Alembic."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on both sides. SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON
"""Lists and objects of plain JSON values."""


class Database:
    """One database: hands out transactions."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(make_url(url))
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        readers = self.engine.execution_options(**{READS_ONLY: True})
        self._readers = sessionmaker(readers, expire_on_commit=False)
        self.at_once = AtOnce(self.engine)
        """Statements that are transactions of their own."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block returns and rolls back when it raises."""
        with self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only: it waits for no writer, and whatever it changes is lost."""
        with self._readers() as session:
            yield session

    def ping(self) -> None:
        """Ask the database for a sign of life. Raises SQLAlchemy's error when there is none."""
        with self.engine.connect() as connection:
            connection.execute(text("select 1"))

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the files of an SQLite database: it is written anew.
        PostgreSQL does that by itself, in time. Raises DatabaseError while somebody else holds it.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect().execution_options(**{AT_ONCE: True}) as connection:
            connection.exec_driver_sql("VACUUM")
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if busy:
            raise DatabaseError("the database is in use")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _engine(url: URL) -> Engine:
    """Errors name no parameters: they hold names and evidence, and errors are logged."""
    if url.get_backend_name() != "sqlite":
        return _postgresql(url)
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    """Every thread of a process finds a connection; one that lay idle is tried before its use,
    since the server may have been restarted. In steady use that would cost as much as a query."""
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _note_idle)
    event.listen(engine, "checkout", _try_idle)
    return engine


def _note_idle(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()


def _try_idle(
    connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Raises DisconnectionError for a dead connection: the pool then opens a new one."""
    idle_since = record.info.get("idle_since")
    if idle_since is None or time.monotonic() - idle_since < IDLE_SECONDS:
        return
    cursor = connection.cursor()
    try:
        cursor.execute("select 1")
        connection.rollback()
    except psycopg.OperationalError as error:
        raise DisconnectionError from error
    finally:
        cursor.close()


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """WAL lets readers go on while one writes; the driver must not begin transactions itself."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the write lock at once: a transaction that reads and then writes would
    otherwise fail with "database is locked" when another wrote in between, however long it
    waits. Readers go on beside it."""
    options = connection.get_execution_options()
    if not options.get(AT_ONCE, False):
        reads_only = options.get(READS_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def alembic_config(url: str, migrations_dir: Path) -> Config:
    """Alembic's configuration for a database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, migrations_dir: Path) -> None:
    """Bring the database to the newest schema; does nothing when it is there already.

    Raises DatabaseBusyError when a table was in use for too long (PostgreSQL).
    """
    try:
        command.upgrade(alembic_config(url, migrations_dir), "head")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise DatabaseBusyError from error
        raise


def pending_revisions(url: str, migrations_dir: Path) -> tuple[str, ...]:
    """The revisions the database still lacks, oldest first; empty when it is up to date."""
    script = ScriptDirectory.from_config(alembic_config(url, migrations_dir))
    engine = _engine(make_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return tuple(reversed([each.revision for each in script.iterate_revisions("head", current)]))
