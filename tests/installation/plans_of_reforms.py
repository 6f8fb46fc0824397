"""The plan of the reform of July 2025 as a file, and a second administrator who may approve it."""

from __future__ import annotations

from pathlib import Path

from engine.acts.staff.administrators import decide_administrator, propose_administrator
from engine.acts.staff.people import add_person
from engine.reform.document import PlanFile, read_plan
from engine.reform.planning import make_plan
from tests.installation.june import reform_of
from tests.installation.world import World

SECOND = "admin2"


def planned(world: World, folder: Path) -> PlanFile:
    """The plan for the dossiers that are open now."""
    path = folder / "plan.json"
    make_plan(world.runtime, reform_of(world), path)
    return read_plan(path)


def second_administrator(world: World) -> str:
    """The username of another administrator than ``admin``."""
    person = world.try_act("system", add_person, SECOND, "Người quản trị thứ hai")
    number = world.try_act("system", propose_administrator, person, "Cần hai người")
    world.try_act("admin", decide_administrator, number, True, "Đồng ý")
    return SECOND
