"""Connections that acts and readings hand to each other: one is used again, and nobody gets a broken or busy one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from engine.store.sql import kept_connections, schema
from engine.store.sql.kept_connections import Unbegun
from engine.store.sql.loss import note_loss

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database(postgres_url: str) -> Iterator[Engine]:
    opened = schema.open_database(postgres_url, pool_size=4)
    yield opened
    opened.dispose()


def _process(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_the_next_one_gets_the_same_connection_and_the_pool_is_not_asked(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Unbegun(database) as connection:
        first = _process(connection)
    monkeypatch.setattr(Engine, "connect", lambda _: pytest.fail("the pool was asked"))
    with Unbegun(database) as connection:
        assert _process(connection) == first


def test_each_has_its_own_while_both_are_used(database: Engine) -> None:
    with Unbegun(database) as one, Unbegun(database) as other:
        assert _process(one) != _process(other)


def test_half_of_the_pool_is_left_to_who_asks_it(database: Engine) -> None:
    opened = [Unbegun(database) for _ in range(4)]
    for one in opened:
        one.__enter__()
    for one in opened:
        one.__exit__(None, None, None)
    with database.connect() as one_more, database.connect() as another:
        assert _process(one_more) != _process(another)


def test_what_was_begun_and_not_committed_is_undone(database: Engine) -> None:
    with Unbegun(database) as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("INSERT INTO calendars VALUES ('x', 'x', '{}', now())")
    with Unbegun(database) as connection:
        assert not connection.in_transaction()
        assert connection.execute(text("SELECT count(*) FROM calendars WHERE name = 'x'")).scalar_one() == 0


def test_a_connection_that_died_while_it_rested_is_replaced(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with Unbegun(database) as connection:
        first = _process(connection)
    with database.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": first})
    monkeypatch.setattr(kept_connections, "REST", -1.0)
    with Unbegun(database) as connection:
        assert _process(connection) != first


def test_a_connection_that_failed_is_not_kept(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), Unbegun(database) as connection:
        failed = connection
        raise ZeroDivisionError
    assert failed.closed


def test_a_database_that_is_disposed_of_keeps_none(database: Engine) -> None:
    with Unbegun(database) as connection:
        raw = connection.connection.driver_connection
    assert raw is not None and not raw.closed
    database.dispose()
    assert raw.closed
    with Unbegun(database) as connection:
        assert _process(connection)


def test_none_crosses_a_fork(database: Engine) -> None:
    with Unbegun(database) as connection:
        first = _process(connection)
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - counted in no process
        with Unbegun(database) as connection:
            os.write(says, b"same" if _process(connection) == first else b"own")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(hears, 10) == b"own"
    with Unbegun(database) as connection:
        assert _process(connection) == first


def test_one_of_before_a_lost_server_is_not_used_again(database: Engine) -> None:
    with Unbegun(database) as connection:
        first, info = _process(connection), connection.info
    note_loss(info)
    with Unbegun(database) as connection:
        assert _process(connection) != first
