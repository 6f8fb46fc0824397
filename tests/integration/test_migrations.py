"""The migrations build exactly the schema that the code declares, up and down, on both kinds of database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, UniqueConstraint, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from engine.acts.hold import claim
from engine.store import migrate
from engine.store.migrate import MIGRATIONS, current, downgrade, latest, upgrade
from engine.store.tables import metadata
from tests.installation.world import World
from tests.postgres_server import OWNER

DIVIDED = {
    "pk_outbox": "CREATE UNIQUE INDEX pk_outbox ON outbox USING btree (id, dossier_id)",
    "pk_reads": "CREATE UNIQUE INDEX pk_reads ON reads USING btree (id, dossier_id)",
    "uq_outbox_key": "CREATE UNIQUE INDEX uq_outbox_key ON outbox USING btree (key, dossier_id)",
}
"""A key of a divided table holds the dossier's id; what the code declares is the schema of SQLite (docs/adr/0021)."""


@pytest.fixture
def second_empty_url(request: pytest.FixtureRequest, empty_database_url: str, tmp_path: Path) -> str:
    """Another empty database of the same kind."""
    if empty_database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'declared.sqlite'}"
    with create_engine(empty_database_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE SCHEMA declared"))
    return f"{empty_database_url}&options=-csearch_path%3Ddeclared"


def test_up_makes_what_the_code_declares(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    with create_engine(empty_database_url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        different = [one for one in compare_metadata(context, metadata) if not _of_months(connection, one)]
        assert different == []
        assert current(connection.engine) == latest()


def test_up_makes_every_length_check_and_partial_index(empty_database_url: str, second_empty_url: str) -> None:
    # Alembic's comparison sees neither CHECK constraints nor the conditions of indexes nor autoincrement.
    upgrade(empty_database_url)
    declared = create_engine(second_empty_url, poolclass=NullPool)
    metadata.create_all(declared)
    with create_engine(empty_database_url, poolclass=NullPool).connect() as migrated, declared.connect() as wanted:
        found, expected = _schema(migrated), _schema(wanted)
    assert found.keys() == expected.keys()
    if not empty_database_url.startswith("sqlite"):
        expected |= DIVIDED
    assert {name: found[name] for name in found if found[name] != expected[name]} == {}
    assert len(expected) > 45  # the catalogue query itself found something


def test_down_leaves_nothing_and_up_works_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "base")
    engine = create_engine(empty_database_url, poolclass=NullPool)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    with engine.connect() as connection:
        assert _leftovers(connection) == 0
    assert current(engine) is None
    upgrade(empty_database_url)
    upgrade(empty_database_url)  # a second time does nothing
    assert current(engine) == latest()


def test_each_schema_since_the_pages_is_upgraded_with_its_data(world: World) -> None:
    """From every revision that the pages came in by, and back, what earlier programs keep stays as it is."""
    code = world.land_at("checking")
    url = world.database.url
    owner = url if url.drivername.startswith("sqlite") else url.set(username=OWNER)
    told = owner.render_as_string(hide_password=False)
    before = _rows(told)
    for revision in ("0024", "0023", "0022", "0021", "0020", "0019"):
        downgrade(told, revision)
        for table, rows in _rows(told).items():
            kept = [{name: row[name] for name in rows[0]} for row in before[table]] if rows else []
            assert rows == kept, f"{table} at {revision}"
        upgrade(told)
        assert _rows(told).keys() == before.keys(), revision
    assert world.row(code)["state"] == "checking"
    world.act("specialist", claim, code)


@pytest.mark.postgresql
def test_a_table_in_use_is_waited_for_shortly_and_then_nothing_was_changed(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)
    monkeypatch.setattr(migrate, "REST", 0.0)
    upgrade(empty_postgres_url, "0021")
    engine = create_engine(empty_postgres_url, poolclass=NullPool)
    with engine.begin() as report:
        report.execute(text("SELECT count(*) FROM dossiers"))
        monkeypatch.setattr(migrate, "TRIES", 1)
        with pytest.raises(migrate.TablesInUse):
            upgrade(empty_postgres_url)
        assert current(engine) == "0021"
        monkeypatch.setattr(migrate, "TRIES", 2)
        monkeypatch.setattr(migrate.time, "sleep", lambda _: report.rollback())  # the report ends meanwhile
        upgrade(empty_postgres_url)
    assert current(engine) == latest()


def test_the_application_may_not_run_migrations(postgres_url: str) -> None:
    with create_engine(postgres_url, poolclass=NullPool).connect() as connection:
        for statement in ("CREATE TABLE mine (id int)", "DELETE FROM alembic_version", "DROP TABLE journal"):
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                connection.execute(text(statement))
            connection.rollback()


def test_scripts_are_numbered_without_a_gap_and_in_one_line() -> None:
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    numbers = [script.revision for script in reversed(scripts)]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    for script in scripts:
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.down_revision == (None if script.revision == "0001" else f"{int(script.revision) - 1:04d}")


def _of_months(connection: Connection, difference: tuple[Any, ...]) -> bool:
    """Whether a key differs because its table is divided."""
    kind, what = difference[:2]
    pair = connection.dialect.name == "postgresql" and kind in ("add_constraint", "remove_constraint")
    return pair and what.table.name == "outbox" and isinstance(what, UniqueConstraint)


def _rows(url: str) -> dict[str, list[dict[str, object]]]:
    """The rows of every table of the product that is there, in one order."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        names = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
        found = {name: connection.execute(text(f"SELECT * FROM {name}")).mappings().all() for name in names}
    return {name: sorted(map(dict, rows), key=repr) for name, rows in found.items()}


def _schema(connection: Connection) -> dict[str, object]:
    """Every table, constraint and index of the database with its whole definition, by name."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        )
        return {row.name: _parts(row.sql) for row in rows if not row.name.startswith(("alembic", "sqlite"))}
    columns = """SELECT table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
        is_nullable, regexp_replace(column_default, 'declared\\.', '')) FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name <> 'alembic_version'"""
    constraints = """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND conrelid::regclass::text !~ 'alembic'"""
    indexes = """SELECT indexname, replace(indexdef, current_schema() || '.', '') FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"""
    found: dict[str, object] = {}
    for question in (columns, constraints, indexes):
        found |= {row[0]: row[1].replace(" ON ONLY ", " ON ") for row in connection.execute(text(question))}
    return found


def _parts(statement: str) -> list[str]:
    """A CREATE statement as its comma-separated parts in any order, without quotes or line breaks."""
    plain = re.sub(r"\s+", " ", statement.replace('"', ""))
    head, _, inside = plain.partition("(")
    return [head.strip(), *sorted(part.strip() for part in re.split(r",(?![^()]*\))", inside.rpartition(")")[0]))]


def _leftovers(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        question = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
    else:
        question = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    return int(connection.execute(text(question)).scalar_one())
