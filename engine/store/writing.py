"""Writing all that an act changes at once: rows are gathered, and go to the database in one statement where it can.

PostgreSQL takes one statement of data-modifying common table expressions: one round trip instead of one a table, and
a third of the processor time (docs/performance.md). SQLite, which is no trip away, takes them one after the other. All
parts of one statement see the rows as they were before it, so what must build on another part waits for the next one:
``Writes.flush`` comes in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Column, Connection, Dialect, Table

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes the text of one part: everything but the values."""

    kind: Literal["insert", "update", "delete"]
    table: Table
    columns: tuple[str, ...]  # to insert or to set
    rows: int = 1  # to insert, or to spare
    where: tuple[str, ...] = ()
    condition: str = ""
    new_only: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    shape: _Shape
    values: list[tuple[str, Any]]  # (column, value) in the order of the text
    must: Callable[[], Exception] | None = None


class Writes:
    """Rows waiting to be written within one transaction."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def insert(
        self, table: Table, rows: Rows, *, new_only: bool = False, must: Callable[[], Exception] | None = None
    ) -> None:
        """Rows of the same columns. With ``new_only`` those whose key exists already are left out. ``must`` gives what
        is raised, when written, if no row went in."""
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
        """Sets columns of the rows that equal ``where``; ``must`` as with ``insert``."""
        shape = _Shape("update", table, tuple(values), where=tuple(where))
        self._parts.append(_Part(shape, [*values.items(), *where.items()], must))

    def delete(self, table: Table, where: Mapping[str, Any], *, condition: str = "", spare: Rows = ()) -> None:
        """Removes the rows that equal ``where`` and fulfil ``condition`` (fixed SQL), except those equal to one of
        ``spare``."""
        columns = tuple(spare[0]) if spare else ()
        values = [*where.items(), *((name, row[name]) for row in spare for name in columns)]
        shape = _Shape("delete", table, columns, len(spare), tuple(where), condition)
        self._parts.append(_Part(shape, values))

    def forget(self) -> None:
        """Drops what was not written yet."""
        self._parts.clear()

    def flush(self, connection: Connection) -> None:
        """Writes everything that waits. Raises what ``must`` gives."""
        if not self._parts:
            return
        parts, self._parts = self._parts, []
        if connection.dialect.name == "postgresql":
            _at_once(connection, parts)
        else:
            for part in parts:
                _alone(connection, part)


def _at_once(connection: Connection, parts: Sequence[_Part]) -> None:
    text = _statement(tuple((part.shape, part.must is not None) for part in parts))
    counts = connection.exec_driver_sql(text, _parameters(connection.dialect, parts)).one()
    for part, count in zip((part for part in parts if part.must), counts, strict=False):
        if count == 0 and part.must:
            raise part.must()


def _alone(connection: Connection, part: _Part) -> None:
    text = _text(part.shape, [f":p{number}" for number in range(len(part.values))])
    if connection.exec_driver_sql(text, _parameters(connection.dialect, [part])).rowcount == 0 and part.must:
        raise part.must()


@cache
def _statement(shapes: tuple[tuple[_Shape, bool], ...]) -> str:
    """The one statement for PostgreSQL: a row with the number of rows written by each part that must write some."""
    parts, counted, used = [], [], 0
    for number, (shape, must) in enumerate(shapes):
        many = _count(shape)
        text = _text(shape, [f"%(p{used + index})s" for index in range(many)])
        used += many
        parts.append(f"w{number} AS ({text} RETURNING 1)")
        if must:
            counted.append(f"(SELECT count(*) FROM w{number})")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT {', '.join(counted) or '1'}"


def _count(shape: _Shape) -> int:
    """How many values a part has."""
    return len(shape.columns) * (1 if shape.kind == "update" else shape.rows) + len(shape.where)


def _text(shape: _Shape, gaps: Sequence[str]) -> str:
    """The statement of one part, with a gap for each value."""
    table, gap = shape.table.name, iter(gaps)
    if shape.kind == "insert":
        rows = ", ".join(f"({', '.join(next(gap) for _ in shape.columns)})" for _ in range(shape.rows))
        conflict = " ON CONFLICT DO NOTHING" if shape.new_only else ""
        return f"INSERT INTO {table} ({_names(shape.columns)}) VALUES {rows}{conflict}"  # noqa: S608 - names of ours
    if shape.kind == "update":
        values = ", ".join(f"{_names([name])} = {next(gap)}" for name in shape.columns)
        return f"UPDATE {table} SET {values} WHERE {_equal(shape.where, gap)}"  # noqa: S608
    conditions = [_equal(shape.where, gap), *([shape.condition] if shape.condition else [])]
    conditions += [f"NOT ({_equal(shape.columns, gap)})" for _ in range(shape.rows)]
    return f"DELETE FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608


def _equal(columns: Sequence[str], gap: Any) -> str:
    return " AND ".join(f"{_names([name])} = {next(gap)}" for name in columns)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _parameters(dialect: Dialect, parts: Sequence[_Part]) -> dict[str, Any]:
    values = ((part.shape.table.columns[name], value) for part in parts for name, value in part.values)
    return {f"p{number}": _bound(dialect, column, value) for number, (column, value) in enumerate(values)}


def _bound(dialect: Dialect, column: Column[Any], value: Any) -> Any:
    """The value as the driver takes it."""
    process = _processor(dialect, column)
    return value if process is None else process(value)


_PROCESSORS: dict[tuple[str, Column[Any]], Callable[[Any], Any] | None] = {}


def _processor(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    key = (dialect.name, column)
    if key not in _PROCESSORS:
        _PROCESSORS[key] = column.type.dialect_impl(dialect).bind_processor(dialect)
    return _PROCESSORS[key]
