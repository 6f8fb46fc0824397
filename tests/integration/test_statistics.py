"""Figures survive a reform: the same dossiers by old and by new units, and late ones told by who held the time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.queries.figure_readers import figure_reader
from engine.queries.unit_weeks import by_offices, by_units
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.deadlines.held_time import comings, held_time
from engine.rules.deadlines.timing import read_pauses
from engine.rules.procedure.permissions import Actor, Membership
from engine.rules.territory.counts import count_by_unit
from engine.rules.territory.units import Level
from engine.store.dossiers import dossiers
from engine.store.people import memberships
from engine.store.reports import on_time
from engine.store.statistics import finished_by_place, journals, late_ones
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork
from tests.installation.june import DA_KAO, JULY, PERMIT, SAI_GON, permit, prepare_june, reform_of
from tests.installation.world import APPLICANT, World, moment

OVERSEER = Actor("staff", "overseer", 1, (Membership("UB-79", "monitor", dt.date(2024, 1, 1), None, "79"),))
STRANGER = Actor("staff", "stranger", 2, (Membership("UB-75", "monitor", dt.date(2024, 1, 1), None, "75"),))
FIRST, LAST = dt.date(2025, 6, 1), dt.date(2025, 7, 31)
OLD, NEW = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
DIVISION = """
divisions:
  - {commune: "26737", hamlet: khu pho 1, to: "26737", legal: 1685/NQ-UBTVQH15}
  - {commune: "26737", hamlet: khu pho 2, to: "26740", legal: 1685/NQ-UBTVQH15}
"""
QUARTER = {"land.hamlet": "Khu phố 1"}
Told = dict[tuple[str, bool], tuple[int, int]]


class Night:
    """Dossiers that ended before the reform, passed through it, and were filed after it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = prepare_june(world)
        world.try_act("system", _also_at_tan_dinh, world.person("district"))
        world.at("2025-05-26 08:00")
        self.came_late = permit(world)  # due on 20 June
        world.at("2025-06-10 08:00")
        self.shared = permit(world)  # due on 7 July, 17:00
        ended = [permit(world), permit(world, DA_KAO)]
        self.of_da_kao = ended[1]
        self.divided, self.taken_back = permit(world, DA_KAO, **QUARTER), permit(world, DA_KAO, **QUARTER)
        self.recoded = permit(world, DA_KAO, **{"land.hamlet": "Khu phố 2"})
        world.at("2025-06-20 09:00")
        for code in ended:
            world.do("district", code, "finish")
        make_plan(world.runtime, reform_of(world, DIVISION), folder / "plan.json")
        world.at(JULY)
        self.run = open_run(world.runtime, load_plan(world.runtime, read_plan(folder / "plan.json")))
        assert apply_all(world.runtime, self.run).moved == 6
        self._work_in_july()

    def _work_in_july(self) -> None:
        world = self.world
        fresh = world.file(
            "old_counter",
            at="2025-07-01 09:00",
            procedure=PERMIT,
            intake_office="TT-26740",
            documents=[],
            fields={"land.commune": SAI_GON},
            applicant=APPLICANT | {"commune": SAI_GON},
        ).case.code
        world.do("old_counter", fresh, "receive")
        world.at("2025-07-08 09:00")
        for code in (fresh, self.divided, self.recoded, self.shared, self.came_late):
            world.do("district", code, "finish")

    def told(self, on: dt.date, level: Level = "commune", actor: Actor = OVERSEER) -> Told:
        """(unit, whether it is one of the day) → finished, late."""
        territory = self.world.runtime.catalogue.territory
        eras = sorted({unit.valid_from for unit in territory.units()})
        with self.world.reading() as connection:
            counts = finished_by_place(connection, actor, FIRST, LAST, on, eras, self.world.now)
        lines = count_by_unit(territory, counts, on, level)
        return {(one.unit.id if one.unit else "", one.certain): (one.finished, one.late) for one in lines}


def _also_at_tan_dinh(unit: UnitOfWork, person: int) -> None:
    member = {"person_id": person, "office": "UB-26737", "role": "specialist", "valid_from": NEW}
    unit.begin().execute(insert(memberships), member)


@pytest.fixture
def night(world: World, tmp_path: Path) -> Night:
    return Night(world, tmp_path)


def test_a_report_by_old_and_one_by_new_units_hold_the_same_dossiers(night: Night) -> None:
    by_old, by_new = night.told(OLD), night.told(NEW)
    assert by_old == {
        ("c:26737@2024-01-01", True): (3, 2),
        ("c:26740@2024-01-01", True): (3, 2),
        ("c:26740@2025-07-01", False): (1, 0),  # filed in July: Phường Sài Gòn came out of several
    }
    assert by_new == {
        ("c:26737@2025-07-01", True): (1, 1),  # its hamlet is told, and was written into it by the reform
        ("c:26740@2025-07-01", True): (5, 3),
        ("c:26737@2024-01-01", False): (1, 0),  # ended in June in a commune that was divided afterwards
    }
    assert night.told(OLD, "district") == {("d:760@2024-01-01", True): (7, 4)}
    for on in (OLD, NEW, dt.date(2026, 6, 1)):
        (((_, certain), figures),) = night.told(on, "province").items()
        assert certain and figures == (7, 4)
    with night.world.reading() as connection:
        lines = on_time(connection, OVERSEER, FIRST, LAST, night.world.now)
    assert sum(one.finished for one in lines) == 7, "and so does the report by office"
    assert sum(one.late for one in lines) == 4
    assert night.told(OLD, actor=STRANGER) == {}


