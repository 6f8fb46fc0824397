"""Rows that wait to be written together: what goes in, what is refused, and what a reader finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, LargeBinary, MetaData, String, Table, select

from engine.store.sql.schema import Json, Moment, open_database
from engine.store.sql.writes import PendingWrites
from tests.spoken import spoken

AT = dt.datetime(2026, 3, 2, 1, 0, 0, 250, tzinfo=dt.UTC)
_metadata = MetaData()
things = Table(
    "things",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(20)),
    Column("at", Moment),
    Column("data", Json),
    Column("raw", LargeBinary),
)
marks = Table(
    "marks", _metadata, Column("thing", Integer, primary_key=True), Column("mark", String(9), primary_key=True)
)


class Wrong(Exception):
    """What must not be."""


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Engine]:
    engine = open_database(empty_database_url)
    with engine.begin() as connection:
        _metadata.create_all(connection)
    yield engine
    engine.dispose()


def thing(number: int, name: str | None = "a") -> dict[str, object]:
    return {"id": number, "name": name, "at": AT, "data": {"k": [1, None, "đ%"]}, "raw": b"\x00%s"}


def all_of(connection: Connection, table: Table) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]


def test_everything_is_written_as_it_was_given(database: Engine) -> None:
    with database.begin() as connection:
        writes = PendingWrites()
        writes.insert(things, [thing(1), thing(2, None)])
        assert all_of(connection, things) == []
        writes.flush(connection)
        rows = all_of(connection, things)
    assert rows == [tuple(thing(1).values()), tuple(thing(2, None).values())]


def test_several_tables_are_written_together(database: Engine) -> None:
    with database.begin() as connection:
        writes = PendingWrites()
        writes.insert(things, [thing(1)])
        writes.insert(marks, [{"thing": 1, "mark": "x"}, {"thing": 1, "mark": "y"}, {"thing": 2, "mark": "x"}])
        writes.flush(connection)
        writes.update(things, {"name": "b", "data": None}, {"id": 1, "name": "a"}, must=Wrong)
        writes.delete(marks, {"thing": 1}, condition="mark <> 'z'", spare=[{"mark": "y"}])
        writes.insert(marks, [{"thing": 1, "mark": "y"}, {"thing": 1, "mark": "z"}], new_only=True)
        writes.flush(connection)
        assert all_of(connection, things)[0][:4] == (1, "b", AT, None)
        assert all_of(connection, marks) == [(1, "y"), (1, "z"), (2, "x")]


def test_an_update_that_meets_no_row_is_refused_and_nothing_beside_it_lasts(database: Engine) -> None:
    writes = PendingWrites()
    writes.insert(marks, [{"thing": 1, "mark": "x"}])
    writes.update(things, {"name": "b"}, {"id": 7}, must=Wrong)
    with pytest.raises(Wrong), database.begin() as connection:
        writes.flush(connection)
    with database.connect() as connection:
        assert all_of(connection, marks) == []


def test_a_row_that_is_there_already_is_left_alone_or_refused(database: Engine) -> None:
    writes = PendingWrites()
    with database.begin() as connection:
        writes.insert(things, [thing(1)])
        writes.flush(connection)
        writes.insert(things, [thing(1, "other"), thing(2)], new_only=True, must=Wrong)
        writes.flush(connection)
        assert [row[1] for row in all_of(connection, things)] == ["a", "a"]
        writes.insert(things, [thing(1, "other")], new_only=True, must=Wrong)
        with pytest.raises(Wrong):
            writes.flush(connection)


def test_what_was_forgotten_or_written_is_not_written_again(database: Engine) -> None:
    writes = PendingWrites()
    writes.insert(things, [thing(1)])
    writes.forget()
    with database.begin() as connection:
        writes.flush(connection)
        assert all_of(connection, things) == []
        writes.insert(things, [thing(1)])
        writes.flush(connection)
        writes.flush(connection)
        assert len(all_of(connection, things)) == 1


def test_postgresql_is_told_in_one_statement(empty_postgres_url: str) -> None:
    database = open_database(empty_postgres_url)
    with database.begin() as connection:
        _metadata.create_all(connection)
        writes = PendingWrites()
        writes.insert(things, [thing(1)])
        writes.insert(marks, [{"thing": 1, "mark": "x"}])
        writes.delete(marks, {"thing": 3})
        with spoken(database) as heard:
            writes.flush(connection)
    assert len(heard) == 1
    database.dispose()
