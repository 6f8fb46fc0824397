"""The guard of the evidence beside the journal: the read log only grows, and no entry is left out of the checkpoints.

``journal_uncovered`` lists the entries that await a checkpoint. A row leaves it only once ``journal_runs`` covers it,
so that nobody hides an entry from every checkpoint. ``engine.migrations.journal_guard`` guards the journal itself.
"""

from __future__ import annotations

from sqlalchemy import Connection

APPEND_ONLY = {"reads": ("id",), "read_leaves": ("leaf",), "read_seals": ("number",)}
"""The append-only tables with their primary keys."""

_SQLITE_REFUSES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, 'the read log is append-only'); END
"""
_SQLITE_REPLACES = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'the read log is append-only'); END
"""  # SQLite's INSERT OR REPLACE deletes the old row without firing the trigger on DELETE
_COVERED = """
SELECT 1 FROM journal_runs WHERE journal_runs.dossier_id = OLD.dossier_id
  AND journal_runs.first_number <= OLD.number AND OLD.number < journal_runs.first_number + journal_runs.length
"""
_SQLITE_AWAITS = (
    """
CREATE TRIGGER journal_uncovered_no_update BEFORE UPDATE ON journal_uncovered
BEGIN SELECT RAISE(ABORT, 'append-only: the entry awaits its checkpoint'); END
""",
    f"""
CREATE TRIGGER journal_uncovered_no_delete BEFORE DELETE ON journal_uncovered WHEN NOT EXISTS ({_COVERED})
BEGIN SELECT RAISE(ABORT, 'append-only: the entry awaits its checkpoint'); END
""",
)
_POSTGRESQL = f"""
CREATE FUNCTION reads_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the read log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE FUNCTION entry_awaits_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
    IF EXISTS ({_COVERED}) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'append-only: the entry awaits its checkpoint' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_uncovered_no_change BEFORE UPDATE OR DELETE ON journal_uncovered
  FOR EACH ROW EXECUTE FUNCTION entry_awaits_checkpoint();
CREATE TRIGGER journal_uncovered_no_truncate BEFORE TRUNCATE ON journal_uncovered
  FOR EACH STATEMENT EXECUTE FUNCTION entry_awaits_checkpoint();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    REVOKE UPDATE, TRUNCATE ON journal_uncovered FROM motcua_app;
    GRANT SELECT, INSERT ON reads, read_leaves, read_seals TO motcua_app;
  END IF;
END $$;
"""
_POSTGRESQL_TABLE = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION reads_are_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION reads_are_append_only();
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
        for trigger in _SQLITE_AWAITS:
            connection.exec_driver_sql(trigger)
    else:
        connection.exec_driver_sql(_POSTGRESQL)
        for table in APPEND_ONLY:
            connection.exec_driver_sql(_POSTGRESQL_TABLE.format(table=table))


def unguard(connection: Connection) -> None:
    """Drops the triggers, and gives ``motcua_app`` back the rights that the schema before had."""
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER journal_uncovered_no_{verb}")
        return
    for table in (*APPEND_ONLY, "journal_uncovered"):
        connection.exec_driver_sql(f"DROP TRIGGER {table}_no_change ON {table}")
        connection.exec_driver_sql(f"DROP TRIGGER {table}_no_truncate ON {table}")
    connection.exec_driver_sql("DROP FUNCTION reads_are_append_only()")
    connection.exec_driver_sql("DROP FUNCTION entry_awaits_checkpoint()")
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT UPDATE, DELETE ON reads TO motcua_app")
        connection.exec_driver_sql("GRANT UPDATE ON journal_uncovered TO motcua_app")
