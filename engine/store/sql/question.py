"""``PreparedSelect``: a SELECT that is built and compiled once at import and then only run with its values.

Use it for a query that acts or status pages run often; any other query goes through ``connection.execute``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from engine.store.sql.driver import WRITERS, run

_NUMBERED = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class PreparedSelect:
    """A SELECT with named parameters (``bindparam``), of which some may be lists (``expanding=True``)."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]) -> None:
        self._statement = statement
        self._row = _row_of(statement)
        self._compiled = statement.compile(dialect=_NUMBERED)
        self._fixed = self._compiled.params
        self._texts: dict[tuple[int, ...], tuple[str, tuple[str, ...]]] = {}

    def fetch(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows as tuples, by the direct path on PostgreSQL and by SQLAlchemy elsewhere. Raises DBAPIError."""
        if connection.dialect.name != "postgresql":
            return [tuple(row) for row in connection.execute(self._statement, values)]
        given: dict[str, Any] = {}
        lengths = []
        for name, value in values.items():
            if isinstance(value, (list, tuple)):
                lengths.append(len(value))
                given |= {f"{name}_{number}": one for number, one in enumerate(value, 1)}
            else:
                given[name] = value
        text, names = self._text(tuple(lengths), values)
        fixed = self._fixed
        asked = [given[name] if name in given else fixed[name] for name in names]
        return run(connection, text, [WRITERS[type(value)](value) for value in asked])

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows of ``fetch`` with the columns' names as attributes."""
        make = self._row._make
        return [make(row) for row in self.fetch(connection, values)]

    def _text(self, lengths: tuple[int, ...], values: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """The statement for lists of these lengths, and the names of its parameters in order."""
        if lengths not in self._texts:
            expanded = self._compiled.construct_expanded_state(dict(values))
            self._texts[lengths] = expanded.statement, tuple(expanded.positiontup or ())
        return self._texts[lengths]


def _row_of(statement: Select[Any] | CompoundSelect[Any]) -> Any:
    """The type of a statement's rows, with its columns as attributes."""
    return namedtuple("Row", [column.key or "" for column in statement.selected_columns], rename=True)
