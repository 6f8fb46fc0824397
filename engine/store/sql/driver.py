"""The short way to PostgreSQL, past SQLAlchemy, for the few statements that every act runs (docs/performance.md).

Values go as text whose type the server knows from its place: a statement then has one prepared form, whatever the
values are, and nothing is parsed here. A statement is one call into libpq, which waits without Python's lock: threads
beside it are disturbed once a statement, not at each turn of the conversation (docs/adr/0012).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

MOST_PREPARED = 300
"""Statements that a connection prepares. Their texts differ by how many rows they write, so there is no end to them."""
_PREPARED = "motcua_prepared"
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def run(
    connection: Connection, text: str, values: Sequence[bytes | None], formats: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """The rows that the statement gives; ``$1``, ``$2`` … stand for the values (``as_bytes``). ``formats`` says of each
    whether it is text (0) or in PostgreSQL's binary form (1). Raises what SQLAlchemy would."""
    kept: Any = connection.connection
    with _as_sqlalchemy_says(connection, text):
        return say(kept.driver_connection, kept.info.setdefault(_PREPARED, {}), text, values, formats)


def say(
    raw: psycopg.Connection[Any],
    prepared: dict[str, bytes],
    text: str,
    values: Sequence[bytes | None],
    formats: Sequence[int] | None = None,
) -> list[tuple[Any, ...]]:
    """One statement, prepared where it was said before: ``prepared`` holds this connection's names. Raises
    psycopg.Error."""
    name = prepared.get(text)
    if name is None and len(prepared) < MOST_PREPARED:
        prepared[text] = b""  # said once; who says it again is worth preparing for
    elif name == b"":
        name = b"motcua_%d" % sum(map(bool, prepared.values()))
        _checked(raw, raw.pgconn.prepare(name, text.encode()))
        prepared[text] = name
    if name:
        # libpq takes None for NULL in both calls; the stubs of one do not know it.
        result = raw.pgconn.exec_prepared(name, values, formats)  # type: ignore[arg-type]
    else:
        result = raw.pgconn.exec_params(text.encode(), values, param_formats=formats)
    _checked(raw, result)
    read = Transformer(raw)
    read.set_pgresult(result)
    return read.load_rows(0, result.ntuples, tuple)


@contextmanager
def _as_sqlalchemy_says(connection: Connection, text: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raw: Any = connection.connection.driver_connection
        if raw.closed:
            connection.invalidate(error)
        # Without the values, which may be personal data.
        raise DBAPIError.instance(
            text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=raw.closed
        ) from error


def _checked(raw: psycopg.Connection[Any], result: Any) -> None:
    if result.status in _DONE:
        return
    state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
    message = result.get_error_message()
    if state is None or raw.pgconn.status == ConnStatus.BAD:
        raise psycopg.OperationalError(message, info=result)
    raise psycopg.errors.lookup(state.decode())(message, info=result)


def as_bytes(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it: moments must carry their zone. Lists and mappings become JSON."""
    write = _WRITTEN.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, (int, float)):
        return str(value).encode()
    return json_bytes(value)


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value)


def _text(value: str) -> bytes:
    written = value.encode()
    if 0 in written:  # libpq would take what stands before it for the whole
        raise psycopg.DataError("PostgreSQL text cannot contain NUL (0x00) bytes")
    return written


def _moment(value: dt.datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return value.isoformat().encode()


_WRITTEN: dict[type, Callable[[Any], bytes | None]] = {
    type(None): lambda _: None,
    str: _text,
    int: lambda value: b"%d" % value,
    bool: lambda value: b"true" if value else b"false",
    dt.datetime: _moment,
    dt.date: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
}
