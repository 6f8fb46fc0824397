"""Random countries, successions, dossiers and kills, on a real database: one reorganisation after the other.

The planner alone is looked at in ``tests/unit/test_reform_properties.py``; here plans are carried out, broken off at
any statement, taken back and made again, and every dossier's row, journal, clocks and notices are looked at afterwards.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, or_, select

from cli.seed import seed
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.decide import decide
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import Run, ids_standing, open_run
from engine.clock import civil_day
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.procedure.definition import Effective, Field, Release, Role, Route, Sla, Term, TermBranch
from engine.rules.procedure.permissions import Actor, Membership
from engine.rules.reform.policy import Reform
from engine.store.clocks import clocks
from engine.store.dossier_lists import list_dossiers
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.list_filters import Filters
from engine.store.outbox import outbox
from engine.store.plans import reform_items
from tests import shared_run
from tests.installation.content import Content
from tests.installation.releases import text
from tests.installation.short_releases import short_release
from tests.installation.world import APPLICANT, World
from tests.unit.test_reform_properties import POLICIES, Country, countries
from tests.unit.test_territory_properties import DAYS

KEPT = ("code", "intake_office", "state", "portal", "clock", "term", "pauses", "extensions", "due_at", "promised_at")
TIMES = ("filed_at", "received_at", "started_at", "entered_at", "step_due_at", "finished_at", "link_hash")
MOST_KILLS = 4


class Killed(BaseException):
    """Nothing of the process is left."""


@contextmanager
def world_of(country: Country) -> Iterator[World]:
    """A database of its own with the country published."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-random-"))
    shutil.copyfile(shared_run.sqlite_template(), folder / "world.sqlite")
    world = World(f"sqlite:///{folder / 'world.sqlite'}", folder)
    world.at(f"{DAYS[0]} 08:00")
    try:
        seed(world.runtime, content_of(country))
        yield world
    finally:
        world.database.dispose()
        shutil.rmtree(folder)


def content_of(country: Country) -> Content:
    """The country with one procedure, to be published."""
    return Content(
        territory=country.known.territory,
        offices=[replace(one, identifier=one.code) for one in country.offices],
        competences=country.known.competences,
        templates={},
        releases=[procedure()],
    )


def procedure() -> Release:
    """Decided by whoever is competent for X, with a part for the tax office."""
    return short_release(
        "X",
        "Thủ tục",
        Route(by="competent", place="land.commune"),
        Sla((TermBranch(Term(400, "working_day")),)),
        {"land.commune": Field("unit", text("Nơi có đất", "Commune"), required=True)},
        routing={
            "intake": Route(by="any_commune_in_province"),
            "handler": Route(by="competent", place="land.commune"),
            "tax": Route(by="competent:tax", place="land.commune"),
        },
        roles={
            "counter": Role(text("Tiếp nhận", "Counter"), "intake"),
            "specialist": Role(text("Chuyên viên", "Specialist"), "handler"),
            "tax": Role(text("Thuế", "Tax"), "tax"),
        },
        effective=Effective(DAYS[0]),
    )


def file_those_of(world: World, country: Country, start: dt.date, end: dt.date) -> None:
    """Files the dossiers of a time, half of them received."""
    for one in country.dossiers:
        if start <= one.placed_on < end:
            world.at(f"{one.placed_on} 09:00")
            given = {"land.commune": one.place}
            filing = Filing(
                procedure="X",
                applicant=APPLICANT | {"commune": one.place},
                intake_office=one.desks["intake"],
                fields=given,
                receive=one.id % 2 == 0,
            )
            here = (Membership(filing.intake_office, "counter", DAYS[0], None, "01"),)
            world.try_act(Actor("staff", "Người tiếp nhận", 1, here), file_dossier, filing)


def rows(world: World) -> dict[int, dict[str, Any]]:
    with world.reading() as connection:
        return {row["id"]: dict(row) for row in connection.execute(select(dossiers)).mappings()}


def armed(world: World) -> list[tuple[Any, ...]]:
    with world.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(select(clocks)))


def told(world: World) -> int:
    with world.reading() as connection:
        moved = select(func.count()).select_from(outbox).where(outbox.c.template == "chuyen-co-quan")
        return int(connection.execute(moved).scalar_one())


