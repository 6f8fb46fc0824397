"""Alembic's entry point: one transaction for all scripts, and batch mode so that SQLite can alter tables.

On PostgreSQL a script that waits for a table holds up everybody who comes after it, so it waits a short time only
(``engine.store.migrate``).
"""

from alembic import context

from engine.store.tables import metadata

with context.config.attributes["engine"].begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{context.config.attributes['lock_seconds']}s'")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=False,
        compare_type=True,
    )
    context.run_migrations()
