"""The short way to PostgreSQL: what is prepared, what outlives a rollback or a lost connection, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine, bindparam, cast, select, text
from sqlalchemy.exc import IntegrityError

from engine.store.sql import driver, schema
from engine.store.sql.driver import as_bytes, run
from engine.store.sql.question import PreparedSelect

pytestmark = pytest.mark.postgresql

DOUBLE = "SELECT 2 * $1::integer"


@pytest.fixture
def database(empty_postgres_url: str) -> Iterator[Engine]:
    """With a single connection, so that everything is said over the same one."""
    engine = schema.open_database(empty_postgres_url, pool_size=1)
    yield engine
    engine.dispose()


def doubled(connection: Connection, number: int) -> int:
    return int(run(connection, DOUBLE, [as_bytes(number)])[0][0])


def prepared(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT statement FROM pg_prepared_statements ORDER BY name")).scalars())


def test_what_is_said_again_is_prepared_and_stays_so_after_a_rollback(database: Engine) -> None:
    with database.connect() as connection:
        assert doubled(connection, 1) == 2
        assert prepared(connection) == []
        assert doubled(connection, 2) == 4
        assert prepared(connection) == [DOUBLE]
        for _ in range(8):  # psycopg would prepare this, and forget everything at the rollback
            connection.execute(text("SELECT 1"))
        connection.rollback()
        assert doubled(connection, 3) == 6
        assert prepared(connection) == [DOUBLE]


def test_a_connection_made_anew_prepares_anew(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "REST", -1.0)
    with database.connect() as connection:
        assert [doubled(connection, 1), doubled(connection, 2)] == [2, 4]
        lost = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = schema.open_database(database.url.render_as_string(hide_password=False), pooled=False)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:lost)"), {"lost": lost})
    with database.connect() as connection:
        assert [doubled(connection, number) for number in (3, 4, 5)] == [6, 8, 10]
        assert prepared(connection) == [DOUBLE]


def test_no_more_than_so_many_are_prepared(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "MOST_PREPARED", 2)
    with database.connect() as connection:
        for number in range(4):
            assert [run(connection, f"SELECT {number}", []) for _ in range(3)] == [[(number,)]] * 3
        assert prepared(connection) == ["SELECT 0", "SELECT 1"]


def test_a_text_that_libpq_would_cut_short_is_refused(database: Engine) -> None:
    with database.connect() as connection, pytest.raises(psycopg.DataError, match="NUL"):
        run(connection, "SELECT $1::text", [as_bytes("before\0after")])


def test_what_the_database_refuses_is_told_as_sqlalchemy_would_without_the_values(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE names (name text PRIMARY KEY)"))
    with database.connect() as connection:
        add = "INSERT INTO names VALUES ($1)"
        assert run(connection, add, [b"An"]) == []
        with pytest.raises(IntegrityError) as refused:
            run(connection, add, [b"An"])
        assert getattr(refused.value.orig, "sqlstate", None) == "23505"
        assert refused.value.params is None


def test_moments_come_in_utc_whatever_time_zone_the_server_prefers(empty_postgres_url: str) -> None:
    elsewhere = (
        f"{empty_postgres_url}{'&' if '?' in empty_postgres_url else '?'}options=-c%20timezone%3DAsia/Ho_Chi_Minh"
    )
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    for url in (empty_postgres_url, elsewhere):
        database = schema.open_database(url, pooled=False)
        with database.connect() as connection:
            asked = PreparedSelect(select(cast(bindparam("moment"), schema.Moment()).label("moment")))
            ((given,),) = asked.fetch(connection, {"moment": noon})
            assert (given, given.utcoffset()) == (noon, dt.timedelta(0))
        database.dispose()
