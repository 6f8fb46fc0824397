"""Reports that read counts kept by the database tell the same as counting every dossier anew."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from sqlalchemy import Connection, select, update

from engine.acts.file_dossier import file_dossier
from engine.clock import LOCAL, civil_day
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.dossiers import dossiers
from engine.store.reports import DONE, finished_by_day, finished_by_week, on_time
from engine.store.visibility import visible_dossiers
from tests.installation.world import BRANCH, LONG_KHANH, SAI_GON, TAX, World

FIRST = dt.date(2025, 7, 1)
OFFICES = ("UB-26080", "UB-26098", BRANCH)
READERS = {
    "handles": ((BRANCH, "leader", "75"),),
    "received": ((LONG_KHANH, "counter", "75"),),
    "both": ((BRANCH, "leader", "75"), (LONG_KHANH, "counter", "75")),
    "oversees": (("UB-75", "monitor", "75"),),
    "oversees and handles": (("UB-79", "monitor", "79"), (BRANCH, "leader", "75")),
    "elsewhere": ((SAI_GON, "counter", "79"),),
    "also has a part": ((TAX, "tax", "75"),),
}


def reader(name: str) -> Actor:
    held = tuple(Membership(office, role, FIRST, None, province) for office, role, province in READERS[name])
    return Actor("staff", name, person_id=1, memberships=held)


@pytest.fixture
def stirred(world: World) -> World:
    """A dozen dossiers that end, come back and pass on, over ten days, by updates of their rows as acts do them."""
    dice = random.Random(5)
    codes = [world.try_act("counter", file_dossier, world.filing()).case.code for _ in range(12)]
    for _ in range(90):
        moment = world.now + dt.timedelta(hours=dice.randrange(240))
        values = {
            "handler_office": dice.choice(OFFICES),
            "province": dice.choice(("75", "75", "79")),
            "portal": dice.choice((4, 7, 9, 10, 3)),
            "finished_at": dice.choice((None, moment, moment)),
            "promised_at": dice.choice((None, moment - dt.timedelta(hours=1), moment + dt.timedelta(hours=1))),
            "received_at": world.now,
            "clock": dice.choice(("running", "paused", "stopped")),
            "due_at": dice.choice((None, moment)),
            "supplements": dice.randrange(3),
        }
        some = dice.sample(sorted(values), dice.randrange(3, 8))
        change = update(dossiers).where(dossiers.c.code == dice.choice(codes))
        change = change.values({name: values[name] for name in some})
        world.try_act("system", lambda unit, change=change: unit.begin().execute(change))
    world.now += dt.timedelta(days=6)
    return world


def test_the_database_counts_what_ended_by_day(stirred: World) -> None:
    counted: Counter[tuple[str, dt.date, str]] = Counter()
    late: Counter[tuple[str, dt.date, str]] = Counter()
    with stirred.reading() as connection:
        kept = connection.execute(select(finished_by_day)).all()
        for row in connection.execute(select(dossiers)).all():
            if row.finished_at is not None and row.portal in DONE:
                key = (row.province, civil_day(row.finished_at), row.handler_office)
                counted[key] += 1
                late[key] += row.promised_at is not None and row.finished_at > row.promised_at
    assert {(row.province, row.day, row.office): row.finished for row in kept if row.finished} == counted
    assert {(row.province, row.day, row.office): row.late for row in kept if row.late} == +late
    assert len(counted) > 2


def test_the_database_counts_the_same_by_week(stirred: World) -> None:
    finished: Counter[tuple[str, dt.date, str]] = Counter()
    late: Counter[tuple[str, dt.date, str]] = Counter()
    with stirred.reading() as connection:
        for row in connection.execute(select(finished_by_day)).all():
            key = (row.province, row.day - dt.timedelta(days=row.day.weekday()), row.office)
            finished[key] += row.finished
            late[key] += row.late
        kept = connection.execute(select(finished_by_week)).all()
    assert {(row.province, row.week, row.office): row.finished for row in kept} == finished
    assert {(row.province, row.week, row.office): row.late for row in kept} == late
    assert len({week for _, week, _ in finished}) > 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (dt.date(2026, 3, 3), dt.date(2026, 3, 9)),  # no whole week
        (dt.date(2026, 3, 2), dt.date(2026, 3, 8)),  # one, and nothing else
        (dt.date(2026, 3, 1), dt.date(2026, 3, 10)),  # with days around it
        (dt.date(2026, 2, 23), dt.date(2026, 3, 11)),  # two, and days after them
    ],
)
def test_the_report_tells_what_the_reader_may_see(stirred: World, first: dt.date, last: dt.date) -> None:
    with stirred.reading() as connection:
        for name in READERS:
            asked, seen = (connection, reader(name), first, last, stirred.now), 0
            for office in (None, *OFFICES):
                wanted = counted_anew(*asked, office)
                assert {row.office: tuple(row)[1:] for row in on_time(*asked, office)} == wanted, (name, office)
                seen += len(wanted)
            assert (seen > 0) == (name != "elsewhere")


def counted_anew(
    connection: Connection, actor: Actor, first: dt.date, last: dt.date, now: dt.datetime, office: str | None
) -> dict[str, tuple[int, int, int]]:
    """The same from the rows, one by one."""
    figures: dict[str, list[int]] = {}
    provinces, offices = actor.monitored_provinces(now.date()), actor.offices(now.date())
    end = min(now, dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), LOCAL))
    for row in connection.execute(select(dossiers).where(visible_dossiers(actor, now.date()))).all():
        if provinces and row.province not in provinces and row.handler_office not in offices:
            continue  # those who oversee are not told of what others handle elsewhere
        if office not in (None, row.handler_office):
            continue
        line = figures.setdefault(row.handler_office, [0, 0, 0])
        if row.finished_at is not None:
            if row.portal in DONE and first <= civil_day(row.finished_at) <= last:
                line[0] += 1
                line[1] += row.promised_at is not None and row.finished_at > row.promised_at
        elif row.received_at is not None:
            overdue = row.clock == "running" and row.due_at is not None and row.due_at < end
            line[2] += overdue or row.supplements > 1
    return {name: (line[0], line[1], line[2]) for name, line in figures.items() if any(line)}
