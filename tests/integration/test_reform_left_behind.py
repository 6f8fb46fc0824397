"""Dossiers of one province that nobody decided yet, and a later reform of another: planned, applied, reverted.

Đa Kao in Thành phố Hồ Chí Minh was divided on 1 July 2025; Đồng Nai became a city on 30 April 2026.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.acts.publish import publish_competences
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.decide_many import Choice, decide_many
from engine.acts.reform.load import NotApplicable, load_plan
from engine.acts.reform.run import Run, open_run
from engine.acts.staff.people import add_membership, add_person
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import Totals
from engine.store.plans import counts_by_status
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.world import World
from workflows.reform_files import REFORMS, check_reform

LATER = "2026-04-30 08:00"
CHOICE = Choice(target="26737", legal="QĐ 5/QĐ-UBND", reason="Khu phố 1 thuộc Tân Định", commune=DA_KAO)


@pytest.fixture
def undecided(world: World, tmp_path: Path) -> tuple[World, Run, list[str]]:
    """Two permits of Đa Kao that wait for a person since July 2025."""
    prepare_june(world)
    codes = [permit(world, DA_KAO), permit(world, DA_KAO)]
    return world, carry_out(world, reform_of(world), tmp_path / "first.json", JULY)[0], codes


def carry_out(world: World, reform: Reform, path: Path, at: str) -> tuple[Run, Totals]:
    totals = make_plan(world.runtime, reform, path)
    world.at(at)
    run = open_run(world.runtime, load_plan(world.runtime, read_plan(path)))
    apply_all(world.runtime, run)
    return run, totals


def later_reform(world: World) -> Reform:
    reform, problems = check_reform((REFORMS / "2026-04-30.yaml").read_bytes(), "r.yaml", world.runtime.catalogue.map)
    assert reform is not None, problems
    return reform


def standing(world: World, run: Run) -> tuple[str, dict[str, int]]:
    with world.reading() as connection:
        return open_run(world.runtime, run.id).state, counts_by_status(connection, run.id)


def leader_of(world: World, office: str) -> str:
    name = f"leader.{office.lower()}"
    person = world.try_act("admin", add_person, name, office)
    world.try_act("admin", add_membership, person, office, "leader", dt.date(2025, 7, 1))
    return name


def test_a_later_reform_of_another_province_is_planned_applied_and_reverted_while_they_wait(
    undecided: tuple[World, Run, list[str]], tmp_path: Path
) -> None:
    world, first, codes = undecided
    before = [world.row(code) for code in codes]
    second, totals = carry_out(world, later_reform(world), tmp_path / "second.json", LATER)
    assert (totals.left_behind, totals.outcomes["without"], totals.outcomes["stays"]) == (2, 0, 2)
    assert standing(world, second) == ("applied", {})
    assert standing(world, first) == ("applied", {"person": 2})
    revert_all(world.runtime, second, "thử lại")
    assert standing(world, second)[0] == "reverted"
    assert standing(world, first) == ("applied", {"person": 2})
    assert [world.row(code) for code in codes] == before
    world.check()


@pytest.mark.parametrize("reverted", [False, True])
def test_their_province_decides_before_and_after_the_later_reform(
    undecided: tuple[World, Run, list[str]], tmp_path: Path, reverted: bool
) -> None:
    world, first, codes = undecided
    leader = leader_of(world, "UB-79")
    one = world.act(leader, decide_many, first, Choice(**{**parts(CHOICE), "codes": codes[:1], "commune": None}))
    assert (one.asked, one.moved) == (1, 1)
    second, totals = carry_out(world, later_reform(world), tmp_path / "second.json", LATER)
    assert (totals.left_behind, totals.outcomes["without"]) == (1, 0)
    if reverted:
        revert_all(world.runtime, second, "thử lại")
    other = world.act(leader, decide_many, open_run(world.runtime, first.id), CHOICE)
    assert (other.asked, other.moved, other.left) == (1, 1, 0)
    assert [world.row(code)["handler_office"] for code in codes] == ["UB-26737"] * 2
    assert [world.row(code)["place"] for code in codes] == ["26737"] * 2


def test_the_leader_of_the_other_province_still_decides_nothing_of_theirs(
    undecided: tuple[World, Run, list[str]], tmp_path: Path
) -> None:
    world, first, _ = undecided
    carry_out(world, later_reform(world), tmp_path / "second.json", LATER)
    done = world.act(leader_of(world, "UB-75"), decide_many, open_run(world.runtime, first.id), CHOICE)
    assert (done.asked, done.moved) == (0, 0)


def test_reverting_the_earlier_reform_is_not_hindered_by_the_later_one(
    undecided: tuple[World, Run, list[str]], tmp_path: Path
) -> None:
    world, first, codes = undecided
    carry_out(world, later_reform(world), tmp_path / "second.json", LATER)
    assert revert_all(world.runtime, open_run(world.runtime, first.id), "thử lại").stale == 0
    assert standing(world, first) == ("reverted", {"person": 2})
    assert [world.row(code)["handler_office"] for code in codes] == ["UB-760-C"] * 2


def test_a_plan_that_reaches_them_is_still_refused(
    undecided: tuple[World, Run, list[str]], tmp_path: Path, closing: Callable[[World], Reform]
) -> None:
    world, _, codes = undecided
    path = tmp_path / "third.json"
    totals = make_plan(world.runtime, closing(world), path)
    assert (totals.left_behind, totals.outcomes["without"]) == (0, 2)
    with pytest.raises(NotApplicable) as refused:
        load_plan(world.runtime, read_plan(path))
    assert codes[0] in refused.value.sentence("vi")


@pytest.fixture
def closing() -> Callable[[World], Reform]:
    """A reform whose day moves the competence for permits to the province."""

    def make(world: World) -> Reform:
        known = world.runtime.catalogue.map.competences
        day = dt.date(2026, 4, 30)
        moved = [one for one in known if one.subject != "1.013225" or one.valid_to is not None]
        mine = next(one for one in known if one.subject == "1.013225" and one.valid_to is None)
        moved += [replace(mine, valid_to=day), replace(mine, level="province", valid_from=day)]
        world.try_act("system", publish_competences, moved)
        world.runtime.catalogue.refresh()
        return later_reform(world)

    return make


def parts(choice: Choice) -> dict[str, object]:
    return {name: getattr(choice, name) for name in Choice.__slots__}
