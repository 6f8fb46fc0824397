"""A PostgreSQL server that is lost, or is the primary no more: what its error counts as, and what the pool forgets.

After a failover every pooled connection leads to a server that is gone or refuses writes (SQLSTATE 25006). The first
error drops all of them at their next checkout, so one request fails and not one for each connection. Where the address
names several hosts, libpq finds the new primary among them.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

_LOSS, _OPENED = "motcua_loss", "motcua_opened"


class _Loss:
    """When a connection of an engine was last lost, on the monotonic clock."""

    def __init__(self) -> None:
        self.at = float("-inf")


def watch_for_loss(engine: Engine) -> None:
    """Makes the engine drop, after a loss, every connection that is older. For engines on PostgreSQL."""
    loss = _Loss()

    def note_opening(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info.update({_LOSS: loss, _OPENED: time.monotonic()})

    event.listen(engine, "connect", note_opening)
    event.listen(engine, "checkout", _refuse_lost)
    event.listen(engine, "handle_error", _tell_of_loss, retval=True)


def lost(error: BaseException, raw: psycopg.Connection[Any]) -> bool:
    """Whether an error means that nothing more can be written over the connection."""
    return raw.closed or isinstance(error, ReadOnlySqlTransaction)


def note_loss(info: dict[str, Any]) -> None:
    """Notes that the connection with this ``info`` is lost, so that those of before are not used again."""
    if _LOSS in info:
        info[_LOSS].at = time.monotonic()


def was_lost(info: dict[str, Any]) -> bool:
    """Whether a connection was lost since the one with this ``info`` was opened."""
    return _LOSS in info and bool(info[_OPENED] <= info[_LOSS].at)


def as_sqlalchemy_says(text: str, error: psycopg.Error, *, invalidated: bool) -> BaseException:
    """SQLAlchemy's exception for one of psycopg, without the values, which may be personal data.

    A refused write on a standby becomes an OperationalError, as every other loss of the server is one: it is tried
    again later, and never counts as a fault of what was to be written.
    """
    if isinstance(error, ReadOnlySqlTransaction):
        return OperationalError(text, None, error, hide_parameters=True, connection_invalidated=invalidated)
    return DBAPIError.instance(
        text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=invalidated
    )


def _refuse_lost(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    if was_lost(record.info):
        raise DisconnectionError("the server was lost since this connection was opened")


def _tell_of_loss(context: ExceptionContext) -> BaseException | None:
    error = context.original_exception
    if isinstance(error, ReadOnlySqlTransaction):
        context.is_disconnect = True
    if context.is_disconnect and context.connection is not None and not context.connection.invalidated:
        note_loss(context.connection.info)
    if isinstance(error, ReadOnlySqlTransaction):
        return as_sqlalchemy_says(context.statement or "", error, invalidated=True)
    return None
