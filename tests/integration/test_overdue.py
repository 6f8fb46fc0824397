"""*Overdue* has two homes, one for a row in hand and one for the database: they say the same of every dossier."""

from __future__ import annotations

import datetime as dt
from itertools import product

from sqlalchemy import select, update

from engine.rules.deadlines.timing import is_overdue
from engine.store.dossiers import dossiers
from engine.store.overdue import overdue_at
from tests.installation.world import World

CLOCKS = ("not_started", "running", "paused", "stopped")
MINUTE = dt.timedelta(minutes=1)


def test_the_rule_and_its_twin_in_sql_agree_on_every_clock_and_due_moment(world: World) -> None:
    code, now = world.file("counter").case.code, world.now
    seen = dict[tuple[str, dt.datetime | None], tuple[bool, bool, bool]]()
    for clock, due in product(CLOCKS, (None, now - MINUTE, now, now + MINUTE)):
        values = {"clock": clock, "due_at": due}
        change = update(dossiers).where(dossiers.c.code == code).values(values)
        world.try_act("system", lambda unit, change=change: unit.begin().execute(change))
        with world.reading() as connection:
            of_this = select(overdue_at(now), ~overdue_at(now)).where(dossiers.c.code == code)
            told, denied = connection.execute(of_this).one()
        seen[clock, due] = (bool(told), bool(denied), is_overdue(clock, due, now))
    assert all(told == rule and denied != rule for told, denied, rule in seen.values()), seen
    assert [key for key, (told, _, _) in seen.items() if told] == [("running", now - MINUTE)]
