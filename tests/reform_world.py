"""The tests' world in the week before 1 July 2025, when the districts of Quận 1 still decide building permits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import insert, select

from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Effective, Field, Release, Route, Sla, Term, TermBranch
from engine.rules.reform.policy import Reform
from engine.store.people import memberships, people
from engine.transaction import UnitOfWork
from tests.unit.releases import text
from tests.world import APPLICANT, World
from tests.world_releases import _plain
from workflows.reform_files import REFORMS, check_reform

PERMIT = "1.013225"
JUNE, JULY = "2025-06-24 09:00", "2025-07-01 08:00"
SAI_GON, DA_KAO = "26740", "26737"  # Bến Nghé (whole in Sài Gòn) and Đa Kao (divided) until 30 June
OLD_PEOPLE = {
    "old_counter": (("MC-26740-C", "counter"),),
    "dk_counter": (("MC-26737-C", "counter"),),
    "district": (("UB-760-C", "specialist"),),
    "old_asked": (("UB-26740-C", "specialist"),),
}


def prepare_june(world: World) -> World:
    """The world a week before the reform: building permits are decided by the district."""
    world.at(JUNE)
    world.try_act("system", publish_release, permit_release())
    world.try_act("system", _add_people)
    return world


def permit_release() -> Release:
    """Building permits, decided by whoever is competent in the commune of the site."""
    return _plain(
        PERMIT,
        "Cấp phép xây dựng",
        Route(by="competent", place="land.commune"),
        Sla((TermBranch(Term(20, "working_day")),)),
        {
            "land.commune": Field("unit", text("Nơi xây dựng", "Commune of the site"), required=True),
            "land.hamlet": Field("text", text("Khu phố", "Quarter")),
        },
        effective=Effective(dt.date(2024, 1, 1)),
    )


def _add_people(unit: UnitOfWork) -> None:
    made = {"created_at": unit.now, "language": "vi", "active": 1, "admin": 0}
    unit.begin().execute(insert(people), [{"username": name, "name": name, **made} for name in OLD_PEOPLE])
    ids = {row.username: row.id for row in unit.begin().execute(select(people))}
    held = [(name, office, role, dt.date(2024, 1, 1)) for name, had in OLD_PEOPLE.items() for office, role in had]
    held.append(("district", "UB-26740", "specialist", dt.date(2025, 7, 1)))  # assigned by a person beforehand
    rows = [{"person_id": ids[n], "office": o, "role": r, "valid_from": d} for n, o, r, d in held]
    unit.begin().execute(insert(memberships), rows)


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
