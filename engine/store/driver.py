"""The short way to PostgreSQL, past SQLAlchemy, for the few statements that every act runs (docs/performance.md).

Values go as text whose type the server knows from its place: a statement then has one prepared form, whatever the
values are, and nothing is parsed here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, text: str, values: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """The rows that the statement gives; ``$1``, ``$2`` … stand for the values. Raises what SQLAlchemy would."""
    raw: Any = connection.connection.driver_connection
    try:
        return psycopg.RawCursor(raw).execute(text, values).fetchall()
    except psycopg.Error as error:
        if raw.closed:
            connection.invalidate(error)
        # Without the values, which may be personal data.
        raise DBAPIError.instance(
            text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=raw.closed
        ) from error


def as_text(value: Any) -> str | None:
    """A value as PostgreSQL reads it: moments must carry their zone. Lists and mappings become JSON."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value) if isinstance(value, (int, float, str)) else json_text(value)


def json_text(value: Any) -> str:
    return orjson.dumps(value).decode()