def test_week_by_week_the_same_dossiers_stand_before_and_after_the_merger(night: Night) -> None:
    with night.world.reading() as connection:
        unit = UnitOfWork(night.world.runtime, connection, OVERSEER, night.world.now, begun=False, read_only=True)
        reader = figure_reader(unit)
        for on in (OLD, NEW):
            found = by_units(unit, reader, LAST, "commune", on)
            sums = {
                (line.code, line.certain): tuple(sum(one) for one in zip(*line.weeks, strict=True))
                for line in found.lines
            }
            assert sums == night.told(on)
            weeks = [sum(line.weeks[number][0] for line in found.lines) for number in range(len(found.mondays))]
            ended = {monday: count for monday, count in zip(found.mondays, weeks, strict=True) if count}
            assert ended == {dt.date(2025, 6, 16): 2, dt.date(2025, 7, 7): 5}
            assert found.change == NEW and found.turn is not None and found.mondays[found.turn] == dt.date(2025, 7, 7)
            shares = [line.last for line in found.lines if line.last is not None]
            assert shares == sorted(shares), "the worst first"
        offices = by_offices(unit, unit.catalogue.offices, LAST)
    assert offices.total == (7, 4)


def test_a_corrected_commune_is_what_its_code_meant_that_day(night: Night) -> None:
    """Đa Kao was divided; the code that it bore is Tân Định's now."""
    uncertain, tan_dinh = ("c:26737@2024-01-01", False), ("c:26737@2025-07-01", True)
    for day, expected in ((dt.date(2025, 6, 12), {uncertain: 1, tan_dinh: 1}), (dt.date(2025, 7, 3), {tan_dinh: 2})):
        corrected = update(dossiers).where(dossiers.c.code == night.of_da_kao).values(placed_on=day)
        night.world.try_act("system", lambda unit, made=corrected: unit.begin().execute(made))
        told = night.told(NEW)
        assert {key: told[key][0] for key in (uncertain, tan_dinh) if key in told} == expected
        assert sum(finished for finished, _ in told.values()) == 7


def test_the_correction_of_a_dossier_that_a_reform_moved_changes_no_figure(night: Night) -> None:
    """Before the move the reform gave the later code; after it the code of before is what it was when it was filed."""
    before = night.told(OLD), night.told(NEW)
    for day in (dt.date(2025, 6, 12), dt.date(2025, 7, 3)):
        corrected = update(dossiers).where(dossiers.c.code == night.divided).values(placed_on=day)
        night.world.try_act("system", lambda unit, made=corrected: unit.begin().execute(made))
        assert (night.told(OLD), night.told(NEW)) == before


def test_what_was_taken_back_counts_where_it_lay_before(night: Night) -> None:
    before = night.told(OLD), night.told(NEW)
    assert revert_all(night.world.runtime, night.run, "Hoãn thi hành").moved == 2
    assert (night.told(OLD), night.told(NEW)) == before, "those that were worked on stay where the reform put them"
    night.world.do("district", night.taken_back, "finish")
    assert night.told(OLD)["c:26737@2024-01-01", True] == (4, 3)
    assert night.told(NEW)["c:26737@2024-01-01", False] == (2, 1)


def test_late_time_is_told_by_who_held_it(night: Night) -> None:
    """Of twenty days the district had fifteen, 10 to 30 June; the commune five, 1 to 7 July, and the hour too many."""
    world, start, end = night.world, moment("2025-07-01 00:00"), moment("2025-08-01 00:00")
    visible = visible_dossiers(OVERSEER, NEW)
    with world.reading() as connection:
        rows = late_ones(connection, visible, "UB-26740", start, end)
        first = late_ones(connection, visible, "UB-26740", start, end, limit=1)
        after = late_ones(connection, visible, "UB-26740", start, end, after=(first[0].finished_at, first[0].id))
        assert late_ones(connection, visible_dossiers(STRANGER, NEW), "UB-26740", start, end) == []
        entries = journals(connection, [row.id for row in rows])
    assert {row.code for row in rows} == {night.came_late, night.shared, night.recoded}
    assert [row.code for row in rows] == [first[0].code, *(one.code for one in after)]
    calendar = world.runtime.catalogue.calendar
    told = {}
    for row in rows:
        came = comings(entries[row.id], row.finished_at)
        pauses = read_pauses(row.pauses)
        held = held_time(came, row.started_at, row.finished_at, pauses, lambda office: calendar("vn", office))
        told[row.code] = (held, [one.late for one in came])
    assert told[night.shared] == ({"UB-760-C": 15 * 480, "UB-26740": 5 * 480 + 60}, [False, False])
    assert told[night.came_late] == ({"UB-760-C": 26 * 480, "UB-26740": 5 * 480 + 60}, [False, True])
