"""Rows of child tables read with their parent row, as one column of JSON text: one query instead of several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from sqlalchemy import JSON, ColumnElement, FromClause, ScalarSelect, Select, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.store.sql.schema import Json, Moment


class JsonRows:
    """A SELECT whose rows are one JSON column of an outer SELECT, in order. Its JSON values are lists or mappings."""

    def __init__(self, statement: Select[Any], beside: FromClause) -> None:
        """``beside`` is the outer SELECT's table, with which the conditions of ``statement`` are correlated."""
        inner = statement.correlate(beside).subquery()
        self._read = tuple(_reader(column) for column in inner.c)
        self.names = tuple(column.name for column in inner.c)
        self.column: ScalarSelect[str] = select(_Listed(*inner.c)).scalar_subquery()

    def rows(self, text: str | None) -> Iterator[dict[str, Any]]:
        """The rows decoded from the column's text, as dicts by column name; none for None."""
        for row in orjson.loads(text or "[]"):
            yield {
                name: read(value) if value is not None else None
                for name, read, value in zip(self.names, self._read, row, strict=True)
            }


class ChangesOf(FunctionElement[Any]):
    """The SQL expression for ``changes`` in a journal entry's body."""

    type = Json
    inherit_cache = True


class _Listed(FunctionElement[str]):
    """The SQL aggregate of all rows as one text: a JSON list of lists."""

    type = Text()
    inherit_cache = True


def _reader(column: ColumnElement[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Moment):
        return _moment
    if isinstance(column.type, JSON):
        return lambda value: orjson.loads(value) if isinstance(value, str) else value
    return lambda value: value


def _moment(value: str) -> dt.datetime:
    """A moment in UTC from its JSON text: PostgreSQL writes the zone; SQLite stores UTC without a zone."""
    moment = dt.datetime.fromisoformat(value)
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


@compiles(_Listed, "postgresql")
def _postgresql_list(element: _Listed, compiler: Any, **how: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **how)})) AS TEXT)"


@compiles(_Listed, "sqlite")
def _sqlite_list(element: _Listed, compiler: Any, **how: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **how)}))"


@compiles(ChangesOf, "postgresql")
def _postgresql_changes(element: ChangesOf, compiler: Any, **how: Any) -> str:
    return f"(CAST({compiler.process(element.clauses, **how)} AS JSON) -> 'changes')"


@compiles(ChangesOf, "sqlite")
def _sqlite_changes(element: ChangesOf, compiler: Any, **how: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **how)}, '$.changes')"
