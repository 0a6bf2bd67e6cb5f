"""Alembic's entry: runs the migrations on the database named by the caller."""

from alembic import context

from lti_tool.persistence import tables
from lti_tool.persistence.database import Database, UtcDateTime


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as plain SQL: a migration imports nothing of the tool."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


LOCK_SECONDS = 5
"""On PostgreSQL a statement that waits for a table's lock holds up everybody who comes after it,
readers too. So it gives up; what was done before stays done, and another try does the rest."""

database = Database(context.config.attributes["url"])
try:
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            connection.commit()
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
finally:
    database.close()
