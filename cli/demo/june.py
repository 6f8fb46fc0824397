"""June 2025 in the demonstration: open dossiers at the counters of districts and communes all over the old country."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from typing import Any

import click

from cli.compose import compose
from cli.demo import story
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.staff.people import add_person
from engine.rules.offices.routing import Map
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor, Membership
from engine.rules.territory.units import Unit
from engine.settings import settings_from
from engine.store.people import person_named
from engine.transaction import Runtime, UnitOfWork, in_transaction

FIRST = dt.datetime(2025, 6, 17, 1, tzinfo=dt.UTC)  # eight in the morning
LAST_DAY = dt.date(2025, 6, 30)
BEGAN = dt.date(2024, 1, 1)
CLERK = "nhaplieu.mau"
BATCH = 50
WEIGHTS = {"phuong": 3, "thi_tran": 2, "xa": 1}
"""Weights for the numbers of inhabitants, which the territory does not have: wards and townlets count for more."""


def fill_june(environment: Mapping[str, str], count: int) -> None:
    """Files ``count`` dossiers in the last two weeks of June 2025 and forwards half of them; all stay open."""
    runtime = compose(settings_from(environment), pooled=False, ring=lambda: None)
    chance = random.Random(2025)  # noqa: S311 - the same June every time
    filings = _filings(runtime.catalogue.map, chance)
    clerk = in_transaction(runtime, SYSTEM_ACTOR, _clerk)
    label = f"Nộp {count} hồ sơ tháng 6/2025 (filing)"
    with click.progressbar(length=count, label=label) as bar:
        for done in range(0, count, BATCH):
            many = min(BATCH, count - done)
            moment = FIRST + dt.timedelta(days=13) * (done / count) + dt.timedelta(hours=chance.random() * 7)
            _file(runtime, clerk, [next(filings) for _ in range(many)], moment)
            bar.update(many)


def _filings(known: Map, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """(centre, filing): births at communes, building permits and land certificates at districts."""
    communes = [unit for unit in known.territory.units("commune", LAST_DAY) if _desk(known, unit.code)]
    weights = [WEIGHTS.get(unit.kind, 1) for unit in communes]
    while True:
        (commune,) = chance.choices(communes, weights)
        district = _district(known, commune)
        kind = chance.random()
        if kind < 0.4 or not _desk(known, district):
            yield f"MC-{commune.code}-C", _of(story.birth_filing(""), commune.code)
        elif kind < 0.75:
            yield f"MC-{district}-C", _of(story.permit_filing(""), commune.code)
        else:
            yield f"MC-{district}-C", _of(story.land_filing(""), commune.code)


def _desk(known: Map, code: str) -> bool:
    """Whether a counter of this unit receives on the last day of June."""
    office = known.offices.get(f"MC-{code}-C")
    return office is not None and office.receives and office.valid(LAST_DAY)


def _district(known: Map, commune: Unit) -> str:
    return known.territory.parent_chain(commune, LAST_DAY)[0].code


def _of(filing: dict[str, Any], commune: str) -> dict[str, Any]:
    """The same filing in another commune."""
    fields = {key: commune if key.endswith(".commune") else value for key, value in filing["fields"].items()}
    if "child.born" in fields:
        fields["child.born"] = "2025-06-01"
    return filing | {"fields": fields, "applicant": filing["applicant"] | {"commune": commune}}


def _clerk(unit: UnitOfWork) -> int:
    known = person_named(unit.begin(), CLERK)
    return known if known is not None else add_person(unit, CLERK, "Cán bộ nhập dữ liệu mẫu")


def _file(runtime: Runtime, clerk: int, filings: list[tuple[str, dict[str, Any]]], moment: dt.datetime) -> None:
    def act(unit: UnitOfWork) -> None:
        for number, (centre, given) in enumerate(filings):
            office = unit.catalogue.office(centre)
            held = (Membership(centre, "counter", BEGAN, province=office.province),)
            unit.actor = Actor("staff", CLERK, person_id=clerk, memberships=held)
            filed = file_dossier(unit, Filing(**{**given, "intake_office": centre}))
            if number % 2:
                perform_action(unit, filed.case.code, "forward")

    in_transaction(runtime, SYSTEM_ACTOR, act, now=moment)
