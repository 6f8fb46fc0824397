"""The triggers that count the changes to staff (``staff_changes``), so that no cached actor outlives a change."""

from __future__ import annotations

from sqlalchemy import Connection

WATCHED = {"people": "", "memberships": "", "substitutes": "", "offices": " OF province"}
"""The watched tables, each with the restriction to columns for UPDATE (empty means all columns)."""
_RAISE = "UPDATE staff_changes SET number = number + 1;"
_SQLITE = "CREATE TRIGGER {table}_{verb}_staff AFTER {event} ON {table} BEGIN {rise} END"
_FUNCTION = """
CREATE FUNCTION staff_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {rise} RETURN NULL; END $$
"""
_POSTGRESQL = "CREATE TRIGGER {table}_{verb}_staff AFTER {event} ON {table} EXECUTE FUNCTION staff_changed()"


def watch(connection: Connection) -> None:
    """Creates the triggers."""
    kind = connection.dialect.name
    if kind != "sqlite":
        connection.exec_driver_sql(_FUNCTION.format(rise=_RAISE))
    frame = _SQLITE if kind == "sqlite" else _POSTGRESQL
    for table, verb, event in _triggers():
        connection.exec_driver_sql(frame.format(table=table, verb=verb, event=event, rise=_RAISE))


def watch_no_more(connection: Connection) -> None:
    """Drops the triggers."""
    on = "" if connection.dialect.name == "sqlite" else " ON {table}"
    for table, verb, _ in _triggers():
        connection.exec_driver_sql(f"DROP TRIGGER {table}_{verb}_staff{on.format(table=table)}")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION staff_changed()")


def _triggers() -> list[tuple[str, str, str]]:
    """(table, verb, event) of each trigger. INSERT and DELETE of offices are not watched: they change no rights."""
    found = [(table, "update", f"UPDATE{columns}") for table, columns in WATCHED.items()]
    whole = [table for table, columns in WATCHED.items() if not columns]
    return found + [(table, verb, verb.upper()) for table in whole for verb in ("insert", "delete")]
