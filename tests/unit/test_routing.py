"""Routing: one office with its reason, or candidates, or a refusal; never a guess."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.rules.offices.competence import NoCompetence, OverlappingCompetence
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import (
    Assignment,
    IntakeRefused,
    Map,
    NoCompetentOffice,
    NoPlace,
    NoRoute,
    PlaceNotInBeing,
    check_intake,
    deciding_place,
    route,
)
from engine.rules.procedure.definition import Branch, Route
from engine.rules.procedure.machine import Workflow, compile_release
from tests.installation.land_release import FUNCTIONS, land_release
from tests.installation.offices import COMPETENCES, INDEX, OFFICES, competence, office
from tests.installation.places import JULY, JUNE, REFORM, TERRITORY

KNOWN = Map(TERRITORY, INDEX, COMPETENCES)


def workflow(intake: str = "any_centre_in_province", **routing: Route) -> Workflow:
    routes = {
        "intake": Route(by=intake),
        "handler": Route(by="competent", place="land.commune"),
        "tax": Route(by="competent:tax", place="land.commune"),
    }
    return compile_release(land_release(procedure="1.013225", routing=routes | routing), FUNCTIONS)


def facts(commune: str = "100", kind: str = "citizen", **more: Any) -> dict[str, Any]:
    return {"land": {"commune": commune}, "applicant": {"kind": kind}} | more


def routed(on: dt.date, commune: str = "100", intake: str | None = None, known: Map = KNOWN) -> Assignment:
    return route(workflow(), facts(commune), known, on, intake)


def test_a_building_permit_goes_to_the_district_in_june_and_to_the_commune_in_july_2025() -> None:
    june, july = routed(JUNE, intake="MC-760"), routed(JULY, intake="TT-100")
    assert june.offices == {"intake": "MC-760", "handler": "UB-760", "tax": "THUE-79"}
    assert july.offices == {"intake": "TT-100", "handler": "UB-100", "tax": "THUE-79"}
    assert june.reasons["handler"].vi == (
        "Cơ quan UB-760: thẩm quyền cấp huyện đối với Phường Cũ Một ngày 15/06/2025 theo 50/2014/QH13"
    )
    assert july.reasons["handler"].en == (
        "Office UB-100: the commune is competent for Phường Mới on 2025-07-15 by 140/2025/NĐ-CP"
    )
    assert june.candidates == {}
    assert not june.fallback


def test_the_last_and_the_first_day() -> None:
    assert routed(REFORM - dt.timedelta(1)).offices["handler"] == "UB-760"
    assert routed(REFORM).offices["handler"] == "UB-100"


def test_the_receiving_office_may_be_left_open() -> None:
    assignment = routed(JULY)
    assert "intake" not in assignment.offices
    assert assignment.reasons["intake"].en == "the receiving office is not chosen yet"


def test_several_offices_are_candidates_for_a_person() -> None:
    second = office("UB-100B", "authority", "c:100@2025-07-01")
    assignment = routed(JULY, known=Map(TERRITORY, OfficeIndex([*OFFICES, second]), COMPETENCES))
    assert assignment.candidates == {"handler": ("UB-100", "UB-100B")}
    assert "handler" not in assignment.offices
    assert assignment.reasons["handler"].en.endswith("an office must be chosen")


def test_no_office_at_all_is_refused_in_words() -> None:
    known = Map(TERRITORY, OfficeIndex(one for one in OFFICES if one.code != "UB-103"), COMPETENCES)
    with pytest.raises(NoCompetentOffice) as caught:
        routed(JULY, "103", known=known)
    assert caught.value.sentence("vi") == (
        "Theo 140/2025/NĐ-CP, thẩm quyền thuộc cấp xã (authority), "
        "nhưng ngày 15/07/2025 Phường Khác không có cơ quan như vậy."
    )


def test_a_gap_or_an_overlap_of_the_law_is_refused() -> None:
    with pytest.raises(NoCompetence):
        routed(JULY, known=Map(TERRITORY, INDEX, COMPETENCES[:1]))
    twice = [*COMPETENCES, competence("1.013225", "province", start=REFORM)]
    with pytest.raises(OverlappingCompetence):
        routed(JULY, known=Map(TERRITORY, INDEX, twice))


@pytest.mark.parametrize("given", [{}, {"land": {"commune": ""}}, {"land": {"commune": None}}])
def test_a_missing_commune_is_named(given: dict[str, Any]) -> None:
    with pytest.raises(NoPlace, match="Commune of the land was not given"):
        route(workflow(), given, KNOWN, JULY)


def test_a_former_commune_is_refused_with_those_it_passed_to() -> None:
    with pytest.raises(PlaceNotInBeing) as caught:
        routed(JULY, "102")
    assert caught.value.facts["successors"] == ["100", "103"]
    assert caught.value.sentence("en") == (
        "No commune bears the code 102 on 2025-07-15. It passed to: Phường Mới (100); Phường Khác (103)."
    )
    with pytest.raises(PlaceNotInBeing, match="It passed to: not known"):
        routed(JULY, "999")
    with pytest.raises(PlaceNotInBeing, match="It passed to: not known"):
        routed(JUNE, "103")


def test_branches_choose_and_else_is_recorded_as_a_fallback() -> None:
    handler = Route(branches=(Branch("UB-79", 'applicant.kind == "organisation"'), Branch("UB-100")))
    flow = workflow(handler=handler, tax=Route(by="competent:tax", place="land.commune"))
    ruled = route(flow, facts(kind="organisation"), KNOWN, JULY)
    assert (ruled.offices["handler"], ruled.fallbacks) == ("UB-79", ())
    assert ruled.reasons["handler"].en == 'Office UB-79: rule: applicant.kind == "organisation"'
    other = route(flow, facts(), KNOWN, JULY)
    assert (other.offices["handler"], other.fallbacks, other.fallback) == ("UB-100", ("handler",), True)
    only = workflow(handler=Route(branches=(Branch("UB-100"),)))
    assert not route(only, facts(), KNOWN, JULY).fallback


@pytest.mark.parametrize(
    ("branch", "on", "says"),
    [
        (Branch("UB-100"), JUNE, "UB-100 is not in being on 2025-06-15"),
        (Branch("NOWHERE"), JULY, "NOWHERE is not in being"),
        (Branch("UB-100", "land.remeasured"), JULY, "no branch fits"),
    ],
)
def test_a_branch_that_leads_nowhere_is_refused(branch: Branch, on: dt.date, says: str) -> None:
    with pytest.raises(NoRoute, match=says):
        route(workflow(handler=Route(branches=(branch,))), facts(), KNOWN, on)


@pytest.mark.parametrize(
    ("rule", "code", "on", "refusal"),
    [
        ("any_centre_in_province", "TT-100", JULY, None),
        ("any_centre_in_province", "TT-103", JULY, None),
        ("any_centre_in_province", "TT-79", JULY, None),
        ("any_centre_in_province", "TT-200", JULY, "Phường Mới lies in Thành phố A"),
        ("any_centre_in_province", "UB-100", JULY, "does not receive dossiers"),
        ("any_centre_in_province", "TT-100", JUNE, "not in being on 2025-06-15"),
        ("any_commune_in_province", "TT-103", JULY, None),
        ("any_commune_in_province", "TT-79", JULY, "only communes receive it"),
        ("any_commune_in_province", "TT-200", JULY, "Phường Mới lies in Thành phố A"),
        ("competent_commune", "TT-100", JULY, None),
        ("competent_commune", "TT-103", JULY, "only Phường Mới receives it"),
        ("competent_commune", "TT-79", JULY, "only Phường Mới receives it"),
        ("any_centre_in_province", "MC-760", JUNE, None),
    ],
)
def test_which_centre_may_receive(rule: str, code: str, on: dt.date, refusal: str | None) -> None:
    receiving, release = INDEX.get(code), workflow(rule).release
    assert receiving is not None
    if refusal is None:
        assert check_intake(release, receiving, facts(), KNOWN, on).vi.startswith("tiếp nhận")
        return
    with pytest.raises(IntakeRefused, match=refusal):
        check_intake(release, receiving, facts(), KNOWN, on)
    with pytest.raises(IntakeRefused):
        route(workflow(rule), facts(), KNOWN, on, code)


def test_an_unknown_receiving_office_is_refused() -> None:
    with pytest.raises(NoRoute, match="there is no office TT-X"):
        routed(JULY, intake="TT-X")


def test_without_a_place_of_its_own_a_route_goes_by_the_applicants_commune() -> None:
    flow = workflow(handler=Route(by="competent"))
    assert (
        route(flow, facts(applicant={"kind": "citizen", "commune": "103"}), KNOWN, JULY).offices["handler"] == "UB-103"
    )


def test_the_commune_that_decides_is_the_one_of_the_handlers_place() -> None:
    assert deciding_place(workflow(), facts("100"), TERRITORY, JULY) == "100"
    assert deciding_place(workflow(), facts(""), TERRITORY, JULY) is None
    with pytest.raises(PlaceNotInBeing):
        deciding_place(workflow(), facts("102"), TERRITORY, JULY)
