"""Connections of the pool: which one is taken, and that one lost while it rested is replaced before anybody notices."""

from __future__ import annotations

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
