"""Moving running dossiers to a later release: states mapped, promises kept, and never in silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from engine.acts.migrate_dossier import LostState, migrate_dossier, running_under_others
from engine.acts.publish import publish_release
from engine.jobs.schedule import sweep_all_due
from engine.rules.procedure.definition import Effective, Release, State, Term
from tests.installation.releases import text
from tests.installation.short_releases import land
from tests.installation.world import World, moment

SINCE = dt.date(2026, 3, 3)


def renamed(**changes: Any) -> Release:
    """A later version in which the review has another key and a limit of its own."""
    old = land()
    states = {("review" if key == "checking" else key): state for key, state in old.states.items()}
    states["review"] = State(text("Thẩm tra", "Review"), 4, "running", "specialist", limit=Term(2, "working_day"))
    actions = {key: _with(action, "checking", "review") for key, action in old.actions.items()}
    notify = tuple(one for one in old.notify if one.subject != "checking")
    parts: dict[str, Any] = {
        "version": 2,
        "states": states,
        "actions": actions,
        "notify": notify,
        "effective": Effective(SINCE, running="migrate", migrate={"checking": "review"}),
    }
    return land(**(parts | changes))


def test_the_state_is_mapped_and_time_goes_on(world: World) -> None:
    code = world.land_at("checking")
    world.at("2026-03-03 08:00")
    world.act("admin", publish_release, renamed())
    before = world.row(code)
    workflow = world.runtime.catalogue.workflow(renamed().digest())
    world.act("system", migrate_dossier, before["id"], workflow)
    row = world.row(code)
    assert {key for key in row if row[key] != before[key]} == {"release", "state", "step_due_at", "version", "head"}
    assert (row["state"], row["release"]) == ("review", workflow.digest)
    entry = world.entries(code)[-1]
    assert (entry["act"], entry["data"]["from"], entry["data"]["version"]) == ("migrate", before["release"], 2)
    assert (entry["data"]["to"], entry["data"]["legal"]) == (workflow.digest, list(renamed().legal))
    assert ("step", "review") in world.armed(code)
    assert world.do("specialist", code, "finish_review").row["state"] == "signing"


def test_again_it_changes_nothing(world: World) -> None:
    code = world.land_at("checking")
    world.act("admin", publish_release, renamed())
    workflow = world.runtime.catalogue.workflow(renamed().digest())
    world.act("system", migrate_dossier, world.row(code)["id"], workflow)
    before = world.everything()
    world.act("system", migrate_dossier, world.row(code)["id"], workflow)
    assert world.everything() == before


def test_a_state_that_is_nowhere_is_refused(world: World) -> None:
    code = world.land_at("checking")
    lost = renamed(effective=Effective(SINCE, running="migrate"))
    world.act("admin", publish_release, lost)
    workflow = world.runtime.catalogue.workflow(lost.digest())
    refusal = world.refuse(LostState, "system", migrate_dossier, world.row(code)["id"], workflow)
    assert (refusal.facts["state"], refusal.facts["version"]) == ("checking", 2)


def test_unfinished_dossiers_under_other_releases_are_listed_in_pages(world: World) -> None:
    codes = [world.land_at("accepted") for _ in range(3)]
    ended = world.land_at("accepted")
    world.do(world.citizen(ended), ended, "withdraw")
    world.act("admin", publish_release, renamed())
    workflow = world.runtime.catalogue.workflow(renamed().digest())
    world.file(at="2026-03-03 08:00")  # under the later release already
    ids = [world.row(code)["id"] for code in codes]
    with world.reading() as connection:
        assert running_under_others(connection, workflow, 10) == ids
        assert running_under_others(connection, workflow, 2) == ids[:2]
        assert running_under_others(connection, workflow, 2, after=ids[1]) == ids[2:]


def _with(action: Any, old: str, new: str) -> Any:
    """The action with one state called otherwise."""
    return msgspec.structs.replace(
        action,
        sources=tuple(new if one == old else one for one in action.sources),
        to=tuple(msgspec.structs.replace(arm, then=new if arm.then == old else arm.then) for arm in action.to),
    )


def test_the_limit_of_the_step_counts_from_entering_its_state(world: World) -> None:
    code = world.land_at("checking")
    world.at("2026-03-03 14:00")
    world.act("admin", publish_release, renamed())
    world.act("system", migrate_dossier, world.row(code)["id"], world.runtime.catalogue.workflow(renamed().digest()))
    assert world.row(code)["step_due_at"] == moment("2026-03-03 17:00") == world.armed(code)["step", "review"]


def test_reminders_go_on_under_the_new_release(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Thiếu giấy tờ")
    world.at("2026-03-09 08:00")
    sweep_all_due(world.runtime)
    before = world.armed(code)
    assert before["remind", "supplement"] == moment("2026-03-13 17:00")
    world.act("admin", publish_release, renamed())
    world.act("system", migrate_dossier, world.row(code)["id"], world.runtime.catalogue.workflow(renamed().digest()))
    assert world.armed(code)["remind", "supplement"] == before["remind", "supplement"]
