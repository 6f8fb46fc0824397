"""How quickly dossiers of a kind were ready: counted from the finished ones, told from thirty on."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from sqlalchemy import insert, select

from engine.acts.count_paces import count_paces
from engine.queries.citizen_page import citizen_page
from engine.rules.deadlines.pace import FEWEST
from engine.store.dossiers import applicants, dossiers
from engine.store.paces import paces
from engine.transaction import in_transaction
from tests.installation.short_releases import LAND
from tests.installation.world import LONG_KHANH, World


def finished(world: World, number: int, days: int = 2, **changes: object) -> None:
    """So many dossiers that became ready ``days`` after they were received on 2 March."""
    with world.reading() as connection:
        known = connection.execute(select(dossiers.c.code).order_by(dossiers.c.id).limit(1)).scalar()
    like = world.row(known or world.land_at("checking"))
    with world.reading() as connection:
        person = connection.execute(select(applicants).where(applicants.c.dossier_id == like["id"])).mappings().one()

    def write(unit: object) -> None:
        connection = unit.begin()  # type: ignore[attr-defined]
        for _ in range(number):
            mark = uuid4().hex[:20]
            row = like | {"code": f"H75-{mark}", "state": "ready", "portal": 9, "clock": "stopped", "link_hash": mark}
            row |= {"finished_at": like["started_at"] + dt.timedelta(days=days), "parent_id": None, **changes}
            row.pop("id")
            made = connection.execute(insert(dossiers), row).inserted_primary_key
            connection.execute(insert(applicants), dict(person) | {"dossier_id": made[0]})

    in_transaction(world.runtime, world.actor("admin"), write)  # type: ignore[arg-type]


def counted(world: World) -> list[tuple[str, str, int, int]]:
    with world.reading() as connection:
        return [(row.procedure, row.office, row.dossiers, row.days) for row in connection.execute(select(paces))]


def test_is_told_from_thirty_dossiers_on(world: World) -> None:
    finished(world, FEWEST - 1)
    world.at("2026-04-01 08:00")
    assert count_paces(world.runtime) == 0 and counted(world) == []
    finished(world, 1)
    assert count_paces(world.runtime, anew=True) == 1
    assert counted(world) == [(LAND, LONG_KHANH, FEWEST, 2)]


def test_one_in_ten_may_take_longer_and_what_ended_without_a_result_does_not_count(world: World) -> None:
    finished(world, 27, days=2)
    finished(world, 3, days=10)
    finished(world, 40, days=1, portal=7, state="withdrawn")
    world.at("2026-04-01 08:00")
    count_paces(world.runtime)
    assert counted(world) == [(LAND, LONG_KHANH, 30, 2)]


def test_is_counted_once_a_day_and_a_year_later_no_more(world: World) -> None:
    finished(world, FEWEST)
    world.at("2026-04-01 08:00")
    assert [count_paces(world.runtime), count_paces(world.runtime)] == [1, 0]
    world.at("2027-04-01 08:00")
    assert count_paces(world.runtime) == 0 and counted(world) == []


def test_the_page_of_a_dossier_shows_it_until_it_is_ready(world: World) -> None:
    code = world.land_at("checking")
    finished(world, FEWEST)
    world.at("2026-04-01 08:00")
    count_paces(world.runtime)
    page = in_transaction(world.runtime, world.citizen(code), lambda unit: citizen_page(unit, code), now=world.now)
    assert page.pace is not None
    assert (page.pace.dossiers, page.pace.days, page.pace.until) == (FEWEST, 2, dt.date(2026, 3, 31))
