"""A version from its plan to the way back, each of its acts ready to be killed in. One follows from the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from engine.acts.versions.apply import apply_batch, begin_applying, finish_applying
from engine.acts.versions.load import load_version_plan
from engine.acts.versions.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.versions.run import PlanRun, open_plan
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.versions.fates import Orders
from engine.store.releases import releases
from engine.store.version_plans import ids_with, version_items, version_plans
from engine.versions.document import read_plan
from engine.versions.planning import make_plan
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.later_land import reviewed
from tests.installation.short_releases import LAND

VERSION_LOADED = {"versions.load.load_version_plan", "versions.load.must_be_fresh", "publish.publish_release"}
_SAID = ("QĐ 9/QĐ-UBND", "Văn bản bị bãi bỏ")


def loading_a_version(stage: Stage) -> Errand:
    """One dossier that moves to another step, beside what the stage has."""
    stage.world.land_at("checking")
    path = stage.folder / "plan.json"
    orders = Orders(states={"checking": "review"}, recompute=True)
    make_plan(stage.world.runtime, reviewed(dt.date(2026, 3, 2)), orders, path)

    def run() -> None:
        load_version_plan(stage.doomed.runtime, read_plan(path), SYSTEM_ACTOR)

    def whole() -> None:
        assert stage.number(version_plans, state="ready") == 1
        assert stage.number(version_items, state="checking", status="waiting") == 1
        assert stage.number(releases, procedure=LAND) == 2

    return Errand(run, run, whole)


def _run(stage: Stage) -> PlanRun:
    return open_plan(stage.doomed.runtime, 1)


def _stood(state: str, act: Callable[..., Any]) -> Callable[[Stage], Deed]:
    """What brings the plan to another state."""
    return lambda stage: Deed(stage.direct(act, _run(stage)), stage.rows(version_plans, state=state))


def _batch(status: str, becomes: str, act: Callable[..., Any], *more: str) -> Callable[[Stage], Deed]:
    """What brings a dossier from one status to another."""

    def prepare(stage: Stage) -> Deed:
        run = _run(stage)
        with stage.world.reading() as connection:
            ids = ids_with(connection, run.id, status, 0, 1)
        return Deed(stage.direct(act, run, ids, *more), stage.rows(version_items, status=becomes))

    return prepare


_IN_BATCHES = {"versions.run.lock_standing", "versions.run.settle"}
_BACK = Story({"versions.revert.revert_batch", *_IN_BATCHES}, _batch("done", "reverted", revert_batch, *_SAID))
_MOVE = Story(
    {"versions.apply.apply_batch", "migrate_dossier.move_case", *_IN_BATCHES}, _batch("waiting", "done", apply_batch)
)
VERSION_STORIES: Mapping[str, Story] = {
    "begin": Story({"versions.apply.begin_applying"}, _stood("applying", begin_applying)),
    "move": _MOVE,
    "move the second": _MOVE,
    "finish": Story({"versions.apply.finish_applying"}, _stood("applied", finish_applying)),
    "begin the way back": Story({"versions.revert.begin_reverting"}, _stood("reverting", begin_reverting)),
    "take back": _BACK,
    "take back the second": _BACK,
    "finish the way back": Story({"versions.revert.finish_reverting"}, _stood("reverted", finish_reverting)),
}
"""In this order, on one stage."""
