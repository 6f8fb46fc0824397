"""``PendingWrites``: gathers everything that an act writes and sends it together (``unit.writes``).

On PostgreSQL a flush is one statement of data-modifying common table expressions: one round trip instead of one per
table (docs/performance.md, docs/adr/0009). On SQLite, which has no round trips, the parts run one after the other. All
parts of one statement see the rows as they were before it. A write that builds on another pending write therefore needs
a flush in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import JSON, Column, Connection, Dialect, Table

from engine.store.sql.driver import WRITERS, json_bytes, run

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Everything that decides one part's SQL text: all of it but the values."""

    kind: Literal["insert", "update", "delete"]
    table: Table
    columns: tuple[str, ...]  # to insert or to set; of a delete: those of the spared rows
    rows: int = 1  # how many to insert or to spare
    where: tuple[str, ...] = ()
    condition: str = ""
    new_only: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    shape: _Shape
    values: list[tuple[str, Any]]  # (column, value) in the order of the placeholders
    must: Callable[[], Exception] | None = None

    def is_about(self, table: Table, key: Mapping[str, Any]) -> bool:
        """Whether the first row to insert, or the condition of an update or delete, contains the values of ``key``."""
        if self.shape.table is not table:
            return False
        skipped = len(self.shape.columns) if self.shape.kind == "update" else 0
        known = len(self.shape.columns) if self.shape.kind == "insert" else len(self.shape.where)
        return key.items() <= dict(self.values[skipped : skipped + known]).items()


class PendingWrites:
    """The writes of one transaction that are not yet sent to the database."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self.missed = False  # a part with ``must`` wrote no row

    def __bool__(self) -> bool:
        """Whether any write is pending."""
        return bool(self._parts)

    def insert(
        self, table: Table, rows: Rows, *, new_only: bool = False, must: Callable[[], Exception] | None = None
    ) -> None:
        """Adds an insert of rows that share their columns; ``new_only`` skips those whose key exists.

        ``must`` makes the exception that the flush raises if no row was inserted.
        """
        if rows:
            columns = tuple(rows[0])
            values = [(name, row[name]) for row in rows for name in columns]
            self._parts.append(_Part(_Shape("insert", table, columns, len(rows), new_only=new_only), values, must))

    def update(
        self,
        table: Table,
        values: Mapping[str, Any],
        where: Mapping[str, Any],
        *,
        must: Callable[[], Exception] | None = None,
    ) -> None:
        """Adds an update of the rows that equal ``where``; ``must`` as with ``insert``."""
        shape = _Shape("update", table, tuple(values), where=tuple(where))
        self._parts.append(_Part(shape, [*values.items(), *where.items()], must))

    def delete(self, table: Table, where: Mapping[str, Any], *, condition: str = "", spare: Rows = ()) -> None:
        """Adds a delete of rows that equal ``where`` and meet ``condition``, except those that equal one in ``spare``.

        ``condition`` is fixed SQL: it must never contain input.
        """
        columns = tuple(spare[0]) if spare else ()
        values = [*where.items(), *((name, row[name]) for row in spare for name in columns)]
        shape = _Shape("delete", table, columns, len(spare), tuple(where), condition)
        self._parts.append(_Part(shape, values))

    def waits(self, table: Table, key: Mapping[str, Any]) -> bool:
        """Whether an insert, update or delete of rows with these values is pending."""
        return any(part.is_about(table, key) for part in self._parts)

    def inserts(self, table: Table, key: Mapping[str, Any]) -> bool:
        """Whether an insert of a row with these values is pending."""
        return any(part.shape.kind == "insert" and part.is_about(table, key) for part in self._parts)

    def amend(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Changes column values of the pending insert of one row that has this key."""
        for part in self._parts:
            if part.shape.kind == "insert" and part.is_about(table, key):
                part.values[:] = [(name, values.get(name, value)) for name, value in part.values]

    def withdraw(self, table: Table, key: Mapping[str, Any]) -> None:
        """Drops pending inserts of rows with these values; all rows of one ``insert`` must have them, or none."""
        self._parts = [part for part in self._parts if part.shape.kind != "insert" or not part.is_about(table, key)]

    def forget(self) -> None:
        """Drops every pending write."""
        self._parts.clear()

    def flush(self, connection: Connection, *, standing_alone: bool = False) -> None:
        """Writes everything that is pending. Raises the exception that ``must`` makes.

        ``standing_alone`` means that no transaction is open (PostgreSQL). The statement is then its own transaction and
        fails as a whole, with SQLSTATE 22012, when a part with ``must`` writes no row (docs/adr/0010).
        """
        if not self._parts:
            return
        parts, self._parts = self._parts, []
        missing = (
            _at_once(connection, parts, standing_alone)
            if connection.dialect.name == "postgresql"
            else next((part for part in parts if _one(connection, part) == 0 and part.must), None)
        )
        if missing and missing.must:
            self.missed = True
            raise missing.must()


