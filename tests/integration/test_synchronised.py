"""The indicator *synchronised on time* agrees with a recount from the tellings and from what the portal holds."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.acts.portal.again import resend_dossiers, retry_portal
from engine.clock import midnight
from engine.queries.index_766 import weights_on
from engine.queries.indicators import indicators, listed_dossiers
from engine.store.dossiers import dossiers
from tests.doubles.process import Running
from tests.installation.lived import OVERSEER, asked, live
from tests.installation.portal import Connected, connected_anew
from tests.installation.world import BRANCH, World
from tests.integration.test_indicators import MONTH, PERIODS

BOUND = dt.timedelta(minutes=15)


@pytest.fixture
def linked(world: World, portal_double: Running, monkeypatch: pytest.MonkeyPatch) -> Connected:
    """Three weeks of dossiers; the portal is told at once, some hours later, refuses, or loses what it took."""
    linked, dice, act = connected_anew(world, portal_double), random.Random(5), World.try_act

    def act_and_tell(self: World, *given: Any, **named: Any) -> Any:
        answer = act(self, *given, **named)
        if dice.random() < 0.95:
            self.now += dt.timedelta(minutes=dice.choice((*[0] * 20, 1, 14, 40)))
            monkeypatch.setattr(World, "try_act", act)
            linked.faults(refuse=0.01, forget=0.01, seed=dice.randrange(1000))
            linked.tell(2)
            monkeypatch.setattr(World, "try_act", act_and_tell)
        return answer

    monkeypatch.setattr(World, "try_act", act_and_tell)
    live(world, 18)
    monkeypatch.setattr(World, "try_act", act)
    linked.faults()
    settle(linked)
    return linked


def settle(linked: Connected) -> None:
    """Some of what is stuck is tried again, some is told as a whole, some stays; the portal loses and alters a few."""
    world = linked.world
    codes = sorted(codes_of(world))
    stuck = [code for code in codes if any(row.status == "parked" for row in linked.rows(code))]
    world.act("system", resend_dossiers, stuck[::2], "gửi lại")
    linked.tell()
    late = recounted(linked, midnight(MONTH.start), world.now)[2]
    lost, altered = [code for code in codes if code not in late][:2]
    linked.change(("lose", lost, {}), ("alter", altered, {"TrangThaiHoSo": "1"}))
    assert linked.compare().ended


def codes_of(world: World) -> set[str]:
    with world.reading() as connection:
        return set(connection.execute(select(dossiers.c.code)).scalars())


def took(rows: list[Any], number: int, now: dt.datetime) -> dt.timedelta:
    """How long after its event the portal knew of a telling; of one that was dropped, by the whole telling after it."""
    row, known = rows[number], rows[number].first_sent_at
    if row.status == "dropped" and known is None:
        wholes = [one.first_sent_at for one in rows[number + 1 :] if one.kind == "dossier" and one.first_sent_at]
        known = min(wholes) if wholes else None
    return (known or now) - row.at  # type: ignore[no-any-return]  # a row of the driver


def recounted(linked: Connected, start: dt.datetime, end: dt.datetime) -> tuple[set[str], set[str], set[str]]:
    """The codes that achieve it, those that count, and those of them that were told late."""
    world, held, open_ = linked.world, linked.records(), {one.code for one in linked.found()}
    part, of, late = set(), set(), set()
    for code in codes_of(world):
        received = world.row(code)["received_at"]
        if received is None or not start <= received < end or world.row(code)["source"]:
            continue
        of.add(code)
        rows = linked.rows(code)
        events = [took(rows, at, world.now) for at, row in enumerate(rows) if row.at < min(end, world.now)]
        if max(events, default=dt.timedelta.max) > BOUND:
            late.add(code)
        elif code in held and code not in open_:
            part.add(code)
    return part, of, late


def test_the_figure_and_both_lists_agree_with_a_recount(linked: Connected) -> None:
    world, seen = linked.world, 0
    for wanted in PERIODS:
        part, of, late = recounted(linked, midnight(wanted.start), midnight(wanted.end + dt.timedelta(days=1)))
        (figure,) = [one for one in asked(world, OVERSEER, indicators, wanted).figures if is_it(one)]
        assert (figure.part, figure.of) == (len(part), len(of)), wanted
        for side, codes in (("numerator", part), ("denominator", of)):
            page = asked(world, OVERSEER, listed_dossiers, "synchronised", side, wanted, limit=100)
            assert {line.code for line in page.lines} == codes, (side, wanted)
        seen += bool(part and late and of - part - late)
    assert seen, "at least one period has dossiers in time, late ones, and ones that differ"
    (whole,) = [one for one in asked(world, OVERSEER, indicators, MONTH).figures if is_it(one)]
    lines = [one for one in asked(world, OVERSEER, indicators, MONTH, "office").figures if is_it(one)]
    assert BRANCH in {one.within for one in lines}
    assert (sum(one.part for one in lines), sum(one.of for one in lines)) == (whole.part, whole.of)
    assert (whole.points, whole.most) == weights_on(MONTH.end).of("synchronised", whole.part, whole.of)


def test_what_ends_a_difference_what_hides_no_lateness_and_what_counts_at_all(linked: Connected) -> None:
    world = linked.world
    before = recounted(linked, midnight(MONTH.start), world.now)
    world.act("system", retry_portal, "thử lại")
    world.act("system", resend_dossiers, sorted(codes_of(world)), "gửi lại cả")
    linked.tell(200)
    world.now += dt.timedelta(hours=1)
    assert linked.compare().ended and not linked.found()
    (figure,) = [one for one in asked(world, OVERSEER, indicators, MONTH).figures if is_it(one)]
    assert figure.of == len(before[1]) and len(before[0]) < figure.part < figure.of
    still_late = recounted(linked, midnight(MONTH.start), world.now)[2]
    assert before[2] <= still_late and figure.part == figure.of - len(still_late)

    elsewhere = min(recounted(linked, midnight(MONTH.start), world.now)[0])
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, portal=None))
    world.land_at("checking")
    connected_anew(world, linked.double)
    mirrored = update(dossiers).where(dossiers.c.code == elsewhere).values(source="bo-xay-dung")
    world.try_act("system", lambda unit: unit.begin().execute(mirrored) and None)
    (after,) = [one for one in asked(world, OVERSEER, indicators, MONTH).figures if is_it(one)]
    assert (after.part, after.of) == (figure.part - 1, figure.of), "one never told more, one of another system less"


def is_it(figure: Any) -> bool:
    return bool(figure.indicator.key == "synchronised")
