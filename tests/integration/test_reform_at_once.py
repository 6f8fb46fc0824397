"""The two ways to apply a reform's plan on PostgreSQL: one statement a batch writes what the long way writes.

Both apply the same plan to two copies of one database; afterwards every row of every table is the same.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cli.seed import seed
from engine.acts.perform_action import perform_action
from engine.acts.reform import at_once
from engine.acts.reform.apply import begin_applying
from engine.acts.reform.at_once import Regular, apply_at_once
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import Run, open_run
from engine.acts.rounds import Done
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.journal.entries import canonical
from engine.rules.reform.policy import Reform
from engine.store.dossiers import dossiers
from engine.store.journal import journal, journal_private
from engine.store.planned_moves import Move, Night, Planned, planned_after
from engine.store.plans import counts_by_status
from engine.store.sql.bulk import array_of
from engine.store.sql.driver import run
from engine.store.sql.schema import metadata
from tests import shared_run
from tests.installation.june import JULY, permit, prepare_june, reform_of
from tests.installation.odd_june import COUNTERS, odd_reform, prepare_odd_june, some_permit
from tests.installation.portal import connect
from tests.installation.releases import text
from tests.installation.world import World, open_world
from tests.integration.test_reform_random import content_of, decided, file_those_of
from tests.postgres_server import APPLICATION, create_database, drop_database, postgres_url_of
from tests.unit.test_reform_properties import POLICIES, Country, countries
from tests.unit.test_territory_properties import DAYS

pytestmark = pytest.mark.postgresql
_NAMES = count(1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """On PostgreSQL only: on SQLite there is one way."""
    with open_world("postgresql", tmp_path) as made:
        yield made


@contextmanager
def twin_of(world: World) -> Iterator[World]:
    """Another installation on a copy of the database, at the same moment."""
    sockets, name = shared_run.postgres_sockets(), str(world.database.url.database)
    other = f"{name}_twin_{next(_NAMES)}"
    world.database.dispose()
    create_database(sockets, other, name)
    twin = World(postgres_url_of(sockets, other, APPLICATION), world.runtime.settings.data)
    twin.now = world.now
    twin.runtime = replace(twin.runtime, settings=world.runtime.settings)
    try:
        yield twin
    finally:
        twin.database.dispose()
        drop_database(sockets, other)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many dossiers the statement was asked to move, and how many it moved."""
    found: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        real = at_once.move_at_once

        def move(connection: Any, moves: list[Move], night: Night) -> list[tuple[int, bool]]:
            done = real(connection, moves, night)
            found.update(asked=len(moves), moved=len(done))
            return done

        patch.setattr(at_once, "move_at_once", move)
        patch.setattr(secrets, "token_bytes", lambda size=32: b"\x07" * size)  # the same salts on both ways
        yield found


def everything(world: World) -> dict[str, list[str]]:
    """All rows of all tables; notices and tellings by their order about each dossier, not by their serial number."""
    found = {}
    with world.reading() as connection:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            if table.name in ("outbox", "portal_tellings"):
                rows.sort(key=lambda row: (row["dossier_id"], row["id"]))
                found[table.name] = [repr(row | {"id": None}) for row in rows]
            else:
                found[table.name] = sorted(map(repr, rows))
    return found


def compare(world: World, reform_id: int) -> Counter[str]:
    """Applies by the statement here and by the long way on a copy, and fails at the first difference."""
    with counted() as statement, twin_of(world) as twin:
        long = apply_all(twin.runtime, open_run(twin.runtime, reform_id), at_once=False)
        assert statement["asked"] == 0
        tally = apply_all(world.runtime, open_run(world.runtime, reform_id))
        here, there = everything(world), everything(twin)
        for name, rows in there.items():
            assert here[name] == rows, name
        assert tally == long
    world.check()
    return statement


def loaded(world: World, reform: Reform, folder: Path) -> int:
    """The number of a plan of the reform, over what is open now."""
    path = folder / "plan.json"
    assert make_plan(world.runtime, reform, path).without == []
    return load_plan(world.runtime, read_plan(path))


def test_the_statement_writes_what_the_long_way_writes(world: World, tmp_path: Path) -> None:
    dice = random.Random(1)
    prepare_odd_june(world)
    world.runtime = connect(world.runtime, "http://127.0.0.1:9")  # nobody listens: what is told waits
    codes = [some_permit(world, dice) for _ in range(80)]
    world.at("2025-06-24 10:00")
    make_plan(world.runtime, odd_reform(world), path := tmp_path / "plan.json")
    for code in codes[:20]:
        row = world.row(code)
        if row["state"] == "new" and row["holder_id"] is None:  # worked on after the plan
            world.try_act(COUNTERS[row["place"]], perform_action, code, "receive")
    world.at(JULY)
    statement = compare(world, load_plan(world.runtime, read_plan(path)))
    with world.reading() as connection:
        stand = counts_by_status(connection, 1)
    assert 20 < statement["moved"] == statement["asked"] < stand["done"], "some went either way"


