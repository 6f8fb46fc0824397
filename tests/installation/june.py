"""The world in the week before 1 July 2025, when the districts of Quận 1 still decide building permits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.acts.publish import publish_release
from engine.acts.staff.people import add_membership
from engine.rules.reform.policy import Reform
from engine.transaction import UnitOfWork
from tests.installation import short_releases
from tests.installation.people import Posts, employ
from tests.installation.short_releases import PERMIT
from tests.installation.world import APPLICANT, World
from workflows.reform_files import REFORMS, check_reform

JUNE, JULY = "2025-06-24 09:00", "2025-07-01 08:00"
SAI_GON, DA_KAO = "26740", "26737"  # Bến Nghé (whole in Sài Gòn) and Đa Kao (divided) until 30 June
OLD_PEOPLE: dict[str, Posts] = {
    "old_counter": (("MC-26740-C", "counter"),),
    "dk_counter": (("MC-26737-C", "counter"),),
    "district": (("UB-760-C", "specialist"),),
    "old_asked": (("UB-26740-C", "specialist"),),
}


def prepare_june(world: World) -> World:
    """The world a week before the reform: building permits are decided by the district."""
    world.at(JUNE)
    world.try_act("system", publish_release, short_releases.permit())
    world.try_act("system", _employ)
    return world


def _employ(unit: UnitOfWork) -> None:
    numbers = employ(unit, OLD_PEOPLE, dt.date(2024, 1, 1))
    add_membership(unit, numbers["district"], "UB-26740", "specialist", dt.date(2025, 7, 1))  # assigned beforehand


def permit(world: World, commune: str = SAI_GON, received: bool = True, **fields: Any) -> str:
    """The code of a permit filed at its commune's own counter."""
    who = {SAI_GON: "old_counter", DA_KAO: "dk_counter"}[commune]
    filed = world.file(
        who,
        procedure=PERMIT,
        intake_office=f"MC-{commune}-C",
        documents=[],
        fields={"land.commune": commune, **fields},
        applicant=APPLICANT | {"commune": commune},
    )
    if received:
        world.do(who, filed.case.code, "receive")
    return filed.case.code


def reform_of(world: World, more: str = "") -> Reform:
    """The shipped reform, fitted to the few kinds of office that the small country has."""
    written = (REFORMS / "2025-07-01.yaml").read_text() + more
    reform, problems = check_reform(written, "2025-07-01.yaml", world.runtime.catalogue.map)
    assert reform is not None, problems
    return reform
