"""A PostgreSQL server that is lost or takes no more writes costs one error, and not one for each pooled connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError

from engine.store.sql import schema
from engine.store.sql.driver import run
from tests.installation.served import open_installation
from tests.installation.trial_content import TRIAL, filing

pytestmark = pytest.mark.postgresql

WRITE = "CREATE TABLE IF NOT EXISTS written (number integer)"


def by_driver(connection: Connection) -> None:
    run(connection, WRITE, [])


def by_sqlalchemy(connection: Connection) -> None:
    connection.execute(text(WRITE))


ways = pytest.mark.parametrize("write", [by_driver, by_sqlalchemy])


@pytest.fixture
def database(empty_postgres_url: str) -> Iterator[Engine]:
    engine = schema.open_database(empty_postgres_url, pool_size=3)
    yield engine
    engine.dispose()


def fill_pool(database: Engine) -> list[int]:
    """Opens every connection of the pool; the processes that serve them."""
    opened = [database.connect() for _ in range(3)]
    pids = [process(one) for one in opened]
    for one in opened:
        one.close()
    return pids


def process(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


@ways
def test_a_standby_that_refuses_a_write_is_left_for_the_primary(
    database: Engine, write: Callable[[Connection], None]
) -> None:
    """A standby refuses as a session that may only read does; every later connection leads to the primary."""
    before = fill_pool(database)
    with database.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = on"))
        connection.commit()
        with pytest.raises(OperationalError) as refused:
            write(connection)
        assert refused.value.connection_invalidated and refused.value.params is None
    opened = [database.connect() for _ in range(3)]
    assert not set(before) & {process(one) for one in opened}
    write(opened[0])
    for one in opened:
        one.close()


@ways
def test_one_lost_connection_costs_the_others_no_error(database: Engine, write: Callable[[Connection], None]) -> None:
    before = fill_pool(database)
    other = schema.open_database(database.url.render_as_string(hide_password=False), pooled=False)
    with other.connect() as connection:
        for pid in before:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with database.connect() as connection, pytest.raises(OperationalError):
        write(connection)
    opened = [database.connect() for _ in range(3)]
    for one in opened:
        write(one)
        one.close()


def test_nothing_is_prepared_where_the_settings_say_so(empty_postgres_url: str) -> None:
    database = schema.open_database(empty_postgres_url, pool_size=1, prepared=False)
    for engine in (database, schema.open_alike(database)):
        with engine.connect() as connection:
            for _ in range(3):
                assert run(connection, "SELECT 1", []) == [(1,)]
            names = connection.execute(text("SELECT name FROM pg_prepared_statements")).all()
            assert names == []
        engine.dispose()


def test_the_first_host_that_takes_writes_is_used(empty_postgres_url: str) -> None:
    """Of several hosts the first one does not answer at all."""
    where, _, query = empty_postgres_url.partition("?")
    folder = query.removeprefix("host=").partition("&")[0]
    several = f"{where}?host=127.0.0.1,{folder}&port=1,5432&target_session_attrs=read-write"
    with schema.open_database(several, pooled=False).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    standby = f"{several}&options=-c%20default_transaction_read_only%3Don"
    with pytest.raises(OperationalError, match="read-only"):
        schema.open_database(standby, pooled=False).connect()


def test_an_act_on_a_server_that_is_the_primary_no_more_is_told_to_come_again(tmp_path: Path) -> None:
    with TRIAL.copy("postgresql", tmp_path) as url:
        installation = open_installation(url, tmp_path)
        demoted, counter = [False], installation.person("counter")

        def demote(connection: object, _record: object, _proxy: object) -> None:
            if demoted[0]:
                connection.execute("SET default_transaction_read_only = on")  # type: ignore[attr-defined]

        event.listen(installation.runtime.database, "checkout", demote)
        assert counter.get("/api/v1/dossiers").status_code == 200  # signed in
        demoted[0] = True
        refused = counter.post("/api/v1/dossiers", filing(), key="the-same")
        assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"]
        demoted[0] = False
        assert counter.post("/api/v1/dossiers", filing(), key="the-same").status_code == 201
        installation.close()
