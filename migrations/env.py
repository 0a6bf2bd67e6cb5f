"""Alembic's entry: runs the migrations on the database named by the caller."""

from alembic import context

from lti_tool.persistence import tables
from lti_tool.persistence.database import Database, UtcDateTime


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as plain SQL: a migration imports nothing of the tool."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


database = Database(context.config.attributes["url"])
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
database.close()
