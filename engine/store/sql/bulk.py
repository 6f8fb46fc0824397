"""Bulk writes: many rows in one statement, for work that goes over thousands of dossiers (a reform).

On PostgreSQL each column whose values differ is one array in the binary format; a value that all rows share is sent
once. The server parses no literals, and the statement's text does not depend on the number of rows. On SQLite the
rows are written one after the other (README.md in this folder).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from struct import pack
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from engine.store.sql.driver import as_bytes, json_bytes, run
from engine.store.sql.schema import Moment

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that share their columns. Without ``key`` they are inserted; ``new_only`` skips those whose key
    exists. With ``key`` (column names) the existing rows are updated. The column ``of`` holds the dossier's id."""

    table: Table
    rows: Rows
    key: tuple[str, ...] = ()
    new_only: bool = False
    of: str = "dossier_id"


def insert_rows(connection: Connection, table: Table, rows: Rows, *, new_only: bool = False) -> None:
    """Inserts rows that share their columns; ``new_only`` skips those whose key exists."""
    part = Part(table, rows, new_only=new_only)
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        shape, values = _shaped(part)
        run(connection, f"WITH w AS ({_text(shape, 0)}) SELECT 1", values, _formats([shape], 0))
    else:
        _one_by_one(connection, part)


def write_together(
    connection: Connection, dossiers: Table, versions: Mapping[int, int], parts: Sequence[Part]
) -> set[int]:
    """Writes the rows of those ``dossiers`` that still have the given version (id → version) and that nobody locked.

    Returns the ids of these dossiers; nothing is written for the others. On PostgreSQL it is one statement with SKIP
    LOCKED: the dossiers are locked only while it and the commit run.
    """
    parts = [part for part in parts if part.rows]
    if connection.dialect.name != "postgresql":
        return _each_in_turn(connection, dossiers, versions, parts)
    shapes, values = (
        [],
        [array_of(dossiers.c.id, list(versions)), array_of(dossiers.c.version, list(versions.values()))],
    )
    for part in parts:
        shape, given = _shaped(part)
        shapes.append(shape)
        values += given
    return {row[0] for row in run(connection, _together(dossiers.name, tuple(shapes)), values, _formats(shapes, 2))}


def _each_in_turn(
    connection: Connection, dossiers: Table, versions: Mapping[int, int], parts: Sequence[Part]
) -> set[int]:
    found = connection.execute(select(dossiers.c.id, dossiers.c.version).where(dossiers.c.id.in_(versions)))
    free = {row.id for row in found if row.version == versions[row.id]}
    for part in parts:
        _one_by_one(connection, replace(part, rows=[row for row in part.rows if row[part.of] in free]))
    return free


def _one_by_one(connection: Connection, part: Part) -> None:
    """Writes one part on SQLite, a row at a time (executemany)."""
    table, rows, key = part.table, part.rows, part.key
    if not rows:
        return
    if not key:
        connection.execute(
            sqlite.insert(table).on_conflict_do_nothing() if part.new_only else insert(table), list(rows)
        )
        return
    changing = update(table).values({name: bindparam(f"new_{name}") for name in rows[0] if name not in key})
    for name in key:
        changing = changing.where(table.c[name] == bindparam(f"old_{name}"))
    given = [{("old_" if name in key else "new_") + name: value for name, value in row.items()} for row in rows]
    connection.execute(changing, given)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Everything that decides a part's SQL text: the columns that differ from row to row, and those that are shared."""

    table: Table
    differ: tuple[str, ...]
    shared: tuple[str, ...]
    key: tuple[str, ...]
    new_only: bool
    of: str


def _shaped(part: Part) -> tuple[_Shape, list[Any]]:
    """The part's shape and its values: an array for each column that differs, then the shared values."""
    columns, rows, table = tuple(part.rows[0]), part.rows, part.table
    values = {name: [row[name] for row in rows] for name in columns}
    # unnest() needs one array at least, also where all rows are equal or there is only one.
    own = {part.of, *part.key} if part.of in columns else {columns[0]}
    shared = tuple(name for name in columns if name not in own and values[name].count(rows[0][name]) == len(rows))
    differ = tuple(name for name in columns if name not in shared)
    arrays = [array_of(table.c[name], values[name]) for name in differ]
    single = [_single(table.c[name], rows[0][name]) for name in shared]
    return _Shape(table, differ, shared, part.key, part.new_only, part.of), [*arrays, *single]


