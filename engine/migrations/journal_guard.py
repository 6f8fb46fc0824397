"""What makes the journal append-only in the database itself: triggers that refuse, and on PostgreSQL fewer rights.

The application's role is called ``motcua_app`` (docs/operations.md); where it does not exist only the triggers stand.
"""

from __future__ import annotations

from sqlalchemy import Connection

_SQLITE = """
CREATE TRIGGER journal_no_{verb} BEFORE {VERB} ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""

_POSTGRESQL = """
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    GRANT USAGE ON SCHEMA public TO motcua_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO motcua_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM motcua_app;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM motcua_app;
  END IF;
END $$;
"""


def guard(connection: Connection) -> None:
    """Puts the guard on an existing ``journal`` table."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(_SQLITE.format(verb=verb, VERB=verb.upper()))
    else:
        connection.exec_driver_sql(_POSTGRESQL)


def unguard(connection: Connection) -> None:
    """Takes it off again."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER journal_no_{verb}")
    else:
        connection.exec_driver_sql("DROP TRIGGER journal_no_change ON journal")
        connection.exec_driver_sql("DROP TRIGGER journal_no_truncate ON journal")
        connection.exec_driver_sql("DROP FUNCTION journal_is_append_only()")