def _at_once(connection: Connection, parts: Sequence[_Part], standing_alone: bool) -> _Part | None:
    """Writes all parts on PostgreSQL; returns the first part with ``must`` that wrote no row."""
    text = _statement(tuple((part.shape, part.must is not None) for part in parts), standing_alone)
    values: list[bytes | None] = []
    for part in parts:
        as_json = _json_places(part.shape)
        values += [
            json_bytes(value) if number in as_json else WRITERS[type(value)](value)
            for number, (_, value) in enumerate(part.values)
        ]
    counts = run(connection, text, values)[0]
    watched = (part for part in parts if part.must)
    return next((part for part, count in zip(watched, counts, strict=False) if count == 0), None)


def _one(connection: Connection, part: _Part) -> int:
    """Writes one part on SQLite; returns the number of rows."""
    text = _text(part.shape, [f":p{number}" for number in range(len(part.values))])
    columns = part.shape.table.columns
    values = {
        f"p{number}": _for_sqlite(connection.dialect, columns[name], value)
        for number, (name, value) in enumerate(part.values)
    }
    return connection.exec_driver_sql(text, values).rowcount


@cache
def _statement(shapes: tuple[tuple[_Shape, bool], ...], standing_alone: bool) -> str:
    """The one statement for PostgreSQL; it returns one row with the row count of each part that has ``must``."""
    parts, counted, used = [], [], 0
    for number, (shape, must) in enumerate(shapes):
        many = _count(shape)
        text = _text(shape, [f"${used + index}" for index in range(1, many + 1)])
        used += many
        parts.append(f"w{number} AS ({text} RETURNING 1)")
        if must:
            rows = f"(SELECT count(*) FROM w{number})"  # noqa: S608 - only names of the schema
            counted.append(f"1 / {rows}" if standing_alone else rows)
    return f"WITH {', '.join(parts)} SELECT {', '.join(counted) or '1'}"


def _count(shape: _Shape) -> int:
    """The number of values of a part."""
    return len(shape.columns) * (1 if shape.kind == "update" else shape.rows) + len(shape.where)


def _text(shape: _Shape, gaps: Sequence[str]) -> str:
    """The SQL of one part, with one placeholder of ``gaps`` for each value."""
    table, gap = shape.table.name, iter(gaps)
    if shape.kind == "insert":
        rows = ", ".join(f"({', '.join(next(gap) for _ in shape.columns)})" for _ in range(shape.rows))
        conflict = " ON CONFLICT DO NOTHING" if shape.new_only else ""
        return f"INSERT INTO {table} ({_names(shape.columns)}) VALUES {rows}{conflict}"  # noqa: S608 - only names of the schema
    if shape.kind == "update":
        values = ", ".join(f"{_names([name])} = {next(gap)}" for name in shape.columns)
        return f"UPDATE {table} SET {values} WHERE {_equal(shape.where, gap)}"  # noqa: S608 - only names of the schema
    conditions = [_equal(shape.where, gap), *([shape.condition] if shape.condition else [])]
    conditions += [f"NOT ({_equal(shape.columns, gap)})" for _ in range(shape.rows)]
    return f"DELETE FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608 - only names of the schema


def _equal(columns: Sequence[str], gap: Any) -> str:
    return " AND ".join(f"{_names([name])} = {next(gap)}" for name in columns)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@cache
def _json_places(shape: _Shape) -> frozenset[int]:
    """The numbers of a part's values for JSON columns: None is JSON's null there, not SQL's NULL."""
    columns = shape.columns * (1 if shape.kind == "update" else shape.rows)
    names = (*columns, *shape.where) if shape.kind == "update" else (*shape.where, *columns)
    return frozenset(n for n, name in enumerate(names) if isinstance(shape.table.columns[name].type, JSON))


_PROCESSORS: dict[Column[Any], Callable[[Any], Any] | None] = {}


def _for_sqlite(dialect: Dialect, column: Column[Any], value: Any) -> Any:
    if column not in _PROCESSORS:
        _PROCESSORS[column] = column.type.dialect_impl(dialect).bind_processor(dialect)
    process = _PROCESSORS[column]
    return value if process is None else process(value)
