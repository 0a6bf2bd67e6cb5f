"""The migrated schema is what the rows say, on both databases, and can be taken back."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.persistence import tables
from lti_tool.persistence.database import Database, alembic_config, pending_revisions, upgrade

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def test_rows_and_migrated_schema_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_a_bare_database_lacks_every_revision_and_a_migrated_one_none(
    bare_database_url: str,
) -> None:
    newest = ScriptDirectory.from_config(alembic_config(bare_database_url, MIGRATIONS))
    assert pending_revisions(bare_database_url, MIGRATIONS)[-1] == newest.get_current_head()
    upgrade(bare_database_url, MIGRATIONS)
    assert pending_revisions(bare_database_url, MIGRATIONS) == ()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url, MIGRATIONS)
    assert pending_revisions(database_url, MIGRATIONS) == ()


def test_every_migration_can_be_taken_back_and_done_again(database_url: str) -> None:
    command.downgrade(alembic_config(database_url, MIGRATIONS), "base")
    assert pending_revisions(database_url, MIGRATIONS) != ()
    upgrade(database_url, MIGRATIONS)
    assert pending_revisions(database_url, MIGRATIONS) == ()


def test_migrations_import_nothing_of_the_tool() -> None:
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert "lti_tool" not in path.read_text(encoding="utf-8"), path.name
