"""Many rows written in one statement: every value comes back as it was, and only free dossiers are touched."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from engine.store.dossiers import code_counters, dossiers
from engine.store.journal import journal_private
from engine.store.sql.bulk import Part, insert_rows, write_together
from engine.transaction import UnitOfWork
from tests.installation.world import World

STRANGE = ("", "NULL", '{"a", b}', "a\\b\n\t'", "Đặng Thị Đào 🏠", "x" * 39)
MOMENT = dt.datetime(1999, 12, 31, 23, 59, 59, 999_999, dt.timezone(dt.timedelta(hours=7)))


def test_values_come_back_as_they_were(world: World) -> None:
    counters = [{"office": text, "day": "2026-02-20", "last": n} for n, text in enumerate(STRANGE)]
    private = [
        {
            "dossier_id": n,
            "number": 2**31 - 1,
            "salt": bytes([n]) * 16,
            "data": data,
            "erased_at": MOMENT if n else None,
        }
        for n, data in enumerate([{"reason": text} for text in STRANGE] + [{}, {"list": [1, 2.5, None, "ă"]}])
    ]

    def write(unit: UnitOfWork) -> None:
        insert_rows(unit.begin(), code_counters, counters)
        insert_rows(unit.begin(), journal_private, private)
        insert_rows(unit.begin(), code_counters, [counters[0] | {"last": 9}], new_only=True)

    world.try_act("system", write)
    with world.reading() as connection:
        found = connection.execute(select(code_counters).order_by(code_counters.c.last)).mappings()
        assert [dict(row) for row in found] == counters
        kept = connection.execute(select(journal_private).order_by(journal_private.c.dossier_id)).mappings()
        assert [dict(row) for row in kept] == private


def test_what_changed_since_it_was_read_is_left_alone(world: World) -> None:
    ids = {world.row(code)["id"]: world.row(code)["version"] for code in (world.land_at("checking") for _ in range(3))}
    first, second, third = ids
    assert written(world, ids | {second: ids[second] - 1}) == {first, third}


@pytest.mark.parametrize("world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_what_somebody_works_on_is_not_waited_for(world: World) -> None:
    ids = {world.row(code)["id"]: world.row(code)["version"] for code in (world.land_at("checking") for _ in range(2))}
    first, second = ids
    with world.database.connect() as somebody:
        somebody.execute(select(dossiers).where(dossiers.c.id == first).with_for_update())
        assert written(world, ids) == {second}
        somebody.rollback()
    assert written(world, ids) == {first, second}


def written(world: World, versions: dict[int, int]) -> set[int]:
    """Of which dossiers something was written, when a place and a reason are to be: of the same in both tables."""
    place = f"9{len(world.everything()['journal_private'])}"
    numbers = [{"dossier_id": one, "number": int(place), "salt": b"0" * 16, "data": {}} for one in versions]
    parts = [
        Part(dossiers, [{"id": one, "place": place} for one in versions], ("id",), of="id"),
        Part(journal_private, numbers),
    ]
    done = world.try_act("system", lambda unit: write_together(unit.begin(), dossiers, versions, parts))
    with world.reading() as connection:
        placed = connection.execute(select(dossiers.c.id).where(dossiers.c.place == place)).scalars()
        told = select(journal_private.c.dossier_id).where(journal_private.c.number == int(place))
        assert set(placed) == set(connection.execute(told).scalars()) == done
    return set(done)
