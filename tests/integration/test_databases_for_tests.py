"""The databases that tests are given: migrated, fresh for each test, and of both kinds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_a_database_is_migrated(database_url: str) -> None:
    assert {"alembic_version", "dossiers"} <= _tables(database_url)


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    assert _tables(empty_database_url) == set()


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_sees_what_another_wrote(database_url: str, postgres_owner_url: str, turn: int) -> None:
    url = postgres_owner_url if database_url.startswith("postgresql") else database_url
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE left_behind (id int)"))
    finally:
        engine.dispose()
    assert "left_behind" in _tables(database_url)
