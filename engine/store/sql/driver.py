"""The direct path to PostgreSQL, past SQLAlchemy, for the few statements that every act runs (docs/performance.md).

Reach it through ``question.PreparedSelect``, ``writes.PendingWrites`` or ``bulk``; only ``engine.store`` may call it.
Values are sent as text, and the server infers each type from its place, so a statement has one prepared form.
A statement is one call into libpq, which releases the GIL once; psycopg would release it at each send, wait and read
(docs/adr/0012).
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

from engine.store.sql.loss import as_sqlalchemy_says, lost, note_loss

MOST_PREPARED = 300
"""The cap on prepared statements per connection. Statement text varies with the row count, so the set is unbounded."""
HEARERS: list[Callable[[], None]] = []
"""Called before each statement, for counting; SQLAlchemy's own events do not see this path."""
_PREPARED = "motcua_prepared"
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def run(
    connection: Connection, text: str, values: Sequence[bytes | None], formats: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """Runs one statement and returns its rows. ``values`` fill ``$1``, ``$2`` … (see ``as_bytes``).

    ``formats`` gives the format of each value: 0 for text (the default), 1 for PostgreSQL's binary format. Raises
    SQLAlchemy's DBAPIError subclasses, as ``connection.execute`` does.
    """
    for hear in HEARERS:
        hear()
    kept: Any = connection.connection
    with _as_sqlalchemy_says(connection, text):
        return say(kept.driver_connection, kept.info.setdefault(_PREPARED, {}), text, values, formats)


def prepare_nothing(info: dict[str, Any]) -> None:
    """Lets the connection with this ``info`` prepare no statement."""
    info[_PREPARED] = None


def say(
    raw: psycopg.Connection[Any],
    prepared: dict[str, bytes] | None,
    text: str,
    values: Sequence[bytes | None],
    formats: Sequence[int] | None = None,
) -> list[tuple[Any, ...]]:
    """Runs one statement and returns its rows; the second time that a connection sends a text, it prepares it.

    ``prepared`` maps texts to the names of this connection's prepared statements; None prepares nothing. Raises
    psycopg.Error.
    """
    name = None if prepared is None else _prepared_name(raw, prepared, text)
    if name:
        # libpq takes None for NULL in both calls; the stub of this one does not say so.
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
        kept: Any = connection.connection
        gone = lost(error, kept.driver_connection)
        if gone:
            note_loss(kept.info)
            connection.invalidate(error)
        raise as_sqlalchemy_says(text, error, invalidated=gone) from error


def _prepared_name(raw: psycopg.Connection[Any], prepared: dict[str, bytes], text: str) -> bytes | None:
    name = prepared.get(text)
    if name is None and len(prepared) < MOST_PREPARED:
        prepared[text] = b""  # seen once; preparing pays from the second time on
    elif name == b"":
        name = b"motcua_%d" % sum(map(bool, prepared.values()))
        _checked(raw, raw.pgconn.prepare(name, text.encode()))
        prepared[text] = name
    return name


def _checked(raw: psycopg.Connection[Any], result: Any) -> None:
    if result.status in _DONE:
        return
    state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
    message = result.get_error_message()
    if state is None or raw.pgconn.status == ConnStatus.BAD:
        raise psycopg.OperationalError(message, info=result)
    raise psycopg.errors.lookup(state.decode())(message, info=result)


def as_bytes(value: Any) -> bytes | None:
    """A value in PostgreSQL's text format; None is NULL, lists and mappings become JSON.

    Raises ValueError for a moment without a time zone and psycopg.DataError for text that contains NUL.

    >>> as_bytes(True), as_bytes(12), as_bytes("Huế"), as_bytes([1, 2])
    (b'true', b'12', b'Hu\\xe1\\xba\\xbf', b'[1,2]')
    """
    return WRITERS[type(value)](value)


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value)


def _text(value: str) -> bytes:
    if "\0" in value:  # libpq would silently cut the text short at the NUL
        raise psycopg.DataError("PostgreSQL text cannot contain NUL (0x00) bytes")
    return value.encode()


def _moment(value: dt.datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return value.isoformat().encode()


class _Writers(dict[type, Callable[[Any], bytes | None]]):
    def __missing__(self, kind: type) -> Callable[[Any], bytes | None]:
        if issubclass(kind, str):
            return lambda value: _text(str(value))
        return (lambda value: str(value).encode()) if issubclass(kind, (int, float)) else json_bytes


WRITERS = _Writers(
    {
        type(None): lambda _: None,
        str: _text,
        int: lambda value: b"%d" % value,
        bool: lambda value: b"true" if value else b"false",
        dt.datetime: _moment,
        dt.date: lambda value: value.isoformat().encode(),
        bytes: lambda value: b"\\x" + value.hex().encode(),
    }
)
"""The writer of ``as_bytes`` for each type, for who has many values to write."""
