"""A few open connections that acts and readings hand to each other: taking one from the pool costs more than a look-up.

For PostgreSQL and connections on which each statement is its own transaction until BEGIN is sent. Half of the pool at
most is kept, so that whoever asks the pool itself finds a connection; a thread holds one connection at a time.
"""

from __future__ import annotations

import time
from types import TracebackType

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool

from engine.store.sql.loss import was_lost

REST = 1.0
"""Seconds of rest after which a kept connection is pinged before use, as the pool does."""
_NAME = "motcua_kept"


class KeptConnections:
    """The connections of one database that nobody uses at the moment, the one returned last first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._resting: list[tuple[Connection, float]] = []

    def take(self) -> Connection | None:
        """An open connection, None when none is kept or the one that is kept has died."""
        try:
            connection, since = self._resting.pop()
        except IndexError:  # threads share the stack
            return None
        if was_lost(connection.info):
            _close([connection])
            return None
        if time.monotonic() - since > REST and not _lives(connection):
            return None
        return connection

    def give(self, connection: Connection) -> None:
        """Keeps the connection, or returns it to the pool; a transaction that is still open is rolled back."""
        if connection.in_transaction():
            connection.rollback()
        if len(self._resting) >= self._most or not _is_idle(connection):
            connection.close()
            return
        self._resting.append((connection, time.monotonic()))

    def forget(self) -> list[Connection]:
        """Empties the stack; what was in it."""
        resting, self._resting = self._resting, []
        return [connection for connection, _ in resting]


def keep_connections(database: Engine) -> None:
    """Lets ``Unbegun`` keep connections of this database, until it is disposed of."""
    pool = database.pool
    most = pool.size() // 2 if isinstance(pool, QueuePool) else 0
    kept = vars(database)[_NAME] = KeptConnections(most)
    event.listen(database, "engine_disposed", lambda _database: _close(kept.forget()))


def leave_to_the_parent(database: Engine) -> None:
    """In a forked process, before the database is disposed of: the connections stay open, since they are not ours."""
    kept: KeptConnections | None = vars(database).get(_NAME)
    _LEFT.extend(kept.forget() if kept else ())


class Unbegun:
    """A connection on which each statement is its own transaction, for the length of a ``with`` block."""

    __slots__ = ("_connection", "_database", "_kept")

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._kept: KeptConnections = vars(database)[_NAME]

    def __enter__(self) -> Connection:
        found = self._kept.take() or self._database.connect().execution_options(motcua_unbegun=True)
        self._connection = found
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._kept.give(self._connection)
        else:  # whatever happened to it: the pool knows how to mend a connection
            self._connection.close()


_LEFT: list[Connection] = []
"""Connections of the parent process, kept from the collector, which would close them."""


def _lives(connection: Connection) -> bool:
    """Whether the server still answers; a connection that died is closed."""
    dialect = connection.dialect
    try:
        dialect.do_ping(connection.connection.dbapi_connection)  # type: ignore[arg-type]  # it is open
    except dialect.loaded_dbapi.Error as error:
        connection.invalidate(error)
        connection.close()
        return False
    return True


def _is_idle(connection: Connection) -> bool:
    """Whether it is open and in no transaction."""
    if connection.closed or connection.invalidated:
        return False
    raw = connection.connection.driver_connection
    return bool(raw and raw.pgconn.transaction_status == TransactionStatus.IDLE)


def _close(connections: list[Connection]) -> None:
    for connection in connections:
        connection.invalidate()
        connection.close()
