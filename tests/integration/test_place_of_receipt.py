"""Where the place of receipt decides: a certified copy is made by the commune that received it, wherever one lives."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.acts.file_dossier import file_dossier
from engine.acts.publish import publish_release
from engine.acts.rectify import rectify
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.acts.staff.people import add_membership
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import DEFAULT_PLACE, INTAKE, IntakeRefused, Map, NoPlace, place_name, route
from engine.rules.procedure.definition import Effective, Route
from engine.rules.procedure.machine import Workflow, compile_release
from tests.installation import content, short_releases
from tests.installation.june import JULY, prepare_june, reform_of
from tests.installation.short_releases import COPIES
from tests.installation.world import APPLICANT, World
from workflows.competence_files import read_competences
from workflows.loader import load
from workflows.offices import generate_offices

PROCEDURES = Path("workflows/procedures")
TODAY = dt.date(2026, 11, 2)
HA_NOI, CA_MAU = "00004", "32152"


@cache
def country() -> Map:
    territory = content.country()
    return Map(territory, OfficeIndex(generate_offices(territory)), read_competences())


@cache
def shipped(procedure: str) -> Workflow:
    return compile_release(load(PROCEDURES / f"{procedure}.yaml"), {})


def handler(procedure: str, intake: str, kind: str = "citizen", commune: str = "", on: dt.date = TODAY) -> str:
    facts = {"applicant": {"kind": kind, "commune": commune}}
    return route(shipped(procedure), facts, country(), on, intake).offices["handler"]


@pytest.mark.parametrize("commune", ["", "26740", HA_NOI, CA_MAU])
@pytest.mark.parametrize("kind", ["citizen", "business", "organisation", "state_body", "foreigner"])
def test_a_copy_is_certified_where_it_is_handed_in_whoever_asks(commune: str, kind: str) -> None:
    assert handler("2.000815", "TT-26740", kind, commune) == "UB-26740"
    assert handler("2.000815", "TT-07294", kind, commune) == "UB-07294", "also where the commune became a ward since"


def test_the_level_of_the_day_decides() -> None:
    june = dt.date(2025, 6, 20)
    assert handler("2.000815", "MC-26740-C", on=june) == "UB-26740-C"
    assert handler("2.000815", "MC-26740-C", "business", on=june) == "UB-760-C"
    assert handler("2.000815", "MC-760-C", "business", on=june) == "UB-760-C"


def test_the_counter_of_a_level_that_does_not_decide_is_told_where_to_go() -> None:
    with pytest.raises(IntakeRefused) as caught:
        handler("2.000815", "TT-79")
    assert "hãy nộp tại nơi tiếp nhận cấp xã" in caught.value.sentence("vi")
    assert "the place of receipt decides, and the commune is competent (23/2015/NĐ-CP)" in caught.value.sentence("en")
    with pytest.raises(NoPlace, match="The receiving office was not given"):
        route(shipped("2.000815"), {"applicant": {"kind": "citizen"}}, country(), TODAY)


@pytest.mark.parametrize("intake", ["TT-26740", "TT-79"])
def test_an_official_who_leaves_is_settled_where_they_served_not_where_they_live(intake: str) -> None:
    assert handler("CDCS.178", intake, commune=HA_NOI) == "SNV-79"


def test_of_no_shipped_procedure_the_residence_of_the_applicant_decides() -> None:
    """Each names the commune of the land, the register, the seat or the dwelling; a residence stands in the form."""
    for path in sorted(PROCEDURES.glob("*.yaml")):
        release = load(path)
        places = {key: place_name(release, key) for key in release.routing}
        assert DEFAULT_PLACE not in places.values(), path.name
        assert (INTAKE in places.values()) == (release.procedure in ("2.000815", "CDCS.178")), path.name


def copies(world: World, start: dt.date, until: dt.date | None = None) -> None:
    routing = {"intake": Route(by="any_centre_in_province"), "handler": Route(by="competent", place=INTAKE)}
    release = short_releases.copies(version=2, effective=Effective(start, until), routing=routing)
    world.try_act("system", publish_release, release)


def asked(world: World, who: str = "counter", **changes: Any) -> str:
    usual: dict[str, Any] = {"procedure": COPIES, "fields": {"pages": 3}, "documents": [], "receive": True}
    return world.file(who, **(usual | changes)).case.code


def test_a_stranger_without_a_commune_files_and_a_correction_of_the_residence_changes_nothing(world: World) -> None:
    copies(world, dt.date(2026, 3, 1))
    code = asked(world, applicant=APPLICANT | {"commune": None})
    assert (world.row(code)["handler_office"], world.row(code)["place"]) == ("UB-26080", "26080")
    assert "thẩm quyền cấp xã đối với Phường Long Khánh" in world.entries(code)[0]["data"]["routing"]["handler"]["vi"]
    from_afar = asked(world, applicant=APPLICANT | {"commune": "26740"})
    assert world.row(from_afar)["handler_office"] == "UB-26080"
    world.act("counter", rectify, from_afar, "Nhầm nơi ở", applicant={"commune": "26080"})
    row = world.row(from_afar)
    assert (row["handler_office"], row["place"]) == ("UB-26080", "26080")
    world.act("counter", rectify, code, "Nhầm số trang", fields={"pages": 4})
    assert world.row(code)["handler_office"] == "UB-26080"


def test_the_centre_of_a_province_refuses_what_communes_decide(world: World) -> None:
    copies(world, dt.date(2026, 3, 1))
    offices = world.runtime.catalogue.offices
    assert offices["TT-75"].receives
    world.try_act("admin", add_membership, world.person("counter"), "TT-75", "counter", dt.date(2025, 7, 1))
    world.refuse(
        IntakeRefused, "counter", file_dossier,
        world.filing(procedure=COPIES, fields={"pages": 3}, documents=[], intake_office="TT-75"),
    )  # fmt: skip


def test_a_reform_takes_it_to_what_the_commune_of_receipt_became(world: World, tmp_path: Path) -> None:
    prepare_june(world)
    copies(world, dt.date(2024, 1, 1), dt.date(2025, 6, 30))
    code = asked(world, "old_counter", intake_office="MC-26740-C", applicant=APPLICANT | {"commune": None})
    assert world.row(code)["handler_office"] == "UB-26740-C"
    make_plan(world.runtime, reform_of(world), tmp_path / "plan.json")
    world.at(JULY)
    apply_all(world.runtime, open_run(world.runtime, load_plan(world.runtime, read_plan(tmp_path / "plan.json"))))
    row = world.row(code)
    assert (row["handler_office"], row["place"]) == ("UB-26740", "26740")
    assert row["offices"] == {"intake": "TT-26740", "handler": "UB-26740"}
    world.act("old_counter", rectify, code, "Nhầm số trang", fields={"pages": 4})
    assert world.row(code)["handler_office"] == "UB-26740"
