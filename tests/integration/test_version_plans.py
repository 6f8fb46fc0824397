"""A version takes effect exactly as planned: what moves, what needs a choice, what is stale, and the way back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from engine.acts.publish import ReleaseOverlap, publish_release
from engine.acts.versions.apply import TooEarly
from engine.acts.versions.batches import Tally, apply_all, revert_all
from engine.acts.versions.load import StalePlan, load_version_plan, rehearse
from engine.acts.versions.run import PlanNotReady, PlanRun, open_plan
from engine.jobs.migration import migrate_due
from engine.jobs.version_plans import apply_due
from engine.queries.version_plans import outcomes as outcomes_by_dossier
from engine.queries.version_plans import side_by_side
from engine.queries.versions import counted_difference, version_of
from engine.rules.procedure.definition import Effective, Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.versions.fates import STAY, Orders
from engine.store.releases import releases
from engine.store.version_plans import outcomes_of
from engine.versions.document import BadVersionPlan, read_plan
from engine.versions.planning import NoLegalReference, UnknownStep, make_plan
from tests.installation.later_land import SINCE, later, reviewed
from tests.installation.short_releases import LAND, copies, land
from tests.installation.world import World, moment

FIRST_MORNING = f"{SINCE} 08:00"
TODAY = dt.date(2026, 3, 2)
WRITTEN = {"legal": "QĐ 9/QĐ-UBND", "reason": "Văn bản bị bãi bỏ"}


def planned(world: World, folder: Path, release: Release, **orders: Any) -> dict[str, Any]:
    return make_plan(world.runtime, release, Orders(**orders), folder / "plan.json")


def loaded(world: World, folder: Path) -> PlanRun:
    return open_plan(world.runtime, load_version_plan(world.runtime, read_plan(folder / "plan.json"), SYSTEM_ACTOR))


def applied(world: World, folder: Path, release: Release, **orders: Any) -> PlanRun:
    planned(world, folder, release, **orders)
    run = loaded(world, folder)
    apply_all(world.runtime, run)
    world.check()
    return run


def outcomes(world: World, run: PlanRun) -> dict[str, int]:
    with world.reading() as connection:
        return outcomes_of(connection, run.id)


def in_force(world: World) -> dict[int, tuple[dt.date, dt.date | None]]:
    mine = select(releases.c.version, releases.c.start, releases.c.until).where(releases.c.procedure == LAND)
    with world.reading() as connection:
        return {row.version: (row.start, row.until) for row in connection.execute(mine)}


def test_a_plan_says_who_is_touched_and_who_moves(world: World, tmp_path: Path) -> None:
    codes = [world.land_at(state) for state in ("accepted", "checking", "signing")]
    before = world.everything()
    summary = planned(world, tmp_path, reviewed())
    assert world.everything() == before
    assert summary["dossiers"] == {"open": 3, "unchanged": 2, "moves": 0, "choice": 1, "cannot": 0, "stays": 0}
    (waiting,) = summary["named"]
    assert (waiting["code"], waiting["state"], waiting["candidates"]) == (codes[1], "checking", ["review", "signing"])
    removed = next(one for one in summary["changes"] if one["path"] == ["states", "checking"])
    assert (removed["dossiers"], removed["vi"].startswith("Bước")) == (3, True)  # one is sent back from the signature
    assert summary["plan"] == planned(world, tmp_path, reviewed())["plan"] == read_plan(tmp_path / "plan.json").digest


def test_a_difference_counts_the_running_dossiers(world: World) -> None:
    world.land_at("accepted")
    world.file()
    old = world.act("system", version_of, LAND, 1)
    found = world.act("system", counted_difference, old, later())
    touched = {change.sentence().en: count for change, count in zip(found.changes, found.touched, strict=True)}
    assert found.running == {"accepted": 1, "new": 1}
    assert touched["Version number: 1 → 2"] == 0
    (term,) = (count for sentence, count in touched.items() if sentence.startswith("Time limit"))
    assert term == 1


def test_it_is_published_at_once_and_the_dossiers_move_on_the_first_day(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    planned(world, tmp_path, later())
    run = loaded(world, tmp_path)
    assert in_force(world) == {1: (in_force(world)[1][0], SINCE - dt.timedelta(days=1)), 2: (SINCE, None)}
    with pytest.raises(TooEarly):
        apply_all(world.runtime, run)
    assert (apply_due(world.runtime), world.row(code)["version"]) == ({}, world.row(code)["version"])
    world.at(FIRST_MORNING)
    before = world.row(code)
    assert migrate_due(world.runtime) == {}
    assert apply_due(world.runtime) == {run.digest: Tally(moved=1)}
    row = world.row(code)
    assert {key for key in row if row[key] != before[key]} == {"release", "version", "head"}
    entry = world.entries(code)[-1]
    assert (entry["act"], entry["data"]["legal"], entry["data"]["plan"]) == ("migrate", list(later().legal), run.digest)
    assert entry["data"]["states"] == ["checking", "checking"]
    assert apply_due(world.runtime) == {}
    world.check()


def test_deadlines_are_recomputed_only_when_told_so(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    before = world.row(code)
    applied(world, tmp_path, later(TODAY))
    assert (world.row(code)["due_at"], world.row(code)["term"]) == (before["due_at"], before["term"])
    again = replace(later(TODAY), version=3, effective=Effective(TODAY, running="migrate", replaces=2))
    applied(world, tmp_path, again, recompute=True)
    row = world.row(code)
    assert row["term"] == {"amount": 7, "unit": "working_day"} and row["started_at"] == before["started_at"]
    assert row["due_at"] == before["due_at"] + dt.timedelta(days=4)  # a weekend lies between
    assert [one[1] for one in world.messages(code, "doi-ngay-hen")] == ["applicant", "applicant"]


def test_choices_are_ordered_by_state_or_by_dossier(world: World, tmp_path: Path) -> None:
    first, second, third = (world.land_at("checking") for _ in range(3))
    run = applied(world, tmp_path, reviewed(TODAY))
    assert outcomes(world, run) == {"choice": 3}
    assert {world.row(code)["state"] for code in (first, second, third)} == {"checking"}
    orders = {"states": {"checking": "review"}, "dossiers": {second: "signing", third: STAY}}
    summary = planned(world, tmp_path, reviewed(TODAY), **orders)
    assert summary["dossiers"] == {"open": 3, "unchanged": 0, "moves": 2, "choice": 0, "cannot": 0, "stays": 1}
    later_run = loaded(world, tmp_path)
    apply_all(world.runtime, later_run)
    assert [world.row(code)["state"] for code in (first, second, third)] == ["review", "signing", "checking"]
    assert (outcomes(world, run), outcomes(world, later_run)) == ({"replaced": 3}, {"done": 2})
    told = world.act("system", outcomes_by_dossier, later_run.id)
    assert [(one.code, one.target, one.status) for one in told] == [
        (first, "review", "done"),
        (second, "signing", "done"),
    ]
    assert world.do("specialist", first, "finish_review").row["state"] == "signing"


def test_what_cannot_move_keeps_its_version_and_says_why(world: World, tmp_path: Path) -> None:
    """A step back before the reception, the end, or an office that is not there: none of them is a move."""
    code = world.land_at("checking")
    for target, why in (("new", "clock-back"), ("withdrawn", "would-end"), ("ready", "would-end")):
        summary = planned(world, tmp_path, reviewed(TODAY), states={"checking": target})
        assert (summary["dossiers"]["cannot"], summary["named"][0]["why"]) == (1, why)
        assert summary["named"][0]["why_vi"] != summary["named"][0]["why_en"]
    roles = reviewed().roles | {"specialist": replace(reviewed().roles["specialist"], unit="court")}
    summary = planned(world, tmp_path, reviewed(TODAY, roles=roles), states={"checking": "review"})
    assert (summary["dossiers"]["cannot"], summary["named"][0]["why"]) == (1, "no-office")
    fresh = world.file()
    summary = planned(world, tmp_path, reviewed(TODAY), states={"new": "review"}, dossiers={code: STAY})
    assert (summary["named"][0]["code"], summary["named"][0]["why"]) == (fresh.case.code, "clock-start")
    with pytest.raises(UnknownStep):
        planned(world, tmp_path, reviewed(TODAY), states={"checking": "nowhere"})


def test_versions_stand_side_by_side(world: World, tmp_path: Path) -> None:
    old = world.land_at("checking")
    summary = planned(world, tmp_path, later(TODAY), running="keep")
    assert (summary["dossiers"]["stays"], summary["dossiers"]["open"]) == (1, 1)
    run = loaded(world, tmp_path)
    apply_all(world.runtime, run)
    new = world.file().case.code
    assert world.row(new)["release"] != world.row(old)["release"] == land().digest()
    told = world.act("system", side_by_side, LAND)
    assert [(one.version, one.running) for one in told] == [(1, 1), (2, 1)]
    for code in (old, new):
        assert world.row(code)["finished_at"] is None
    asked = planned(world, tmp_path, later(TODAY), running="ask")
    assert asked["named"][0]["why"] == "asked" and asked["dossiers"]["choice"] == 1


def test_a_stale_plan_is_refused(world: World, tmp_path: Path) -> None:
    """The versions are others, or somebody would have to choose. That work went on does not make a plan stale."""
    world.land_at("accepted")
    planned(world, tmp_path, reviewed())
    world.land_at("checking")  # the version has no such step, and nobody was asked
    world.land_at("signing")
    with pytest.raises(StalePlan) as refused:
        loaded(world, tmp_path)
    assert "checking" in refused.value.sentence("vi") and "signing" not in refused.value.sentence("vi")
    assert list(in_force(world)) == [1]
    planned(world, tmp_path, later())
    between = later(dt.date(2026, 3, 5), effective=Effective(dt.date(2026, 3, 5)))
    world.act("admin", publish_release, between)
    with pytest.raises(StalePlan):
        loaded(world, tmp_path)
    with pytest.raises(ReleaseOverlap):
        world.act("system", rehearse, replace(later(TODAY), version=7, effective=Effective(TODAY)))


def test_a_dossier_that_changed_is_decided_again(world: World, tmp_path: Path) -> None:
    """By the file and the orders that were approved: whoever went on moves too, but not where a person has to look."""
    touched, gone, ended, single, back = (world.land_at(one) for one in ("checking",) * 4 + ("signing",))
    world.do("leader", back, "send_back", reason="Chưa đạt")
    world.do("specialist", back, "finish_review")
    orders: dict[str, Any] = {"dossiers": {touched: "review", gone: STAY, ended: "review", single: "review"}}
    planned(world, tmp_path, reviewed(TODAY), **orders)
    world.act("specialist", _touch, touched)
    world.do("specialist", single, "finish_review")
    world.do(world.citizen(ended), ended, "withdraw")
    run = loaded(world, tmp_path)
    world.do("leader", back, "send_back", reason="Chưa đạt")
    tally = apply_all(world.runtime, run)
    assert (tally.moved, tally.stale, tally.ended) == (1, 2, 1)
    stand = [world.row(code)["state"] for code in (touched, gone, single, ended, back)]
    assert stand == ["review", "checking", "signing", "withdrawn", "checking"]
    assert outcomes(world, run) == {"done": 1, "stale": 2, "ended": 1}
    world.check()


def test_a_dossier_that_went_on_since_the_plan_moves_too(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    planned(world, tmp_path, later(TODAY))
    world.do("specialist", code, "finish_review")
    run = loaded(world, tmp_path)
    assert apply_all(world.runtime, run).moved == 1
    assert (world.row(code)["state"], world.entries(code)[-1]["data"]["states"]) == ("signing", ["signing", "signing"])
    (told,) = world.act("system", outcomes_by_dossier, run.id)
    assert (told.state, told.target, told.status) == ("checking", "signing", "done")


def test_an_interrupted_run_goes_on(world: World, tmp_path: Path) -> None:
    codes = [world.land_at("checking") for _ in range(3)]
    planned(world, tmp_path, later(TODAY))
    run = loaded(world, tmp_path)
    assert apply_all(world.runtime, run, seconds=-1).moved == 0
    assert loaded(world, tmp_path).id == run.id
    assert apply_all(world.runtime, run).moved == 3
    assert apply_all(world.runtime, run).moved == 0
    assert [len(world.entries(code)) for code in codes] == [4, 4, 4]


def test_a_plan_is_taken_back(world: World, tmp_path: Path) -> None:
    untouched, touched = world.land_at("checking"), world.land_at("checking")
    before, dates = world.row(untouched), in_force(world)
    run = applied(world, tmp_path, reviewed(TODAY), states={"checking": "review"}, recompute=True)
    assert world.row(untouched)["term"] != before["term"]
    world.do("specialist", touched, "finish_review")
    during = world.file().case.code
    tally = revert_all(world.runtime, run, **WRITTEN)
    world.check()
    assert (tally.moved, tally.stale) == (1, 1)
    row = world.row(untouched)
    assert {key for key in row if row[key] != before[key]} == {"version", "head"}
    assert (world.row(touched)["state"], outcomes(world, run)) == ("signing", {"reverted": 1, "touched": 1})
    assert in_force(world) == {1: dates[1], 2: (TODAY, TODAY - dt.timedelta(days=1))}
    assert world.file().case.row["release"] == land().digest() != world.row(during)["release"]
    entry = world.entries(untouched)[-1]
    assert (entry["act"], entry["data"]["legal"], entry["data"]["reverts"]) == (
        "migrate_revert", [WRITTEN["legal"]], row["version"] - 1,
    )  # fmt: skip
    assert world.do("specialist", untouched, "finish_review").row["state"] == "signing"
    with pytest.raises(PlanNotReady):
        apply_all(world.runtime, run)


def test_a_plan_that_has_moved_nothing_yet_is_taken_back(world: World, tmp_path: Path) -> None:
    code, dates = world.land_at("checking"), in_force(world)
    planned(world, tmp_path, later())
    run = loaded(world, tmp_path)
    revert_all(world.runtime, run, **WRITTEN)
    assert in_force(world) == {1: dates[1], 2: (SINCE, SINCE - dt.timedelta(days=1))}
    world.at(FIRST_MORNING)
    assert apply_due(world.runtime) == {}
    assert world.row(code)["release"] == world.file(at=FIRST_MORNING).case.row["release"] == land().digest()


def test_only_a_whole_plan_with_a_legal_text_counts(world: World, tmp_path: Path) -> None:
    world.land_at("checking")
    with pytest.raises(NoLegalReference):
        planned(world, tmp_path, later(legal=(" ",)))
    planned(world, tmp_path, later())
    path = tmp_path / "plan.json"
    whole = path.read_bytes()
    for wrong in (
        whole.replace(b'"target":"checking"', b'"target":"signing"'),
        whole.replace(b"151/2025", b"152/2025"),
        whole[: len(whole) // 2],
        b"{}",
    ):
        assert wrong != whole
        path.write_bytes(wrong)
        with pytest.raises(BadVersionPlan):
            read_plan(path)


def test_other_procedures_are_left_alone(world: World, tmp_path: Path) -> None:
    world.land_at("checking")
    summary = planned(world, tmp_path, copies(version=2, effective=Effective(SINCE, running="migrate")))
    assert summary["dossiers"]["open"] == 0
    assert moment(FIRST_MORNING) > world.now


def _touch(unit: Any, code: str) -> None:
    from engine.acts.add_note import add_note

    add_note(unit, code, "Đã xem")