def _formats(shapes: Sequence[_Shape], arrays: int) -> list[int]:
    """The driver's format flags: 1 (binary) for ``arrays`` leading arrays and each part's arrays, else 0 (text)."""
    return [1] * arrays + [kind for shape in shapes for kind in [1] * len(shape.differ) + [0] * len(shape.shared)]


@cache
def _together(dossiers: str, shapes: tuple[_Shape, ...]) -> str:
    used, parts = 2, []
    for number, shape in enumerate(shapes):
        parts.append(f"w{number} AS ({_text(shape, used, guarded=True)})")
        used += len(shape.differ) + len(shape.shared)
    free = (
        f"SELECT own.id FROM unnest($1::bigint[], $2::integer[]) AS given(id, version) "  # noqa: S608 - only names of the schema
        f"JOIN {dossiers} AS own ON own.id = given.id AND own.version = given.version "
        f"FOR NO KEY UPDATE OF own SKIP LOCKED"
    )
    return f"WITH free AS ({free}), {', '.join(parts)} SELECT id FROM free"  # noqa: S608 - only names of the schema


@cache
def _text(shape: _Shape, used: int, guarded: bool = False) -> str:
    """The SQL of one part; its parameters begin at ``$(used + 1)``. ``guarded`` writes rows of free dossiers only."""
    table = shape.table
    arrays = ", ".join(f"${used + n}::{type_of(table.c[name])}[]" for n, name in enumerate(shape.differ, 1))
    rows = f"unnest({arrays}) AS given({_names(shape.differ)})"
    later = used + len(shape.differ)
    told = {name: f'given."{name}"' for name in shape.differ}
    told |= {name: f"${later + n}::{type_of(table.c[name])}" for n, name in enumerate(shape.shared, 1)}
    free = [f'given."{shape.of}" IN (SELECT id FROM free)'] if guarded else []  # noqa: S608 - only names of the schema
    if not shape.key:
        only = f" WHERE {free[0]}" if free else ""
        conflict = " ON CONFLICT DO NOTHING" if shape.new_only else ""
        return (
            f"INSERT INTO {table.name} ({_names(told)}) SELECT {', '.join(told.values())} FROM {rows}{only}{conflict}"  # noqa: S608 - only names of the schema
        )
    sets = ", ".join(f'"{name}" = {value}' for name, value in told.items() if name not in shape.key)
    same = [f'{table.name}."{name}" = {told[name]}' for name in shape.key]
    return f"UPDATE {table.name} SET {sets} FROM {rows} WHERE {' AND '.join(same + free)}"  # noqa: S608 - only names of the schema


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


_NULL = pack(">i", -1)
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def _prefixed(content: bytes) -> bytes:
    return pack(">i", len(content)) + content


_KINDS: tuple[tuple[type[Any], str, int, Callable[[Any], bytes]], ...] = (
    (JSON, "jsonb", 3802, lambda value: _prefixed(b"\1" + orjson.dumps(value))),
    (Moment, "timestamptz", 1184, lambda value: pack(">iq", 8, (value - _EPOCH) // _MICROSECOND)),
    (Date, "date", 1082, lambda value: pack(">ii", 4, (value - _EPOCH.date()).days)),
    (LargeBinary, "bytea", 17, _prefixed),
    (BigInteger, "bigint", 20, lambda value: pack(">iq", 8, value)),
    (SmallInteger, "smallint", 21, lambda value: pack(">ih", 2, value)),
    (Integer, "integer", 23, lambda value: pack(">ii", 4, value)),
    (String, "text", 25, lambda value: _prefixed(value.encode())),
)
"""For each kind of column: PostgreSQL's name and OID of the type, and the writer of one binary value with its length.

The order matters: BigInteger and SmallInteger are subclasses of Integer."""


@cache
def _kind(column: Column[Any]) -> tuple[str, int, Callable[[Any], bytes]]:
    return next((name, number, write) for kind, name, number, write in _KINDS if isinstance(column.type, kind))


def type_of(column: Column[Any]) -> str:
    """PostgreSQL's name for the type of a column's values in an array."""
    return _kind(column)[0]


def array_of(column: Column[Any], values: Sequence[Any]) -> bytes:
    """The values of a column as one array in PostgreSQL's binary format."""
    _, number, write = _kind(column)
    head = pack(">iiIii", 1, 1, number, len(values), 1)
    return head + b"".join([_NULL if value is None else write(value) for value in values])


def _single(column: Column[Any], value: Any) -> bytes | None:
    return json_bytes(value) if value is not None and isinstance(column.type, JSON) else as_bytes(value)
