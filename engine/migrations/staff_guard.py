"""Guards the journal of staff: append-only by triggers, on PostgreSQL by rights too; and its first entry.

The first entry of a database that has people already holds their rows as they stand, so that everything after it can be
compared with the tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.staff_entries import password_mark, staff_entry, token_id
from engine.store.sql.schema import Moment

_TABLE = "staff_journal"
_SAYS = "the journal of staff is append-only"
_SQLITE = (
    f"CREATE TRIGGER {_TABLE}_no_update BEFORE UPDATE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    f"CREATE TRIGGER {_TABLE}_no_delete BEFORE DELETE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    # INSERT OR REPLACE deletes the old row without firing the trigger on DELETE.
    f"CREATE TRIGGER {_TABLE}_no_replace BEFORE INSERT ON {_TABLE}"
    f" WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION staff_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'insufficient_privilege'; END $$",
    f"CREATE TRIGGER {_TABLE}_no_change BEFORE UPDATE OR DELETE ON {_TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION staff_journal_is_append_only()",
    f"CREATE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE}"
    " FOR EACH STATEMENT EXECUTE FUNCTION staff_journal_is_append_only()",
)
_RIGHTS = (
    f"GRANT SELECT, INSERT ON {_TABLE} TO motcua_app",
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM motcua_app",
    "GRANT SELECT, INSERT, UPDATE ON admin_proposals TO motcua_app",
    "REVOKE DELETE, TRUNCATE ON admin_proposals FROM motcua_app",
    "GRANT USAGE, SELECT ON SEQUENCE admin_proposals_id_seq TO motcua_app",
)


def guard_staff(connection: Connection) -> None:
    """Creates the triggers and sets the rights of ``motcua_app``, where that role exists."""
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    for statement in _POSTGRESQL:
        connection.exec_driver_sql(statement)
    if connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'").first():
        for statement in _RIGHTS:
            connection.exec_driver_sql(statement)


def unguard_staff(connection: Connection) -> None:
    """Drops the triggers; the table may be dropped after it."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete", "replace"):
            connection.exec_driver_sql(f"DROP TRIGGER {_TABLE}_no_{verb}")
        return
    connection.exec_driver_sql(f"DROP TRIGGER {_TABLE}_no_change ON {_TABLE}")
    connection.exec_driver_sql(f"DROP TRIGGER {_TABLE}_no_truncate ON {_TABLE}")
    connection.exec_driver_sql("DROP FUNCTION staff_journal_is_append_only()")


def begin_staff_journal(connection: Connection, at: dt.datetime) -> None:
    """Writes the first entry with all rows of staff, if there are any."""
    changes = _rows_of_staff(connection)
    if not changes:
        return
    entry = staff_entry(
        number=1, previous=ORIGIN, at=at, act="begin", actor="system", operator=None, subject=None,
        changes=changes, reason="",
    )  # fmt: skip
    journal = sa.table(
        _TABLE, sa.column("number"), sa.column("at", Moment), sa.column("act"), sa.column("actor"), sa.column("body"),
        sa.column("hash"),
    )  # fmt: skip
    row = {"number": 1, "at": at, "act": "begin", "actor": "system", "body": entry.body, "hash": entry.hash}
    connection.execute(sa.insert(journal), row)


def _rows_of_staff(connection: Connection) -> list[Any]:
    people = _read(connection, "people", "id", "admin", "active", "password")
    held = _read(connection, "memberships", "person_id", "office", "role", valid_from=sa.Date, valid_to=sa.Date)
    deputies = _read(
        connection, "substitutes", "absent_id", "deputy_id", "office", "legal", valid_from=sa.Date, valid_to=sa.Date
    )
    tokens = _read(connection, "tokens", "hash", "person_id", expires_at=Moment, revoked_at=Moment)
    return [
        *(("people", [one.id], {"admin": one.admin, "active": one.active, "password": password_mark(one.password)})
          for one in people),
        *(("memberships", [one.person_id, one.office, one.role, one.valid_from], {"until": one.valid_to})
          for one in held),
        *(("substitutes", [one.absent_id, one.deputy_id, one.valid_from],
           {"until": one.valid_to, "office": one.office, "legal": one.legal}) for one in deputies),
        *(("tokens", [token_id(one.hash)],
           {"person": one.person_id, "expires": one.expires_at, "revoked": one.revoked_at}) for one in tokens),
    ]  # fmt: skip


def _read(connection: Connection, table: str, *plain: str, **typed: Any) -> list[Any]:
    columns: list[Any] = [sa.column(name) for name in plain]
    columns += [sa.column(name, kind) for name, kind in typed.items()]
    return list(connection.execute(sa.select(*columns).select_from(sa.table(table))))
