"""The guard that makes the journal append-only in the database: triggers, and on PostgreSQL also fewer rights.

A further trigger records every new entry, in the entry's own transaction, for the next checkpoint (docs/journal.md).
The application's role is called ``motcua_app`` (docs/operations.md); if it does not exist, only the triggers apply.
"""

from __future__ import annotations

from sqlalchemy import Connection

APPEND_ONLY = {
    "journal": ("dossier_id", "number"),
    "checkpoints": ("number",),
    "journal_runs": ("first_leaf",),
    "journal_tiles": ("height", "position"),
}
"""The append-only tables with their primary keys."""

_SQLITE_REFUSES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""

_SQLITE_REPLACES = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""  # SQLite's INSERT OR REPLACE deletes the old row without firing the trigger on DELETE

_SQLITE_NOTES = """
CREATE TRIGGER journal_awaits_checkpoint AFTER INSERT ON journal
BEGIN INSERT INTO journal_uncovered (dossier_id, number) VALUES (NEW.dossier_id, NEW.number); END
"""

_POSTGRESQL = """
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE FUNCTION journal_awaits_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO journal_uncovered (dossier_id, number) VALUES (NEW.dossier_id, NEW.number); RETURN NULL; END $$;
CREATE TRIGGER journal_awaits_checkpoint AFTER INSERT ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_awaits_checkpoint();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    GRANT USAGE ON SCHEMA public TO motcua_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO motcua_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM motcua_app;
  END IF;
END $$;
"""

_POSTGRESQL_TABLE = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM motcua_app;
  END IF;
END $$;
"""


def guard(connection: Connection) -> None:
    """Creates the triggers and sets the rights of ``motcua_app``."""
    if connection.dialect.name == "sqlite":
        for table, key in APPEND_ONLY.items():
            for verb in ("update", "delete"):
                connection.exec_driver_sql(_SQLITE_REFUSES.format(table=table, verb=verb, VERB=verb.upper()))
            same = " AND ".join(f"{column} = NEW.{column}" for column in key)
            connection.exec_driver_sql(_SQLITE_REPLACES.format(table=table, same=same))
        connection.exec_driver_sql(_SQLITE_NOTES)
    else:
        connection.exec_driver_sql(_POSTGRESQL)
        for table in APPEND_ONLY:
            connection.exec_driver_sql(_POSTGRESQL_TABLE.format(table=table))


def unguard(connection: Connection) -> None:
    """Drops the triggers. The rights of ``motcua_app`` do not change."""
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
        connection.exec_driver_sql("DROP TRIGGER journal_awaits_checkpoint")
    else:
        for table in APPEND_ONLY:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_change ON {table}")
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_truncate ON {table}")
        connection.exec_driver_sql("DROP TRIGGER journal_awaits_checkpoint ON journal")
        connection.exec_driver_sql("DROP FUNCTION journal_is_append_only()")
        connection.exec_driver_sql("DROP FUNCTION journal_awaits_checkpoint()")
