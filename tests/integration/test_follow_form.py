"""A correction of what decides the competence takes the dossier to the office that has it, in the same act."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.acts.documents import add_document
from engine.acts.follow_form import PlaceSettled
from engine.acts.hold import claim
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_closure, publish_offices, publish_release
from engine.acts.rectify import rectify
from engine.acts.transfer import transfer
from engine.dossier.asks import Asks
from engine.dossier.case import lock_case
from engine.dossier.record import record
from engine.errors import Forbidden, InvalidInput
from engine.rules.deadlines.office_hours import Closure
from engine.rules.offices.routing import IntakeRefused, NeedsAPerson, PlaceNotInBeing
from engine.rules.procedure.definition import Branch, Child, Effective, Route
from engine.store.dossiers import dossiers
from engine.store.people import memberships
from engine.transaction import UnitOfWork
from tests.installation.releases import text
from tests.installation.short_releases import COPIES, RESIDENCE, land
from tests.installation.world import APPLICANT, BRANCH, FIELDS, LONG_KHANH, PROVINCE, TAX, World, moment
from tests.integration.test_acts_file import second_police

HERE, SAME_OFFICE, OTHER_OFFICE, NEXT_TO_IT, OTHER_PROVINCE = "26080", "26098", "26020", "26005", "26740"

APRIL = Effective(dt.date(2026, 4, 1))


def correct(world: World, code: str, who: str = "counter", **fields: Any) -> dict[str, Any]:
    """Corrects form values (``land_commune`` for ``land.commune``)."""
    named = {key.replace("_", ".", 1): value for key, value in fields.items()}
    return world.act(who, rectify, code, "Ghi nhầm nơi có đất", fields=named).row


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {key for key in after if after[key] != before[key]} - {"version", "head"}


def test_the_dossier_passes_to_the_office_that_is_competent(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    before = world.row(code)
    row = correct(world, code, land_commune=OTHER_OFFICE)
    assert changed(before, row) == {
        "place",
        "placed_on",
        "offices",
        "handler_office",
        "holder_office",
        "holder_id",
        "opened_at",
    }
    assert row["offices"] == {"intake": LONG_KHANH, "handler": PROVINCE, "tax": TAX}
    assert (row["place"], row["holder_office"], row["holder_role"]) == (OTHER_OFFICE, PROVINCE, "specialist")
    data = world.entries(code)[-1]["data"]
    assert data["place"] == {"from": HERE, "to": OTHER_OFFICE}
    [move] = data["offices"]
    assert (move["key"], move["from"], move["to"]) == ("handler", BRANCH, PROVINCE)
    assert "all other cases" in move["reason"]["en"]
    assert (data["corrects"], data["names"]) == (1, ["land.commune"])
    assert {BRANCH, PROVINCE} <= world.seen_by(code)
    assert {one[2] for one in world.messages(code, "chuyen-co-quan")} == {"sms", "email"}
    world.refuse(Forbidden, "specialist", perform_action, code, "finish_review")
    assert world.do("province_specialist", code, "finish_review").row["holder_office"] == PROVINCE


def test_the_competence_and_its_legal_basis_stand_in_the_entry(world: World) -> None:
    chosen: dict[str, Any] = {"procedure": RESIDENCE, "fields": {"home.commune": HERE}, "documents": []}
    code = world.file(**chosen).case.code
    world.do("counter", code, "receive")
    row = world.act("counter", rectify, code, "nhầm xã", fields={"home.commune": OTHER_OFFICE}).row
    assert (row["handler_office"], row["holder_office"]) == (f"CA-{OTHER_OFFICE}", f"CA-{OTHER_OFFICE}")
    assert "68/2020/QH14" in world.entries(code)[-1]["data"]["offices"][0]["reason"]["vi"]


def test_another_place_of_the_same_office_moves_nothing_else(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    before = world.row(code)
    row = correct(world, code, land_commune=SAME_OFFICE)
    assert changed(before, row) == {"place", "placed_on"}
    data = world.entries(code)[-1]["data"]
    assert data["place"] == {"from": HERE, "to": SAME_OFFICE} and "offices" not in data
    assert world.messages(code, "chuyen-co-quan") == []


def test_what_does_not_decide_leaves_a_persons_choice_alone(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", transfer, code, PROVINCE, "Hồ sơ phức tạp")
    before = world.row(code)
    assert changed(before, correct(world, code, pages=9)) == set()
    assert changed(before, correct(world, code, land_commune=SAME_OFFICE)) == {"place", "placed_on"}
    assert set(world.entries(code)[-1]["data"]) == {"corrects", "names", "place"}


def test_who_works_at_the_new_office_too_goes_on_with_it(world: World) -> None:
    code = world.land_at("checking")
    both = {"office": PROVINCE, "role": "specialist", "valid_from": dt.date(2026, 1, 1)}
    person = {"person_id": world.person("specialist")}
    world.try_act("system", lambda unit: unit.begin().execute(insert(memberships), both | person))
    before = world.act("specialist", claim, code).row
    assert changed(before, correct(world, code, land_commune=OTHER_OFFICE)) == {
        *("place", "placed_on", "offices", "handler_office", "holder_office")
    }


def test_where_nobody_of_the_office_holds_it_only_the_office_changes(world: World) -> None:
    code = world.file().case.code
    row = correct(world, code, land_commune=OTHER_OFFICE)
    assert (row["handler_office"], row["holder_office"]) == (PROVINCE, LONG_KHANH)
    world.do("counter", code, "receive")
    assert world.do("counter", code, "forward").row["holder_office"] == PROVINCE


def test_an_answer_of_the_applicant_takes_it_there_as_well(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Đất ở đâu?", asks=Asks(fields=("land.commune",)))
    row = world.do(world.citizen(code), code, "resubmit", fields={"land.commune": OTHER_OFFICE}).row
    assert (row["state"], row["place"], row["holder_office"]) == ("checking", OTHER_OFFICE, PROVINCE)
    data = world.entries(code)[-1]["data"]
    assert (data["action"], data["place"]["to"], data["offices"][0]["to"]) == ("resubmit", OTHER_OFFICE, PROVINCE)
    assert len(world.messages(code, "chuyen-co-quan")) == 2
    world.refuse(
        IntakeRefused, "counter", rectify, code, "x", fields={"land.commune": OTHER_PROVINCE}
    )  # the centre receives for its own province only


def test_the_applicants_own_commune_decides_where_the_form_names_none(world: World) -> None:
    code = world.file(procedure=COPIES, fields={"pages": 1}, documents=[]).case.code
    row = world.act("counter", rectify, code, "nhầm xã", applicant={"commune": OTHER_OFFICE}).row
    assert (row["place"], row["handler_office"]) == (OTHER_OFFICE, f"UB-{OTHER_OFFICE}")
    assert APPLICANT["name"] not in str(world.entries(code)[-1])


def test_the_promised_term_stays_and_the_entry_says_what_the_form_asks_for(world: World) -> None:
    code = world.land_at("checking")
    before = world.row(code)
    row = correct(world, code, land_remeasured=True, land_surveyor="Đội đo")
    assert changed(before, row) == set()
    told = world.entries(code)[-1]["data"]["term"]
    assert (told["kept"]["amount"], told["by_form"]["amount"]) == (5, 10)


def test_the_due_moment_follows_the_closures_of_the_new_office(world: World) -> None:
    code = world.land_at("checking")
    storm = Closure(dt.date(2026, 3, 5), dt.date(2026, 3, 5), "Bão", "Storm", "CĐ 1")
    world.try_act("system", publish_closure, PROVINCE, storm)
    assert world.row(code)["due_at"] == moment("2026-03-06 17:00")
    assert correct(world, code, land_commune=OTHER_OFFICE)["due_at"] == moment("2026-03-09 17:00")


def test_another_value_than_the_place_may_decide_and_a_reforms_place_counts(world: World) -> None:
    usual = land().routing
    branches = (Branch(PROVINCE, "land.remeasured"), *usual["handler"].branches)
    routing = usual | {"handler": Route(branches=branches, place="land.commune")}
    world.try_act("system", publish_release, land(version=2, effective=APRIL, routing=routing))
    world.at("2026-04-01 08:00")
    fields = FIELDS | {"land.commune": OTHER_OFFICE, "land.remeasured": True, "land.surveyor": "Đội đo"}
    code = world.file(fields=fields).case.code

    def reformed(unit: UnitOfWork) -> None:
        case = lock_case(unit, code)
        case.change(place=HERE)  # the form keeps the code that was filled in
        record(case, "reform")

    world.act("system", reformed)
    row = correct(world, code, land_remeasured=False)
    assert (row["place"], row["handler_office"]) == (HERE, BRANCH)
    assert "place" not in world.entries(code)[-1]["data"]
    row = correct(world, code, land_commune=NEXT_TO_IT)  # as far from HERE as OTHER_OFFICE, which the form bore
    assert (row["place"], row["handler_office"]) == (NEXT_TO_IT, PROVINCE)


@pytest.mark.parametrize(
    ("commune", "refusal"), [(OTHER_PROVINCE, IntakeRefused), ("26737", IntakeRefused), ("99999", PlaceNotInBeing)]
)
def test_a_place_that_the_centre_may_not_receive_for_is_refused(world: World, commune: str, refusal: Any) -> None:
    code = world.land_at("checking")
    world.refuse(refusal, "counter", rectify, code, "x", fields={"land.commune": commune})
    world.refuse(InvalidInput, "counter", rectify, code, "x", fields={"land.commune": None})


def test_several_competent_offices_need_a_person_first(world: World) -> None:
    world.act("system", publish_offices, [second_police()])
    elsewhere: dict[str, Any] = {"procedure": RESIDENCE, "fields": {"home.commune": OTHER_OFFICE}, "documents": []}
    code = world.file(**elsewhere).case.code
    world.do("counter", code, "receive")
    named: dict[str, Any] = {"fields": {"home.commune": HERE}}
    refusal = world.refuse(NeedsAPerson, "counter", rectify, code, "x", **named)
    assert refusal.facts["candidates"] == ["CA-26080", "CA-26080-2"]
    world.act("system", transfer, code, "CA-26080-2", "gần nhà")
    assert world.act("counter", rectify, code, "x", **named).row["handler_office"] == "CA-26080-2"


def test_a_decided_dossier_stays_where_it_was_decided(world: World) -> None:
    code = world.land_at("signing")
    world.act("leader", add_document, code, key="ket_qua", content=b"%PDF-1.4\n%%EOF\n")
    world.do("leader", code, "sign")
    refusal = world.refuse(PlaceSettled, "counter", rectify, code, "x", fields={"land.commune": SAME_OFFICE})
    assert "giải quyết xong" in refusal.sentence("vi")
    correct(world, code, pages=3)


def test_linked_dossiers_were_opened_by_what_the_form_said(world: World) -> None:
    opens = Child(RESIDENCE, text("Thường trú"), "checking", fields={"home.commune": "land.commune"})
    fresh = land(version=2, effective=APRIL, children={"residence": opens})
    world.try_act("system", publish_release, fresh)
    world.at("2026-04-01 08:00")
    code = world.land_at("accepted")
    correct(world, code, land_commune=SAME_OFFICE)
    world.do("counter", code, "forward")
    refusal = world.refuse(PlaceSettled, "counter", rectify, code, "x", fields={"land.commune": OTHER_OFFICE})
    with world.reading() as connection:
        [child] = connection.execute(select(dossiers.c.code).where(dossiers.c.parent_id.is_not(None))).scalars()
    assert child in refusal.sentence("vi") and child in refusal.sentence("en")
    assert world.row(child)["place"] == SAME_OFFICE
    correct(world, code, pages=9)
