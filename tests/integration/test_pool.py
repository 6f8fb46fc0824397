"""Connections of the pool: which one is taken, and that one lost while it rested is replaced before anybody notices."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import Connection, text

from engine.store.sql import schema


def _process(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.mark.postgresql
def test_a_connection_that_was_lost_while_it_rested_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, other = schema.open_database(postgres_url, pool_size=1), schema.open_database(postgres_url, pooled=False)
    with database.connect() as connection:
        first = _process(connection)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": first})
    monkeypatch.setattr(schema, "REST", -1.0)
    with database.connect() as connection:
        assert _process(connection) != first
    database.dispose()


@pytest.mark.postgresql
def test_a_connection_that_still_stands_is_kept(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = schema.open_database(postgres_url, pool_size=1)
    monkeypatch.setattr(schema, "REST", -1.0)
    with database.connect() as connection:
        first = _process(connection)
    with database.connect() as connection:
        assert _process(connection) == first
    database.dispose()


def test_the_connection_returned_last_is_taken_first(database_url: str) -> None:
    """One client keeps one connection busy, and its prepared statements warm, however many there are."""
    database = schema.open_database(database_url, pool_size=3)
    opened = [database.connect() for _ in range(3)]
    for connection in opened:
        last = connection.connection.driver_connection
        connection.close()
    for _ in range(3):
        with database.connect() as connection:
            assert connection.connection.driver_connection is last
    database.dispose()


def test_no_connection_crosses_a_fork(database_url: str) -> None:
    """Two processes on one connection would read each other's answers."""
    database = schema.open_database(database_url, pool_size=1)
    with database.connect() as connection:
        before = id(connection.connection.driver_connection)
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - counted in no process
        with database.connect() as connection:
            same = id(connection.connection.driver_connection) == before
            answer = connection.execute(text("SELECT 7")).scalar_one()
        os.write(says, b"same" if same else str(answer).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(hears, 10) == b"7"
    with database.connect() as connection:
        assert id(connection.connection.driver_connection) == before
        assert connection.execute(text("SELECT 8")).scalar_one() == 8
    database.dispose()
