"""The databases that tests are given: migrated, fresh for each test, and of both kinds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.acts.publish import publish_release, publish_template, publish_territory
from engine.catalogue import Catalogue
from engine.rules.procedure.definition import Effective
from engine.store.outbox import webhooks
from engine.store.sql.schema import open_database
from engine.store.units import catalogue_versions
from tests.installation.content import territory_around
from tests.installation.short_releases import LAND, land
from tests.installation.world import World, open_world

APRIL = dt.date(2026, 4, 1)


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


def test_the_catalogue_of_a_copy_reads_versions_and_webhooks_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    read = Catalogue._rows
    monkeypatch.setattr(Catalogue, "_rows", lambda self, statement: asked.append(statement) or read(self, statement))
    world.land_at("signing")
    assert asked and {table for one in asked for table in one.get_final_froms()} == {catalogue_versions, webhooks}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_what_one_copy_publishes_no_other_sees(kind: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with open_world(kind, tmp_path / "one") as one, open_world(kind, tmp_path / "two") as two:
        units = len(two.runtime.catalogue.territory.units())
        one.act("admin", publish_release, land(version=2, effective=Effective(APRIL)))
        one.act("admin", publish_template, "da-tiep-nhan", {"subject": {"vi": "khác"}})
        one.act("admin", publish_territory, territory_around("731", "732", "760", "761"))
        for world in (one, two):
            world.runtime.catalogue.refresh()
        assert one.runtime.catalogue.current(LAND, APRIL).release.version == 2
        assert two.runtime.catalogue.current(LAND, APRIL).release.version == 1
        assert one.runtime.catalogue.template("da-tiep-nhan") != two.runtime.catalogue.template("da-tiep-nhan")
        assert len(one.runtime.catalogue.territory.units()) > units == len(two.runtime.catalogue.territory.units())


def test_a_statement_is_compiled_once_for_all_databases_of_a_kind(database_url: str) -> None:
    statement = sa.select(catalogue_versions).where(catalogue_versions.c.name == "of this test alone")
    compiled = []
    for _ in range(2):
        engine = open_database(database_url, pooled=False)
        sa.event.listen(engine, "after_execute", lambda *told: compiled.append(told[-1].context.compiled))
        with engine.connect() as connection:
            assert connection.execute(statement).all() == []
        engine.dispose()
    assert compiled[0] is compiled[1]
