"""Statements are compiled once a process, whichever database of the tests they are for.

An engine keeps what it compiled to itself, and tests open thousands of engines. Compiling anew took a third of their
processor time. Here the engines of one kind share one cache, as all requests to one installation do.

The cache's keys hold the dialect, so two dialects that compile alike are equal.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED: dict[type, LRUCache[Any, Any]] = {}
_STATEMENTS = 4000  # those of all tests of a process


class _Alike:
    """Equal to every dialect of its class that reads and writes JSON with the same functions."""

    _json_serializer: Any
    _json_deserializer: Any

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._json() == other._json()  # type: ignore[attr-defined] # the same class

    def __hash__(self) -> int:
        return hash((type(self), self._json()))

    def _json(self) -> tuple[Any, Any]:
        return self._json_serializer, self._json_deserializer

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """SQLAlchemy calls this for each new engine."""
        engine.update_execution_options(compiled_cache=_COMPILED.setdefault(cls, LRUCache(_STATEMENTS)))


class SQLite(_Alike, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class PostgreSQL(_Alike, PGDialect_psycopg):
    supports_statement_cache = True


def compile_once() -> None:
    """From now on, in this process."""
    registry.register("sqlite", __name__, "SQLite")
    registry.register("postgresql.psycopg", __name__, "PostgreSQL")