@contextmanager
def dying_after(database: Engine, statements: int) -> Iterator[None]:
    """Whatever asks the database for more than so many statements is killed, and all that comes after."""
    left = [statements]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    event.listen(database, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(database, "before_cursor_execute", count)


def through_kills(world: World, draw: st.DataObject, act: Any) -> None:
    """Runs something that is killed again and again, and then comes to its end."""
    for statements in draw.draw(st.lists(st.integers(0, 60), max_size=MOST_KILLS)):
        try:
            with dying_after(world.database, statements):
                act()
        except Killed:
            continue
        break
    act()


def carried_out(world: World, reform: Reform, draw: st.DataObject) -> Run:
    path = Path(str(world.database.url.database)).with_name("plan.json")
    assert make_plan(world.runtime, reform, path).without == []
    through_kills(world, draw, lambda: load_plan(world.runtime, read_plan(path)))
    reform_id = load_plan(world.runtime, read_plan(path))
    through_kills(world, draw, lambda: _applied(world, reform_id))
    return open_run(world.runtime, reform_id)


def _applied(world: World, reform_id: int) -> None:
    run = open_run(world.runtime, reform_id)
    if run.state != "applied":
        apply_all(world.runtime, run)


def decided(world: World, run: Run, draw: st.DataObject) -> None:
    """A person decides until nobody waits."""
    said = {"by": "staff:1", "legal": "QĐ 1", "reason": "Đã xem thực địa"}
    for _ in range(40):
        with world.reading() as connection:
            waiting = ids_standing(connection, run, "person", 0, 1)
            if not waiting:
                return
            item = select(reform_items.c.chosen).where(reform_items.c.dossier_id == waiting[0])
            chosen = connection.execute(item.where(reform_items.c.reform_id == run.id)).scalar_one() or ()
            (live,) = run.reader.of_ids(connection, waiting, {waiting[0]: chosen}).values()
        still_open = next(one for one in run.planner.decide(live).passages if one.candidates)
        communes = sorted({one.commune for one in still_open.candidates})
        world.try_act("system", decide, run, waiting[0], draw.draw(st.sampled_from(communes)), **said)
    raise AssertionError("decisions do not come to an end")


def check_night(world: World, before: dict[int, dict[str, Any]], clocks_before: list[Any], date: dt.date) -> None:
    """Nothing lost or doubled, every desk at an office of the new order, no clock touched, journals that fold."""
    after = rows(world)
    assert after.keys() == before.keys()
    for number, row in after.items():
        old = before[number]
        assert {name: row[name] for name in (*KEPT, *TIMES)} == {name: old[name] for name in (*KEPT, *TIMES)}
        assert row["offices"].keys() == old["offices"].keys()
        for code in {*row["offices"].values(), row["handler_office"], row["holder_office"]} - {None}:
            office = world.runtime.catalogue.offices[code]
            assert office.valid(date), f"{row['code']} is left at {code}"
    assert armed(world) == clocks_before
    world.check()
    check_found(world, after)


def check_found(world: World, after: dict[int, dict[str, Any]]) -> None:
    """Whoever has a part in a dossier, through whatever chain of reforms, finds it by words."""
    with world.reading() as connection:
        for number, row in after.items():
            lasts = or_(dossier_offices.c.until.is_(None), dossier_offices.c.until > civil_day(world.now))
            parts = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == number, lasts)
            held = [(office, "specialist", "-") for office in connection.execute(parts).scalars()]
            for office, role, province in [*held, ("-", "monitor", row["province"])]:
                actor = Actor("staff", "Người tìm", 1, (Membership(office, role, DAYS[0], None, province),))
                text = Filters(text=f"{row['code']} {APPLICANT['name']}")
                assert [one["id"] for one in list_dossiers(connection, actor, text, world.now)] == [number]


@given(countries(), st.data())
@settings(max_examples=8, deadline=None, phases=(Phase.generate,))
def test_through_every_night_and_every_kill_no_dossier_is_lost(country: Country, data: st.DataObject) -> None:
    with world_of(country) as world:
        for start, date in pairwise(DAYS):
            file_those_of(world, country, start, date)
            before, clocks_before, messages = rows(world), armed(world), told(world)
            reform = Reform(f"r{date}", date, text("Sắp xếp", "Reform"), (), POLICIES)
            world.at(f"{date} 00:30")
            run = carried_out(world, reform, data)
            moved = [one for one, row in rows(world).items() if row["version"] != before[one]["version"]]
            assert all(rows(world)[one]["version"] == before[one]["version"] + 1 for one in moved), "moved once"
            desks = [one for one in moved if _others_handle(before[one], rows(world)[one])]
            assert told(world) - messages == 2 * len(desks), "told once, by message and by letter"
            if data.draw(st.booleans()):
                through_kills(world, data, lambda run=run: _taken_back(world, run))
                assert _told_by_rows(rows(world)) == _told_by_rows(before), "the way back is the identity"
                assert armed(world) == clocks_before
                world.check()
                run = carried_out(world, reform, data)
            decided(world, run, data)
            check_night(world, before, clocks_before, date)


def _taken_back(world: World, run: Run) -> None:
    if open_run(world.runtime, run.id).state != "reverted":
        revert_all(world.runtime, run, "Hoãn")


def _others_handle(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old["offices"][desk] != new["offices"][desk] for desk in ("handler", "intake"))


def _told_by_rows(found: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {
        number: {name: value for name, value in row.items() if name not in ("version", "head")}
        for number, row in found.items()
    }
