"""Alembic's entry point: one transaction for all scripts, and batch mode so that SQLite can alter tables."""

from alembic import context

from engine.store.tables import metadata

with context.config.attributes["engine"].begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=False,
        compare_type=True,
    )
    context.run_migrations()
