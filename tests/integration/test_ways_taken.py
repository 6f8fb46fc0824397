"""What really happened: variants, steps and live figures agree with a plain reading of the journal."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import select

from engine.errors import InvalidInput
from engine.queries.histories import Asked, Lately, must_be_short, taken_lately, taken_ways
from engine.queries.state_figures import state_figures
from engine.queries.step_times import By, StepLine, step_times
from engine.queries.ways import Ways, ways
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork
from tests.installation.lived import OVERSEER, STRANGER, asked, live
from tests.installation.short_releases import LAND
from tests.installation.world import BRANCH, LONG_KHANH, World, open_world

MARCH = Asked(procedure=LAND, start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world("sqlite", tmp_path_factory.mktemp("lived")) as made:
        yield live(made)


def ways_in(unit: UnitOfWork, question: Asked) -> Ways:
    return ways(unit, taken_ways(unit, question))


def times_in(unit: UnitOfWork, question: Asked, by: By | None = None) -> tuple[StepLine, ...]:
    return step_times(unit, taken_ways(unit, question), by)


def stays(world: World, ended: bool) -> dict[str, list[tuple[str, dt.datetime]]]:
    """The states of each land dossier with the moments of arrival, by code."""
    with world.reading() as connection:
        rows = connection.execute(select(dossiers.c.code, dossiers.c.finished_at).where(dossiers.c.procedure == LAND))
        codes = [row.code for row in rows if (row.finished_at is not None) is ended]
    return {
        code: [
            (body["changes"]["state"], dt.datetime.fromisoformat(body["at"]))
            for body in world.entries(code)
            if "state" in body["changes"]
        ]
        for code in codes
    }


def test_variants_are_the_ways_that_the_journals_tell(lived: World) -> None:
    found = asked(lived, OVERSEER, ways_in, MARCH)
    expected = Counter(tuple(state for state, _ in way) for way in stays(lived, ended=True).values())
    assert {one.states: one.dossiers for one in found.found.variants} == expected
    assert found.found.dossiers == expected.total() and len(expected) > 2
    assert found.main == ("new", "accepted", "checking", "signing", "ready", "returned")
    numbers = [one.dossiers for one in found.found.variants]
    assert numbers == sorted(numbers, reverse=True)
    main = set(pairwise(found.main))
    for one in found.found.variants:
        aside = [step for step in pairwise(one.states) if step not in main]
        assert one.left_at == (aside[0][0] if aside else None)
        assert one.taken is not None and 0 < one.taken.median <= one.taken.p90 <= one.taken.longest
        assert len(one.sample) == min(one.dossiers, 5) and one.taken.count == one.dossiers
    asides = {(one.source, one.target): one for one in found.found.asides}
    assert asides["checking", "supplement"].kind == "allowed"
    assert sum(one.times for one in asides.values()) == sum(
        number * sum(step not in main for step in pairwise(way)) for way, number in expected.items()
    )
    assert asked(lived, STRANGER, ways_in, MARCH).found.dossiers == 0


def test_a_step_that_no_action_leads_to_is_told_as_unforeseen(world: World) -> None:
    """The journal is made to tell of a way back to the beginning, which the workflow file does not know."""
    code = live(world, dossiers=1) and world.land_at("checking")
    world.do("specialist", code, "finish_review")
    world.tamper(
        'UPDATE journal SET body = replace(body, \'"state":"signing"\', \'"state":"new"\') '
        f"WHERE dossier_id = {world.row(code)['id']}",
        f"UPDATE dossiers SET finished_at = entered_at WHERE id = {world.row(code)['id']}",
    )
    kinds = {(one.source, one.target): one.kind for one in asked(world, OVERSEER, ways_in, MARCH).found.asides}
    assert kinds["checking", "new"] == "unforeseen"


@pytest.mark.parametrize("by", [None, "office", "month", "version"])
def test_step_times_are_the_stays_of_the_journal_in_working_minutes(lived: World, by: str | None) -> None:
    calendar = lived.runtime.catalogue.calendar("vn")  # no office of this world has hours of its own
    taken: dict[str, list[int]] = defaultdict(list)
    for way in stays(lived, ended=True).values():
        for (state, came), (_, left) in pairwise(way):
            taken[state].append(calendar.working_minutes_between(came, left))
    lines = asked(lived, OVERSEER, times_in, MARCH, by)
    counted: Counter[str] = Counter()
    for line in lines:
        counted[line.state] += line.spread.count
        assert line.spread.longest <= max(taken[line.state])
    assert counted == {state: len(minutes) for state, minutes in taken.items()}
    if by is None:
        for line in lines:
            minutes = sorted(taken[line.state])
            below = sum(one < line.spread.median for one in minutes), sum(one <= line.spread.median for one in minutes)
            assert line.spread.median in minutes and below[0] < len(minutes) / 2 <= below[1]
            below = sum(one < line.spread.p90 for one in minutes), sum(one <= line.spread.p90 for one in minutes)
            assert line.spread.p90 in minutes and below[0] < len(minutes) * 0.9 <= below[1]
    within = {line.within for line in lines}
    expected = {None: {None}, "office": {LONG_KHANH, BRANCH}, "month": {"2026-03"}, "version": {"1"}}[by]
    assert within == expected


def test_live_figures_are_what_stands_in_each_state_and_what_of_it_is_late(lived: World) -> None:
    figures = asked(lived, OVERSEER, state_figures, LAND, list_of=lambda state: f"/queue/{state}").by_state
    standing: dict[str, list[bool]] = defaultdict(list)
    with lived.reading() as connection:
        for row in connection.execute(select(dossiers).where(dossiers.c.procedure == LAND)):
            if row.finished_at is None or row.holder_office is not None:
                due = row.clock == "running" and row.due_at is not None and row.due_at < lived.now
                step = row.step_due_at is not None and row.step_due_at < lived.now
                standing[row.state].append(due or step)
    assert {state: one.dossiers for state, one in figures.items()} == {key: len(all_) for key, all_ in standing.items()}
    for state, one in figures.items():
        assert one.late == sum(standing[state]) / len(standing[state]) and one.href == f"/queue/{state}"
    assert any(one.late > 0 for one in figures.values()) and "returned" not in figures
    assert asked(lived, STRANGER, state_figures, LAND).by_state == {}
    own = asked(lived, OVERSEER, state_figures, LAND, office=BRANCH).by_state
    assert own and sum(one.dossiers for one in own.values()) < sum(one.dossiers for one in figures.values())
    assert asked(lived, OVERSEER, state_figures, LAND, version=2).by_state == {}


def test_a_report_over_journals_has_a_longest_period() -> None:
    must_be_short(Asked(procedure=LAND, start=dt.date(2026, 1, 1), end=dt.date(2026, 4, 2)))
    with pytest.raises(InvalidInput):
        must_be_short(Asked(procedure=LAND, start=dt.date(2026, 1, 1), end=dt.date(2026, 4, 3)))


def test_where_many_ended_those_that_ended_last_are_read(world: World) -> None:
    """Of dossiers that ended at the same moment the newer ones, so that there are never more, nor none."""
    live(world, dossiers=6)
    world.tamper(f"UPDATE dossiers SET finished_at = entered_at WHERE procedure = '{LAND}' AND finished_at IS NULL")
    with world.reading() as connection:
        of_land = select(dossiers.c.code).where(dossiers.c.procedure == LAND, dossiers.c.finished_at.is_not(None))
        ended = list(connection.execute(of_land.order_by(dossiers.c.finished_at, dossiers.c.id)).scalars())

    for alike in (False, True):
        if alike:
            last = "(SELECT max(finished_at) FROM dossiers)"
            world.tamper(f"UPDATE dossiers SET finished_at = {last} WHERE finished_at IS NOT NULL")
            ended.sort(key=lambda code: world.row(code)["id"])
        for most in range(1, len(ended) + 1):
            read: Lately = asked(world, OVERSEER, taken_lately, MARCH, most)
            assert {one.head.code for one in read.taken} == set(ended[-most:])
            assert read.since == (world.row(ended[-most])["finished_at"] if most < len(ended) else None)
        for who in (OVERSEER, STRANGER):
            lately = asked(world, who, taken_lately, MARCH, len(ended)).taken
            assert lately == tuple(asked(world, who, lambda unit: tuple(taken_ways(unit, MARCH))))
