"""The whole database as plain rows, out of one moment and back into an empty database.

Tables are read as they are in the database and not as the row classes say, so that a dump of an
earlier release is loaded by a later one; and nothing of a dump belongs to one kind of database, so
that SQLite's can be loaded into PostgreSQL. What is worth nothing tomorrow is left out. Not here:
the file in which a dump travels (``lti_tool.cli.backup_file``).
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    insert,
    select,
    text,
)

from .database import READS_ONLY, Database, alembic_config

__all__ = ["Dump", "DumpError", "Row", "evidence_keys", "load", "prepare", "snapshot"]

PASSING = frozenset({"sessions", "login_states", "engines", "knocks", "alembic_version"})
"""Who is signed in or knocks, what runs: not worth keeping, not to be found in a stolen backup."""
BATCH = 500
EVIDENCE, STORAGE_KEY = "evidence", "storage_key"

Row = Sequence[object]
"""The values of a row as plain JSON, in the order of the table's columns."""


class DumpError(Exception):
    """A dump cannot be loaded: ``not_empty`` (detail: a table with rows), ``revision_unknown``
    (detail: the revision), ``table_unknown``, ``columns`` (detail: the table)."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Dump:
    """One moment of a database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.revision = MigrationContext.configure(connection).get_current_revision() or ""
        self._tables = _tables(connection)

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table worth keeping, those that others refer to first."""
        return tuple(each.name for each in self._tables)

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns, in the order of its rows' values."""
        return tuple(column.name for column in self._table(table).columns)

    def rows(self, table: str) -> Iterator[Row]:
        """Every row of a table, by primary key."""
        wanted = self._table(table)
        query = select(wanted).order_by(*wanted.primary_key.columns)
        streamed = self._connection.execution_options(yield_per=BATCH)
        written = [_writer(column) for column in wanted.columns]
        for row in streamed.execute(query):
            yield [write(value) for write, value in zip(written, row, strict=True)]

    def _table(self, name: str) -> Table:
        return next(each for each in self._tables if each.name == name)


@contextmanager
def snapshot(database: Database) -> Iterator[Dump]:
    """The database as it is now, for as long as the block runs; others go on writing meanwhile."""
    options: dict[str, object] = {READS_ONLY: True}
    if database.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection:
        yield Dump(connection)


def evidence_keys(dump: Dump) -> frozenset[str]:
    """The storage keys of all files that the dump's evidence names."""
    place = dump.columns(EVIDENCE).index(STORAGE_KEY)
    return frozenset(str(row[place]) for row in dump.rows(EVIDENCE) if row[place] is not None)


def prepare(database: Database, url: str, migrations_dir: Path, revision: str) -> None:
    """Give an empty database the schema of this revision. Raises DumpError: ``not_empty``,
    ``revision_unknown``; nothing is changed then."""
    config = alembic_config(url, migrations_dir)
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError as error:
        raise DumpError("revision_unknown", revision) from error
    with database.engine.connect().execution_options(**{READS_ONLY: True}) as connection:
        for table in _tables(connection):
            if connection.scalar(select(func.count()).select_from(table)):
                raise DumpError("not_empty", table.name)
        present = MigrationContext.configure(connection).get_current_revision()
    if present not in {None, revision}:
        command.downgrade(config, "base")
    command.upgrade(config, revision)


def load(
    database: Database,
    columns: Mapping[str, Sequence[str]],
    rows: Callable[[str], Iterable[Row]],
) -> int:
    """Put a dump into a database prepared for it, all of it or nothing; the number of rows.

    ``columns`` are the tables of the dump with their columns, ``rows`` gives a table's rows. Raises
    DumpError where they do not fit the schema.
    """
    with database.engine.begin() as connection:
        tables = _tables(connection)
        unknown = set(columns) - {each.name for each in tables}
        if unknown:
            raise DumpError("table_unknown", sorted(unknown)[0])
        told = [each for each in tables if each.name in columns]
        total = sum(_fill(connection, each, columns[each.name], rows(each.name)) for each in told)
        if connection.dialect.name == "postgresql":
            for each in told:
                _count_on(connection, each)
    return total


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                # An absent value is no JSON null.
                column.type.none_as_null = True
    return [each for each in found.sorted_tables if each.name not in PASSING]


def _fill(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Row]) -> int:
    known = {column.name: column for column in table.columns}
    if set(names) != set(known):
        raise DumpError("columns", table.name)
    naive = connection.dialect.name == "sqlite"
    readers = [_reader(known[name], naive=naive) for name in names]
    values = (
        {name: read(value) for name, read, value in zip(names, readers, row, strict=True)}
        for row in rows
    )
    total = 0
    for batch in _batches(_parents_first(table, values)):
        connection.execute(insert(table), batch)
        total += len(batch)
    return total


def _batches(rows: Iterable[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _parents_first(table: Table, rows: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The rows, each after the one of the same table that it refers to."""
    own = _own_reference(table)
    if own is None:
        yield from rows
        return
    child, parent = own
    given: set[object] = set()
    waiting: dict[object, list[dict[str, object]]] = {}
    for row in rows:
        if row[child] is not None and row[child] not in given:
            waiting.setdefault(row[child], []).append(row)
            continue
        ready = [row]
        while ready:
            each = ready.pop()
            yield each
            given.add(each[parent])
            ready += waiting.pop(each[parent], [])


def _own_reference(table: Table) -> tuple[str, str] | None:
    """The column that refers to the same table, and the one it refers to; None without."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is table:
            (element,) = constraint.elements
            return element.parent.name, element.column.name
    return None


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the loaded ones."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None:
            last = connection.scalar(select(func.max(column)))
            if last is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
                )


def _writer(column: Column[object]) -> Callable[[object], object]:
    """How a value of this column becomes plain JSON."""
    return _plain_json if isinstance(column.type, JSON) else _plain


def _plain_json(value: object) -> object:
    return value


def _plain(value: object) -> object:
    match value:
        case datetime():
            # SQLite's have no zone: they are in UTC (``UtcDateTime``).
            aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return aware.isoformat()
        case Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
    return value


def _reader(column: Column[object], *, naive: bool) -> Callable[[object], object]:
    """How plain JSON becomes a value of this column; ``naive``: times without their zone."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        if isinstance(column.type, DateTime):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=None) if naive else moment
        if isinstance(column.type, LargeBinary):
            return base64.b64decode(value, validate=True)
        return Decimal(value) if isinstance(column.type, Numeric) else value

    return read
