"""What a reform does to one dossier, cause by cause, on the small country of places.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from engine.rules.offices.competence import Competence
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.procedure.definition import Route
from engine.rules.reform.places import Places, narrowed
from engine.rules.reform.plan import Candidate, Item, Live, Passage, Planner, subjects_of
from engine.rules.reform.policy import Division, Policy, Reform
from engine.rules.territory.units import Level, Unit
from engine.text import Text
from tests.installation.land_release import land_release
from tests.installation.offices import COMPETENCES, OFFICES, competence, office
from tests.installation.places import FIRST, JUNE, REFORM, TERRITORY

DAY = dt.timedelta(days=1)
PERMIT = "1.013225"
WHY = Text("Vì thế", "Because")


def policy(level: Level, body: str, to: str = "competent", **more: object) -> Policy:
    return Policy(f"{body}-{level}", level, body, to, "L1; L2", WHY, **more)  # type: ignore[arg-type]


POLICIES = (
    policy("district", "authority"),
    policy("commune", "authority", keys=frozenset({"verification"})),
    policy("commune", "authority", "successor"),
    policy("commune", "one_stop", "place", to_body="centre"),
)


def plan(
    live: Live,
    policies: tuple[Policy, ...] = POLICIES,
    offices: list[Office] = OFFICES,
    laws: list[Competence] = COMPETENCES,
    **more: object,
) -> Item:
    reform = Reform("r", REFORM, Text("R", "R"), (), policies, **more)  # type: ignore[arg-type]
    return Planner(reform, Map(TERRITORY, OfficeIndex(offices), laws)).decide(live)


def live(place: str | None = "100", subject: str | None = PERMIT, **desks: str) -> Live:
    subjects = dict.fromkeys(desks, subject) if subject else {}
    return Live(7, "D-7", 3, PERMIT, "citizen", "79", place, JUNE, desks, subjects)


def only(item: Item) -> Passage:
    (passage,) = item.passages
    return passage


def test_the_district_passes_to_the_competent_commune_with_every_legal_text_once() -> None:
    assert plan(live(handler="UB-760")) == Item(
        7,
        "D-7",
        3,
        PERMIT,
        "79",
        "moves",
        "100",
        (Passage("handler", "UB-760", "UB-100", "closes", "authority-district", "L1; L2; 140/2025/NĐ-CP"),),
        "c:100@2024-01-01",
        ("c:100@2025-07-01",),
    )


def test_in_a_divided_commune_a_person_chooses_and_the_choice_decides() -> None:
    item = plan(live("102", handler="UB-760"))
    assert (item.outcome, item.place) == ("person", None)
    assert only(item).target is None
    assert only(item).candidates == (Candidate("UB-100", "100", None, True), Candidate("UB-103", "103", None, False))
    chosen = plan(replace(live("102", handler="UB-760"), chosen=("999", "103", "100")))
    assert (chosen.outcome, chosen.place, only(chosen).target) == ("moves", "103", "UB-103")


@pytest.mark.parametrize(
    ("known", "place"),
    [
        ({"hamlet": "Khu Đông"}, "103"),
        ({"parcel": "12"}, "100"),
        ({"hamlet": "khu dong", "parcel": "12"}, "103"),  # the hamlet is looked for first
        ({"hamlet": "Khu Tây"}, None),
        ({"hamlet": "Khu Đông", "chosen": ("100",)}, "100"),
    ],
)
def test_hamlet_or_plot_tell_the_part_where_no_person_chose(known: dict[str, str], place: str | None) -> None:
    parts = (Division("102", "hamlet", "khu đông", "103", "L"), Division("102", "parcel", "12", "100", "L"))
    item = plan(replace(live("102", handler="UB-760"), **known), divisions=parts)
    assert (item.place, item.outcome) == (place, "moves" if place else "person")


def test_the_successor_is_the_office_on_what_the_units_own_unit_became() -> None:
    assert only(plan(live(handler="UB-101-C"))).target == "UB-100"
    divided = plan(live("102", handler="UB-102-C"))
    assert [one.office for one in only(divided).candidates] == ["UB-100", "UB-103"]
    of_the_place = only(plan(live("100", handler="UB-102-C")))
    assert of_the_place.target == "UB-100", "of several the one that has the dossier's commune"
    elsewhere = only(plan(live("200", handler="UB-102-C")))
    assert [one.office for one in elsewhere.candidates] == ["UB-100", "UB-103"]
    chosen = plan(replace(live("200", handler="UB-102-C"), chosen=("103",)))
    assert only(chosen).target == "UB-103"


def test_the_place_is_where_the_dossiers_commune_is_now() -> None:
    assert only(plan(live("101", intake="MC-100-C"))).target == "TT-100"
    assert only(plan(live("200", intake="MC-100-C"))).target == "TT-200"
    assert only(plan(live(None, intake="MC-100-C"))).cause == "no-place"


def test_a_question_passes_to_the_same_body_where_the_dossiers_commune_lies() -> None:
    item = plan(live("200", **{"verification:7": "UB-100-C"}))
    assert only(item) == Passage("verification:7", "UB-100-C", "UB-200", "closes", "authority-commune", "L1; L2"), (
        "no law says who is competent for a question"
    )
    without = [one for one in OFFICES if one.code != "UB-200"]
    assert only(plan(live("200", verification="UB-100-C"), offices=without)).target == "UB-01", "else its province"


@pytest.mark.parametrize(
    ("code", "place", "cause", "detail"),
    [
        ("??", "100", "unknown-office", ""),
        ("OLD", "100", "closed-earlier", "2025-06-30"),
        ("MC-760", "100", "no-policy", ""),
        ("UB-760", None, "no-place", ""),
        ("UB-760", "999", "no-place", ""),
    ],
)
def test_where_nothing_leads_on_the_cause_is_named(code: str, place: str | None, cause: str, detail: str) -> None:
    closed = office("OLD", "authority", "d:760@2024-01-01", valid_to=REFORM - DAY)
    item = plan(live(place, handler=code), offices=[*OFFICES, closed])
    assert item.outcome == "without"
    passage = only(item)
    assert (passage.cause, passage.detail, passage.target, passage.candidates) == (cause, detail, None, ())
    assert (passage.desk, passage.source) == ("handler", code)


def test_without_a_law_or_without_its_office_nobody_is_chosen() -> None:
    passage = only(plan(live(handler="UB-760"), laws=COMPETENCES[2:]))
    assert (passage.cause, passage.policy) == ("no-competence", "authority-district")
    assert PERMIT in passage.detail
    without = [one for one in OFFICES if one.code != "UB-100"]
    passage = only(plan(live(handler="UB-760"), offices=without))
    assert (passage.cause, passage.legal) == ("no-office", "L1; L2; 140/2025/NĐ-CP")
    assert only(plan(live(None, handler="UB-101-C"), offices=without)).cause == "no-office"


@pytest.mark.parametrize("late", [{"valid_from": REFORM + DAY}, {"valid_to": REFORM}])
def test_an_office_that_is_not_in_being_on_the_day_takes_nothing_over(late: dict[str, dt.date]) -> None:
    others = [replace(one, **late) if one.code == "UB-100" else one for one in OFFICES]  # type: ignore[arg-type]
    passage = only(plan(live(handler="UB-101-C"), offices=others))
    assert (passage.desk, passage.source, passage.target, passage.cause) == ("handler", "UB-101-C", None, "no-office")


def test_an_office_that_lives_on_passes_what_the_law_takes_from_it() -> None:
    stays = live(handler="UB-79")
    to_province = [
        competence(PERMIT, "province", end=REFORM, legal="old"),
        competence(PERMIT, "commune", start=REFORM, legal="new"),
    ]
    item = plan(stays, laws=to_province)
    assert item.passages == (Passage("handler", "UB-79", "UB-100", "moved", None, "new"),)
    assert plan(stays, laws=to_province, moved="keep").outcome == "stays"
    assert plan(stays).outcome == "stays", "it was not competent before: a person brought it here"
    assert plan(live(subject=None, handler="UB-79"), laws=to_province).outcome == "stays"
    assert plan(live(None, handler="UB-79"), laws=to_province).outcome == "stays"
    assert plan(stays, laws=[competence(PERMIT, "province")]).outcome == "stays", "it keeps the competence"
    gone = plan(stays, laws=to_province[:1])
    assert (gone.outcome, only(gone).cause, only(gone).policy) == ("without", "no-competence", None)


def test_an_office_that_closes_one_day_later_is_not_closed_by_the_reform() -> None:
    later = [replace(one, valid_to=REFORM + DAY) if one.code == "MC-760" else one for one in OFFICES]
    assert plan(live(subject=None, intake="MC-760"), offices=later).outcome == "stays"


def test_one_desk_without_an_office_is_worse_than_one_that_waits_and_that_worse_than_one_that_moves() -> None:
    moves, waits, stuck = {"a": "UB-101-C"}, {"b": "UB-102-C"}, {"c": "MC-760"}
    for desks, outcome in (
        ({}, "stays"),
        ({"z": "UB-79"}, "stays"),
        (moves, "moves"),
        (moves | waits, "person"),
        (moves | waits | stuck, "without"),
        (stuck | moves, "without"),
    ):
        item = plan(live("200", **desks))
        assert item.outcome == outcome
        assert [one.desk for one in item.passages] == sorted(set(desks) - {"z"})


def test_one_planner_answers_dossiers_of_different_days_kinds_and_choices_apart() -> None:
    reform = Reform("r", REFORM, Text("R", "R"), (), POLICIES)
    laws = [
        COMPETENCES[0],
        COMPETENCES[2],
        competence(PERMIT, "commune", start=REFORM, kinds="citizen"),
        competence(PERMIT, "province", start=REFORM, kinds="organisation"),
    ]
    planner = Planner(reform, Map(TERRITORY, OfficeIndex(OFFICES), laws))
    citizen = live("102", handler="UB-760")
    asked = [
        citizen,
        replace(citizen, kind="organisation"),
        replace(citizen, chosen=("103",)),
        replace(citizen, place="100"),
        replace(citizen, placed_on=REFORM, place="100"),
        replace(citizen, desks={"tax": "UB-760"}, subjects={"tax": "tax"}),
        replace(citizen, placed_on=FIRST - DAY),
    ]
    together = [planner.decide(one) for one in asked]
    apart = [Planner(reform, Map(TERRITORY, OfficeIndex(OFFICES), laws)).decide(one) for one in asked]
    assert together == apart
    assert [only(one).target for one in together] == [None, "UB-79", "UB-103", "UB-100", "UB-100", "THUE-79", None]


def test_the_commune_that_bore_a_code_on_a_day() -> None:
    planner = Planner(Reform("r", REFORM, Text("R", "R"), ()), Map(TERRITORY, OfficeIndex(OFFICES), COMPETENCES))
    assert planner.commune("100", REFORM - DAY) == "c:100@2024-01-01"
    assert planner.commune("100", REFORM) == "c:100@2025-07-01"
    assert planner.commune("100", FIRST - DAY) == "c:100@2024-01-01", "before the first day the first one is meant"
    assert planner.commune("103", REFORM - DAY) is None
    assert planner.commune(None, REFORM) is None


def test_an_office_stands_on_the_last_of_the_units_that_follow_each_other_by_name() -> None:
    places = Places(Reform("r", REFORM, Text("R", "R"), ()), Map(TERRITORY, OfficeIndex(OFFICES), COMPETENCES))

    def own(area: tuple[str, ...], unit: str = "c:100@2024-01-01") -> Unit:
        return places.stand_on(office("X", "land", unit, area=area))

    assert own(()).id == "c:100@2024-01-01"
    assert own(("c:100@2025-07-01",)).id == "c:100@2025-07-01", "the same code, from a later day"
    assert own(("c:103@2025-07-01", "c:101@2024-01-01")).id == "c:100@2024-01-01", "other units are its area only"
    assert own(("c:100@2024-01-01",), "c:100@2025-07-01").id == "c:100@2025-07-01", "an earlier one is not later"


def test_the_first_choice_that_names_a_part_narrows_to_it() -> None:
    places = Places(Reform("r", REFORM, Text("R", "R"), ()), Map(TERRITORY, OfficeIndex(OFFICES), COMPETENCES))
    parts = places.parts(TERRITORY.unit("c:102@2024-01-01"))
    assert [part.unit.code for part in narrowed(parts, ("999", "103", "100"))] == ["103"]
    assert narrowed(parts, ()) == narrowed(parts, ("999",)) == parts
    assert places.where("102", JUNE).code is None, "undecided"
    assert places.where("100", JUNE).code == "100"
    assert places.where(None, JUNE).code is None


def test_the_subject_of_a_desk_is_the_task_of_its_route_or_the_procedure_itself() -> None:
    own = Route(by="competent", place="land.commune")
    tax = Route(by="competent:tax", place="land.commune")
    release = land_release(
        routing={
            "intake": own,
            "handler": own,
            "tax": tax,
            "other": Route(by="competent:other", place="applicant.commune"),
        }
    )
    assert subjects_of(release) == {"handler": "1.012783", "tax": "tax"}
