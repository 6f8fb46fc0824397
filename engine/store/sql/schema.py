"""The ground of every table: the MetaData with its naming rule, the column types, and ``open_database``.

Tables are SQLAlchemy Core: an act is a handful of prepared statements (docs/adr/0002). SQLite and PostgreSQL hold the
same schema; the differences between their types, pools and BEGINs are in this file.
"""

from __future__ import annotations

import datetime as dt
import os
import time
import weakref
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Engine, Integer, MetaData, create_engine, event, make_url
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from engine.security.private_files import keep_database_private
from engine.store.sql.driver import prepare_nothing
from engine.store.sql.kept_connections import REST, keep_connections, leave_to_the_parent
from engine.store.sql.loss import watch_for_loss

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's options for a server that falls silent: connecting in seconds, unanswered bytes in milliseconds. By default
the system would wait for a quarter of an hour. An address may name others."""

BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment, returned in UTC. PostgreSQL stores timestamptz; SQLite stores naive UTC text, sorted by time.

    Binding a naive datetime raises ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


_opened: weakref.WeakSet[Engine] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    """In a forked process: every pool begins empty. Two processes on one connection would read each other's answers."""
    for engine in list(_opened):
        leave_to_the_parent(engine)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_the_parent)


def open_database(url: str, *, pool_size: int = 8, pooled: bool = True, prepared: bool = True) -> Engine:
    """An SQLAlchemy engine for ``sqlite:///…`` or ``postgresql+psycopg://…``.

    No connection crosses a fork: the pool of the child begins empty. ``pooled=False`` keeps none in the parent either.
    Every BEGIN is sent by this file or by ``engine.transaction``, never by the driver. On SQLite it is BEGIN IMMEDIATE,
    since a deferred transaction that turns into a writer fails at once, whatever the busy timeout. On PostgreSQL a
    connection with the option ``motcua_unbegun`` runs each statement as its own transaction until BEGIN is sent.
    ``prepared=False`` prepares no statement, for a pooler that gives each transaction another server process.
    """
    # The values of a statement may be personal data, so no error and no log line may carry them.
    options: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": orjson.loads, "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
        engine = create_engine(url, **options, **_pool(pool_size, pooled))
        event.listen(engine, "connect", _prepare_sqlite)
        if path := url.removeprefix("sqlite:///"):
            event.listen(engine, "connect", lambda _connection, _record: keep_database_private(Path(path)))
        event.listen(engine, "begin", _begin_immediate)
        _opened.add(engine)
        return engine
    # psycopg would deallocate every prepared statement at each rollback; engine.store.sql.driver prepares instead.
    patience = {name: value for name, value in _PATIENCE.items() if name not in make_url(url).query}
    driver = {"autocommit": True, "prepare_threshold": None} | patience
    options["execution_options"] = {"motcua_prepared": prepared}
    engine = create_engine(url, connect_args=driver, **options, **_pool(pool_size, pooled))
    event.listen(engine, "connect", _speak_utc)
    if not prepared:
        event.listen(engine, "connect", lambda _connection, record: prepare_nothing(record.info))
    watch_for_loss(engine)
    event.listen(engine, "begin", _begin_unless_told_otherwise)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_check_rested, engine.dialect))
    keep_connections(engine)
    _opened.add(engine)
    return engine


def open_alike(database: Engine) -> Engine:
    """An engine on the same database, with the same choice about prepared statements, that keeps no connection."""
    prepared = bool(database.get_execution_options().get("motcua_prepared", True))
    return open_database(database.url.render_as_string(hide_password=False), pooled=False, prepared=prepared)


def _pool(size: int, pooled: bool) -> dict[str, Any]:
    """Arguments of the pool. LIFO: the connection returned last has prepared statements and a warm server process."""
    if not pooled:
        return {"poolclass": NullPool}
    return {"pool_size": size, "max_overflow": 0, "pool_timeout": 30, "pool_use_lifo": True}


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _check_rested(dialect: Dialect, connection: Any, record: Any, _proxy: Any) -> None:
    """Pings a connection that has rested longer than REST; the pool replaces it if the ping fails.

    A ping before every use would double the round trips. Autocommit is restored because setting an isolation level
    (``execution_options(isolation_level=…)``) switches it off.
    """
    if not connection.autocommit:
        connection.autocommit = True
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) > REST:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver sends no BEGIN of its own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _speak_utc(connection: Any, _record: Any) -> None:
    """Sets the session to UTC, whatever zone the server prefers: prepared selects take moments as they are sent.

    Nothing is compiled just in time: for the conditions of a report the compiling takes longer than the counting.
    """
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("SET jit = off")


def _begin_unless_told_otherwise(connection: Any) -> None:
    if not connection.get_execution_options().get("motcua_unbegun") and connection.connection.autocommit:
        connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Any) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("motcua_read_only") else "BEGIN IMMEDIATE")
