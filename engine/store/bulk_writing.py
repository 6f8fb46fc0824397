"""Many rows of one table in one statement, for work that goes over thousands of dossiers.

PostgreSQL takes them as one JSON document, which it reads into typed rows itself: few parameters, and one
text however many rows there are. SQLite takes them one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(connection: Connection, table: Table, rows: Rows, *, new_only: bool = False) -> None:
    """Inserts rows of the same columns; with ``new_only`` those whose key exists already are left out."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_insert(table, tuple(rows[0]), new_only), {"rows": _document(rows)})
        return
    statement = sqlite.insert(table)
    connection.execute(statement.on_conflict_do_nothing() if new_only else statement, list(rows))


def update_rows(connection: Connection, table: Table, rows: Rows, key: tuple[str, ...], expected: str = "") -> int:
    """Sets the columns of the rows named by ``key``; how many there were. All rows have the same columns. The column
    ``expected``, where one is named, must still be one less than what it is set to."""
    if not rows:
        return 0
    columns = tuple(name for name in rows[0] if name not in key)
    if connection.dialect.name == "postgresql":
        text = _update(table, columns, key, expected)
        return connection.exec_driver_sql(text, {"rows": _document(rows)}).rowcount
    statement = update(table).values({name: bindparam(f"new_{name}") for name in columns})
    for name in key:
        statement = statement.where(table.c[name] == bindparam(f"old_{name}"))
    if expected:
        statement = statement.where(table.c[expected] == bindparam(f"new_{expected}") - 1)
    given = [{("old_" if name in key else "new_") + name: value for name, value in row.items()} for row in rows]
    return sum(connection.execute(statement, one).rowcount for one in given)


@cache
def _insert(table: Table, columns: tuple[str, ...], new_only: bool) -> str:
    names = _names(columns)
    conflict = " ON CONFLICT DO NOTHING" if new_only else ""
    return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_given(table, columns)}{conflict}"  # noqa: S608 - names of ours


@cache
def _update(table: Table, columns: tuple[str, ...], key: tuple[str, ...], expected: str) -> str:
    values = ", ".join(f'"{name}" = given."{name}"' for name in columns)
    same = [f'{table.name}."{name}" = given."{name}"' for name in key]
    if expected:
        same.append(f'{table.name}."{expected}" = given."{expected}" - 1')
    rows = _given(table, (*key, *columns))
    return f"UPDATE {table.name} SET {values} FROM {rows} WHERE {' AND '.join(same)}"  # noqa: S608 - names of ours


def _given(table: Table, columns: Sequence[str]) -> str:
    types = ", ".join(f'"{name}" {table.c[name].type.compile(_DIALECT)}' for name in columns)
    return f"json_to_recordset(%(rows)s::json) AS given({types})"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _document(rows: Rows) -> str:
    return orjson.dumps(rows, default=_told).decode()


def _told(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"cannot be written: {type(value).__name__}")
