"""Indexes of later scripts are built while people write, before the scripts run (PostgreSQL)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Index, create_engine, inspect, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex

from engine.store import indexes_ahead, migrate
from engine.store.indexes_ahead import build_ahead
from engine.store.migrate import TablesInUse, current, latest, upgrade
from engine.store.tables import metadata
from tests import shared_run
from tests.postgres_server import OWNER, create_database, drop_database, postgres_url_of

BEFORE = "0032"
WANTED = {"ix_dossiers_province", "ix_documents_reused", "ix_journal_offices", "ix_dossiers_holder_newest"}
"""Of scripts after BEFORE, on tables and columns that are there already."""
INVALID = text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[str]:
    """The URL of a PostgreSQL database at the schema of before."""
    name, sockets = f"ahead_{tmp_path.name}".replace("-", "_").lower(), shared_run.postgres_sockets()
    create_database(sockets, name)
    url = postgres_url_of(sockets, name, OWNER)
    upgrade(url, BEFORE)
    yield url
    drop_database(sockets, name)


@pytest.fixture
def engine(owner: str) -> Engine:
    return create_engine(owner, poolclass=NullPool)


def found(engine: Engine) -> set[str]:
    known = inspect(engine)
    return {str(index["name"]) for table in known.get_table_names() for index in known.get_indexes(table)}


def until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def is_building(watching: Connection) -> bool:
    """Whether an index waits for the transactions of before."""
    return bool(watching.execute(text("SELECT count(*) FROM pg_stat_progress_create_index")).scalar())


@pytest.mark.postgresql
class TestAhead:
    def test_what_can_be_built_is_and_the_scripts_find_it(self, owner: str, engine: Engine) -> None:
        before = found(engine)
        built = build_ahead(engine)
        assert set(built) == found(engine) - before
        assert set(built) >= WANTED
        assert "ix_outbox_feed" not in built  # of a column that a script has still to add
        upgrade(owner)
        assert (current(engine), build_ahead(engine)) == (latest(), [])

    def test_nobody_who_writes_waits_for_it(self, owner: str, engine: Engine) -> None:
        """While the building waits for one transaction, others write: with an index of a script they would wait."""
        built: list[str] = []
        building = threading.Thread(target=lambda: built.extend(build_ahead(engine)))
        watching = create_engine(owner, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()
        with engine.begin() as slow, watching:
            for table in ("dossiers", "documents", "journal"):
                slow.execute(text(f"LOCK {table} IN ROW EXCLUSIVE MODE"))
            building.start()
            until(lambda: is_building(watching))
            with engine.begin() as writer:
                writer.execute(text("SET LOCAL lock_timeout = '5s'"))
                for table in ("dossiers", "documents", "journal"):
                    writer.execute(text(f"DELETE FROM {table} WHERE false"))
            assert building.is_alive()
        building.join(60)
        assert set(built) >= WANTED

    def test_a_building_that_was_cut_off_is_begun_anew(
        self, owner: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexes_ahead, "PATIENCE_SECONDS", 1)
        monkeypatch.setattr(migrate, "TRIES", 1)
        with engine.begin() as slow:
            slow.execute(text("LOCK dossiers, documents, journal IN ROW EXCLUSIVE MODE"))
            with pytest.raises(TablesInUse):
                upgrade(owner)
        with engine.connect() as connection:
            assert current(engine) == BEFORE
            assert connection.execute(INVALID).scalar_one() > 0
        upgrade(owner)
        with engine.connect() as connection:
            assert (current(engine), connection.execute(INVALID).scalar_one()) == (latest(), 0)


@pytest.mark.postgresql
class TestDivided:
    """A table that is divided by month has its indexes on each partition."""

    def test_the_script_joins_what_was_built_on_each_partition(self, owner: str, engine: Engine) -> None:
        upgrade(owner)
        making = str(CreateIndex(_index("ix_journal_offices")).compile(dialect=engine.dialect))
        with engine.begin() as connection:
            assert connection.execute(PARTITIONS).scalar_one() > 1  # a new database is divided at once
            connection.execute(text("DROP INDEX ix_journal_offices"))
            assert connection.execute(ON_PARTITIONS).scalar_one() == 0
        assert build_ahead(engine) == ["ix_journal_offices"]
        assert build_ahead(engine) == []
        with engine.begin() as connection:
            before = set(connection.execute(FILES).scalars())
            connection.exec_driver_sql(making)
            assert set(connection.execute(FILES).scalars()) == before, "an index was built in the transaction"
            assert connection.execute(JOINED).scalar_one() == connection.execute(PARTITIONS).scalar_one()


PARTITIONS = text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass")
ON_PARTITIONS = text("SELECT count(*) FROM pg_indexes WHERE schemaname = 'months' AND indexname LIKE '%offices%'")
JOINED = text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ix_journal_offices'::regclass")
FILES = text("SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'months'::regnamespace")


def _index(name: str) -> Index:
    return next(index for index in metadata.tables["journal"].indexes if index.name == name)


def test_sqlite_needs_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ahead.sqlite'}"
    upgrade(url, BEFORE)
    assert build_ahead(create_engine(url)) == []
    upgrade(url)
