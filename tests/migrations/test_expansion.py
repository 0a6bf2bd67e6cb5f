"""A migration only expands: the release before goes on working on the new schema, beside the new
one, until it is stopped. What is not used any more goes a release later, named in ``CONTRACTED``.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from lti_tool.persistence.database import alembic_config

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
CONTRACTED: frozenset[str] = frozenset()
"""Tables and columns (``table`` or ``table.column``) that a release has stopped to use before the
migration that takes them away."""

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@dataclass(frozen=True)
class Column:
    """What the release before relies on."""

    type: str
    needs_value: bool
    """Whether a row cannot be added without naming a value."""


def test_every_migration_leaves_the_release_before_working(tmp_path: Path) -> None:
    path = tmp_path / "expanding.sqlite3"
    config = alembic_config(f"sqlite:///{path}", MIGRATIONS)
    script = ScriptDirectory.from_config(config)
    before: dict[str, dict[str, Column]] = {}
    for revision in reversed(list(script.walk_revisions())):
        command.upgrade(config, revision.revision)
        after = schema(path)
        assert taken_away(before, after) == set(), revision.revision
        assert newly_needed(before, after) == set(), revision.revision
        before = after
    assert before


def schema(path: Path) -> dict[str, dict[str, Column]]:
    """The columns of every table, by name."""
    connection = sqlite3.connect(path)
    try:
        tables = [name for (name,) in connection.execute(TABLES)]
        return {table: columns(connection, table) for table in tables}
    finally:
        connection.close()


def columns(connection: sqlite3.Connection, table: str) -> dict[str, Column]:
    found = {}
    for _, name, type_, not_null, default, key in connection.execute(
        "SELECT * FROM pragma_table_info(?)", (table,)
    ):
        found[name] = Column(type_, bool(not_null) and default is None and not key)
    return found


def taken_away(
    before: dict[str, dict[str, Column]], after: dict[str, dict[str, Column]]
) -> set[str]:
    """What was there and is not any more, or is of another type."""
    gone = {table for table in before if table not in after}
    for table in before.keys() & after.keys():
        gone |= {
            f"{table}.{name}"
            for name, column in before[table].items()
            if name not in after[table] or after[table][name].type != column.type
        }
    return gone - CONTRACTED


def newly_needed(
    before: dict[str, dict[str, Column]], after: dict[str, dict[str, Column]]
) -> set[str]:
    """What the release before, which does not know it, would have to name in a new row."""
    return {
        f"{table}.{name}"
        for table in before.keys() & after.keys()
        for name, column in after[table].items()
        if column.needs_value and (name not in before[table] or not before[table][name].needs_value)
    }