@given(countries(), st.data())
@settings(max_examples=4, deadline=None, phases=(Phase.generate,))
def test_the_ways_agree_on_random_countries_through_three_reforms(country: Country, data: st.DataObject) -> None:
    """Merged and divided communes, offices that live on, dossiers that an earlier reform moved."""
    with on_postgresql(country) as (world, folder):
        for start, date in pairwise(DAYS):
            file_those_of(world, country, start, date)
            world.at(f"{date} 00:30")
            reform = Reform(f"r{date}", date, text("Sắp xếp", "Reform"), (), POLICIES)
            reform_id = loaded(world, reform, folder)
            compare(world, reform_id)
            decided(world, open_run(world.runtime, reform_id), data)


@contextmanager
def on_postgresql(country: Country) -> Iterator[tuple[World, Path]]:
    sockets, name = shared_run.postgres_sockets(), f"random_{secrets.token_hex(4)}"
    with ExitStack() as stack:
        create_database(sockets, name, shared_run.postgres_template())
        stack.callback(drop_database, sockets, name)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="motcua-random-")))
        world = World(postgres_url_of(sockets, name, APPLICATION), folder)
        stack.callback(world.database.dispose)
        world.at(f"{DAYS[0]} 08:00")
        seed(world.runtime, content_of(country))
        yield world, folder


@pytest.fixture
def night(world: World, tmp_path: Path) -> tuple[World, Run, list[str]]:
    """Three permits that wait in a plan whose apply has begun."""
    prepare_june(world)
    codes = [permit(world, received=False) for _ in range(3)]
    make_plan(world.runtime, reform_of(world), tmp_path / "plan.json")
    world.at(JULY)
    run = open_run(world.runtime, load_plan(world.runtime, read_plan(tmp_path / "plan.json")))
    world.try_act("system", begin_applying, run)
    return world, run, codes


def planned(world: World, run: Run) -> list[Planned]:
    with world.reading() as connection:
        return planned_after(connection, run.id, 0, 100)


def moved(world: World, run: Run, which: list[Planned]) -> Done:
    return world.try_act("system", apply_at_once, run, Regular(world.runtime.catalogue, run), which)


def test_what_a_clerk_changed_or_holds_is_left_and_nobody_waits(night: tuple[World, Run, list[str]]) -> None:
    world, run, (changed, locked, free) = night
    read = planned(world, run)
    world.do("old_counter", changed, "receive")
    with world.database.connect() as somebody:
        somebody.execute(select(dossiers).where(dossiers.c.code == locked).with_for_update())
        done = moved(world, run, read)
        somebody.rollback()
    assert (done.moved, done.left) == (1, (world.row(changed)["id"], world.row(locked)["id"]))
    assert world.row(free)["holder_office"] == "TT-26740"
    assert [entry["act"] for entry in world.entries(changed)][-1] == "receive"
    assert moved(world, run, read).left == tuple(one.id for one in read if one.id != world.row(locked)["id"])
    assert (world.row(locked)["holder_office"], world.row(changed)["holder_office"]) == ("TT-26740", "UB-760-C")
    tally = apply_all(world.runtime, run)
    assert (tally.moved, tally.busy) == (1, 0)
    assert world.row(changed)["holder_office"] == "UB-26740", "decided again by the long way"
    assert {one["act"] for code in (changed, locked, free) for one in world.entries(code)[-1:]} == {"reform"}
    world.check()


def test_every_dossier_has_a_salt_of_its_own(night: tuple[World, Run, list[str]]) -> None:
    world, run, codes = night
    assert moved(world, run, planned(world, run)).moved == len(codes)
    with world.reading() as connection:
        salts = connection.execute(select(journal_private.c.salt)).scalars().all()
    assert len(set(salts)) == len(salts) and {len(salt) for salt in salts} == {16}
    world.check()


def test_a_plan_that_names_other_offices_is_not_followed_by_the_statement(night: tuple[World, Run, list[str]]) -> None:
    """The version guards the offices; the statement looks at them all the same, and leaves what it does not expect."""
    world, run, (code, *_) = night
    world.tamper(f"UPDATE dossiers SET offices = offices || '{{\"handler\": \"UB-760-D\"}}' WHERE code = '{code}'")
    done = moved(world, run, planned(world, run))
    assert (done.moved, done.left) == (2, (world.row(code)["id"],))


def test_a_json_string_is_written_alike_by_both(world: World) -> None:
    texts = [chr(n) for n in range(1, 0x3000)] + [
        chr(n) for n in range(0x3000, 0x110000, 97) if not 0xD800 <= n < 0xE000
    ]
    with world.reading() as connection:
        given = [array_of(journal.c.body, texts)]
        told = run(connection, "SELECT to_json(one)::text FROM unnest($1::text[]) AS one", given, [1])
    assert [one for (one,) in told] == [canonical(one).decode() for one in texts]
