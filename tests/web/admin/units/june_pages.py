"""The pages over a world in the week before the reform of July 2025; ``chairman`` leads the province's authority."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from engine.acts.staff.people import add_membership, add_person
from tests.installation.application import application
from tests.installation.june import prepare_june
from tests.installation.plans_of_reforms import second_administrator
from tests.installation.served import ServedInstallation
from tests.installation.world import World
from tests.web.desk.conftest import Office
from web.app import register_pages


def june_pages(world: World) -> Office:
    """Visitors of the pages; ``admin`` and ``admin2`` are administrators."""
    prepare_june(world)
    second_administrator(world)
    person = world.try_act("system", add_person, "chairman", "Chủ tịch Mẫu")
    world.try_act("system", add_membership, person, "UB-79-C", "leader", dt.date(2025, 1, 1))
    world.try_act("system", add_membership, person, "UB-79", "leader", dt.date(2025, 7, 1))
    sessions = replace(world.runtime.settings.sessions, second_factor=False)
    runtime = replace(world.runtime, settings=replace(world.runtime.settings, sessions=sessions))
    return Office(ServedInstallation(runtime, application(runtime, pages=register_pages)), world=world)
