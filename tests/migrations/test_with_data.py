"""Migrations over a database in use: up and down nothing of what was there before is lost, the
schema is the same on both ways, and nobody waits for a migration that waits for a lock.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from lti_tool.catalogue import load_catalogue
from lti_tool.domain.launch import Role
from lti_tool.persistence.database import (
    Database,
    DatabaseBusyError,
    alembic_config,
    pending_revisions,
    upgrade,
)
from tests.services.attaining import master, sign_off_now, whole_level
from tests.services.classroom import Classroom, enrol, open_course

ROOT = Path(__file__).parent.parent.parent
MIGRATIONS = ROOT / "migrations"

Schema = Mapping[str, object]
Rows = Mapping[str, list[tuple[object, ...]]]


def revisions(url: str) -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory.from_config(alembic_config(url, MIGRATIONS))
    return [each.revision for each in reversed(list(script.walk_revisions()))]


def schema_of(database: Database) -> Schema:
    """Columns, indexes, constraints and triggers by table."""
    with database.engine.connect() as connection:
        seen = inspect(connection)
        found: dict[str, object] = {"triggers": triggers(connection)}
        named = (
            seen.get_multi_indexes(),
            seen.get_multi_unique_constraints(),
            seen.get_multi_check_constraints(),
            seen.get_multi_foreign_keys(),
        )
        for (_, table), columns in seen.get_multi_columns().items():
            found[table] = {
                "columns": {
                    (each["name"], str(each["type"]), each["nullable"]) for each in columns
                },
                "named": {str(each["name"]) for kind in named for each in kind[None, table]},
            }
    return found


def triggers(connection: Connection) -> set[tuple[str, ...]]:
    """They hold the append-only records; a table that is copied would lose its own."""
    query = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT DISTINCT trigger_name, event_object_table "
        "FROM information_schema.triggers",
    }[connection.dialect.name]
    return {tuple(row) for row in connection.execute(text(query))}


def rows_of(database: Database, columns: Mapping[str, set[str]]) -> Rows:
    """The rows of some columns, by table."""
    found = {}
    with database.engine.connect() as connection:
        for name, wanted in columns.items():
            table = Table(name, MetaData(), autoload_with=connection)
            order = sorted(each.name for each in table.primary_key.columns)
            chosen = [table.c[each] for each in sorted(wanted)]
            query = select(*chosen).order_by(*(table.c[each] for each in order))
            found[name] = [tuple(row) for row in connection.execute(query)]
    return found


def live(database: Database) -> None:
    """Courses, work, ratings, a signed-off level, scores to be sent."""
    catalogue = load_catalogue(ROOT / "rubrics", ROOT / "mappings")
    course = open_course(database)
    teacher = enrol(database, course, "周敏", Role.TEACHER)
    classroom = Classroom(database, catalogue, course, teacher)
    learner = classroom.enrol("王雨欣")
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    classroom.draft(classroom.enrol("李小龙"), classroom.set_up())


def test_down_and_up_again_keeps_what_was_there_and_gives_the_same_schema(
    bare_database_url: str,
) -> None:
    url, config = bare_database_url, alembic_config(bare_database_url, MIGRATIONS)
    database, known = Database(url), revisions(url)
    on_the_way_up = {}
    for each in known:
        command.upgrade(config, each)
        on_the_way_up[each] = schema_of(database)
    first = {
        name: {column[0] for column in table["columns"]}
        for name, table in on_the_way_up[known[0]].items()
        if isinstance(table, dict) and name != "alembic_version"
    }
    live(database)
    kept = {
        name: columns & present
        for name, columns in first.items()
        if (present := _columns(on_the_way_up[known[-1]], name))
    }
    before = rows_of(database, kept)
    assert sum(len(rows) for rows in before.values()) > 200

    for each in reversed(known[:-1]):
        command.downgrade(config, each)
        assert schema_of(database) == on_the_way_up[each], f"at {each}"
    assert rows_of(database, kept) == before
    upgrade(url, MIGRATIONS)
    assert schema_of(database) == on_the_way_up[known[-1]]
    assert rows_of(database, kept) == before
    database.close()


def _columns(schema: Schema, name: str) -> set[str]:
    table = schema.get(name)
    return {column[0] for column in table["columns"]} if isinstance(table, dict) else set()


def test_a_migration_gives_up_rather_than_let_everybody_wait(postgresql_url: str) -> None:
    """A statement that waits for a table's lock holds up all that come after it."""
    config = alembic_config(postgresql_url, MIGRATIONS)
    newest = revisions(postgresql_url)[-1]
    command.downgrade(config, "0001")
    database = Database(postgresql_url)
    with database.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM scores"))
        with pytest.raises(DatabaseBusyError, match="run it again"):
            upgrade(postgresql_url, MIGRATIONS)
    assert pending_revisions(postgresql_url, MIGRATIONS)[-1] == newest
    upgrade(postgresql_url, MIGRATIONS)
    assert pending_revisions(postgresql_url, MIGRATIONS) == ()
    database.close()
