"""Filing: the code, the offices, the papers and fees, the first entry of the journal, and who may file where."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.open_dossier import ChannelClosed
from engine.acts.publish import publish_offices
from engine.dossier.record import record
from engine.errors import Forbidden, InvalidInput
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import IntakeRefused, NeedsAPerson, NoPlace
from engine.rules.procedure.machine import GuardFailed
from engine.security.citizen_link import link_hash, receipt_matches
from engine.store.documents import documents
from engine.store.dossiers import applicants
from engine.store.fees import fees
from engine.store.outbox import webhooks
from engine.store.reports import finished_by_day
from engine.text import Text
from engine.transaction import UnitOfWork
from tests.installation.runtime import KEY
from tests.installation.short_releases import COPIES, LAND, RESIDENCE
from tests.installation.world import (
    APPLICANT,
    BIEN_HOA,
    BRANCH,
    FIELDS,
    LONG_KHANH,
    PAPERS,
    PROVINCE,
    SAI_GON,
    TAX,
    XUAN_LAP,
    World,
    moment,
)


def test_filing_opens_a_dossier_that_is_not_received_yet(world: World) -> None:
    filed = world.file()
    row = world.row(filed.case.code)
    assert row["code"] == "H75.26080-260302-0001"
    assert (row["state"], row["portal"], row["clock"], row["version"]) == ("new", 1, "not_started", 1)
    assert (row["filed_at"], row["received_at"], row["started_at"], row["due_at"]) == (world.now, None, None, None)
    assert row["offices"] == {"intake": LONG_KHANH, "handler": BRANCH, "tax": TAX}
    assert (row["holder_office"], row["holder_role"], row["holder_id"]) == (LONG_KHANH, "counter", None)
    assert (row["handler_office"], row["place"], row["province"]) == (BRANCH, "26080", "75")
    assert world.seen_by(row["code"]) == {LONG_KHANH, BRANCH, TAX}
    assert world.armed(row["code"]) == {}
    assert world.messages(row["code"]) == []


def test_the_first_entry_names_release_routing_and_papers_but_no_person(world: World) -> None:
    code = world.file().case.code
    (entry,) = world.entries(code)
    assert (entry["act"], entry["number"], entry["actor"]) == ("file", 1, f"staff:{world.person('counter')}")
    assert entry["data"]["release"] == world.row(code)["release"]
    assert entry["data"]["papers"] == [{**paper, "certified": 0, "copy": 0} for paper in PAPERS]
    assert set(entry["data"]["routing"]) == {"intake", "handler", "tax"}
    assert not any(str(value) in str(entry) for value in ("Mẫu", "0900000001", "075090000001", "mau@example.vn"))


def test_papers_fees_and_applicant_are_kept(world: World) -> None:
    world.file()
    with world.reading() as connection:
        papers = connection.execute(select(documents.c.key, documents.c.original).order_by(documents.c.id)).all()
        owed = {row.key: row.vnd for row in connection.execute(select(fees))}
        person = connection.execute(select(applicants)).mappings().one()
    assert [tuple(row) for row in papers] == [("don", 1), ("gcn", 1)]
    assert owed == {"le_phi": 50_000, "trang": 4_000}
    assert (person["name"], person["verified"], person["language"]) == ("Nguyễn Văn Mẫu", 1, "vi")
    assert person["form"] == FIELDS


def test_the_link_and_the_receipt_open_this_dossier_only(world: World) -> None:
    first, second = world.file(), world.file()
    row = world.row(first.case.code)
    assert row["link_hash"] == link_hash(first.link_token) != link_hash(second.link_token)
    assert receipt_matches([KEY], row["link_nonce"], first.receipt_code.lower())
    assert not receipt_matches([KEY], row["link_nonce"], second.receipt_code)
    assert first.link_token not in str(world.everything())
    assert first.receipt_code not in str(world.everything())


def test_codes_follow_each_other_by_office_and_day(world: World) -> None:
    codes = [
        world.file().case.code,
        world.file("other_counter", intake_office=BIEN_HOA).case.code,
        world.file().case.code,
        world.file(at="2026-03-03 06:00").case.code,  # still 2 March in UTC
    ]
    assert codes == [
        "H75.26080-260302-0001",
        "H75.26020-260302-0001",
        "H75.26080-260302-0002",
        "H75.26080-260303-0001",
    ]


def test_a_refused_intake_gives_its_number_back(world: World) -> None:
    world.refuse(GuardFailed, "counter", file_dossier, filing(documents=[], receive=True))
    assert world.file().case.code.endswith("-0001")


def test_receiving_in_the_same_stroke(world: World) -> None:
    filed = world.file(receive=True, at="2026-03-02 08:30")
    row = world.row(filed.case.code)
    assert (row["state"], row["version"], row["received_at"], row["started_at"]) == (
        "accepted",
        2,
        world.now,
        world.now,
    )
    assert row["due_at"] == moment("2026-03-09 08:30")
    assert [entry["act"] for entry in world.entries(row["code"])] == ["file", "receive"]
    assert world.messages(row["code"]) == [
        ("da-tiep-nhan", "applicant", "sms"),
        ("da-tiep-nhan", "applicant", "email"),
    ]
    assert world.rung == 1


def test_what_is_opened_and_ends_in_one_act_is_counted_among_the_finished(world: World) -> None:
    def opened_and_ended(unit: UnitOfWork) -> None:
        case = file_dossier(unit, filing()).case
        case.change(portal=8, finished_at=unit.now)
        record(case, "end")

    world.try_act("counter", opened_and_ended)
    with world.reading() as connection:
        assert connection.execute(select(finished_by_day.c.finished)).scalar_one() == 1


def test_any_centre_of_the_province_receives_but_none_of_another(world: World) -> None:
    row = world.file("other_counter", intake_office=BIEN_HOA).case.row
    assert row["offices"] == {"intake": BIEN_HOA, "handler": BRANCH, "tax": TAX}
    world.refuse(IntakeRefused, "far_counter", file_dossier, filing(intake_office=SAI_GON))


@pytest.mark.parametrize(
    ("who", "office"),
    [
        ("specialist", LONG_KHANH),
        ("leader", LONG_KHANH),
        ("other_counter", LONG_KHANH),
        ("counter", XUAN_LAP),
        ("monitor", LONG_KHANH),
        ("admin", LONG_KHANH),
        ("deputy", LONG_KHANH),
    ],
)
def test_only_receiving_staff_of_that_centre_may_file(world: World, who: str, office: str) -> None:
    world.refuse(Forbidden, who, file_dossier, filing(intake_office=office))


def test_an_office_that_receives_nothing_or_no_more_is_refused(world: World) -> None:
    for office in (BRANCH, "MC-26080-C", "TT-99999"):
        refusal = world.refuse(InvalidInput, "counter", file_dossier, filing(intake_office=office))
        assert set(refusal.errors) == {"intake_office"}


def test_conditions_choose_the_office_and_the_reason_is_kept(world: World) -> None:
    firm = APPLICANT | {"kind": "organisation", "identity_number": None}
    row = world.file(applicant=firm).case.row
    assert row["handler_office"] == PROVINCE
    reason = world.entries(row["code"])[0]["data"]["routing"]["handler"]
    assert 'applicant.kind == "organisation"' in reason["en"]
    elsewhere = world.file(fields=FIELDS | {"land.commune": "26020"}).case
    assert elsewhere.row["handler_office"] == PROVINCE
    assert world.entries(elsewhere.code)[0]["data"]["fallback"] is True


def test_choosing_the_office_that_the_rules_name_needs_no_reason(world: World) -> None:
    case = world.file(handler_office=BRANCH).case
    assert case.row["handler_office"] == BRANCH
    assert "chosen by a person" not in str(world.entries(case.code)[0]["data"]["routing"])
    chosen = world.file(handler_office=PROVINCE, handler_reason="tỉnh thụ lý").case
    assert chosen.row["handler_office"] == PROVINCE
    assert world.entries(chosen.code)[0]["data"]["routing"]["handler"]["en"].endswith(": chosen by a person")


def test_a_person_chooses_among_candidates_with_a_reason(world: World) -> None:
    world.act("system", publish_offices, [second_police()])
    home = filing(procedure=RESIDENCE, fields={"home.commune": "26080"}, documents=[])
    refusal = world.refuse(NeedsAPerson, "counter", file_dossier, home)
    assert refusal.facts["candidates"] == ("CA-26080", "CA-26080-2")
    chosen: dict[str, Any] = {"procedure": RESIDENCE, "fields": {"home.commune": "26080"}, "documents": []}
    without_reason = filing(**chosen, handler_office="CA-26080-2", handler_reason=" ")
    assert "handler_reason" in world.refuse(InvalidInput, "counter", file_dossier, without_reason).errors
    nowhere = filing(**chosen, handler_office="CA-1", handler_reason="gần nhà")
    assert "handler_office" in world.refuse(InvalidInput, "counter", file_dossier, nowhere).errors
    case = world.file(**chosen, handler_office="CA-26080-2", handler_reason="gần nhà").case
    assert case.row["handler_office"] == "CA-26080-2"
    assert "gần nhà" not in str(world.entries(case.code))


def test_closed_channels_and_kinds_of_applicants_are_refused(world: World) -> None:
    world.refuse(ChannelClosed, "counter", file_dossier, filing(procedure=COPIES, channel="post", fields={"pages": 1}))
    stranger = APPLICANT | {"kind": "foreigner", "identity_number": "C1234567"}
    world.refuse(ChannelClosed, "counter", file_dossier, filing(applicant=stranger))


def test_every_fault_of_the_applicant_is_named_at_once(world: World) -> None:
    wrong = {
        "kind": "citizen",
        "name": " ",
        "identity_number": "12",
        "phone": "call me",
        "email": "nowhere",
        "commune": "26077",  # ended on 1 July 2025
        "language": "fr",
        "address": "x" * 501,
    }
    refusal = world.refuse(InvalidInput, "counter", file_dossier, filing(applicant=wrong))
    assert set(refusal.errors) == {f"applicant.{key}" for key in wrong if key != "kind"}
    assert "applicant.phone: không phải số điện thoại" in refusal.sentence("vi")
    assert "applicant.phone: is not a telephone number" in refusal.sentence("en")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"documents": [{"key": "don", "original": -1}]}, "original"),
        ({"documents": [{"key": "don", "copy": True}]}, "copy"),
        ({"documents": [{"key": "hoa_don"}]}, "documents"),
        ({"fields": FIELDS | {"land.area": 0}}, "land.area"),
        ({"fields": {"land.commune": "26080"}}, "owner.name"),
        ({"filed_at": moment("2026-03-02 08:01")}, "filed_at"),
    ],
)
def test_wrong_papers_fields_and_moments_are_refused(world: World, changes: dict[str, Any], where: str) -> None:
    assert where in world.refuse(InvalidInput, "counter", file_dossier, filing(**changes)).errors


def test_a_place_that_decides_must_be_given(world: World) -> None:
    nobody = APPLICANT | {"commune": None}
    world.refuse(NoPlace, "counter", file_dossier, filing(procedure=COPIES, applicant=nobody, fields={"pages": 1}))


def test_papers_by_post_keep_the_day_they_came_in(world: World) -> None:
    row = world.file(channel="post", filed_at=moment("2026-02-27 16:00")).case.row
    assert row["filed_at"] == moment("2026-02-27 16:00")
    assert row["entered_at"] == world.now


def test_a_same_day_procedure_is_due_at_five_or_the_next_day(world: World) -> None:
    quick: dict[str, Any] = {"procedure": COPIES, "fields": {"pages": 3}, "documents": [], "receive": True}
    assert world.file(**quick, at="2026-03-06 14:59").case.row["due_at"] == moment("2026-03-06 17:00")
    late = world.file(**quick, at="2026-03-06 15:00").case
    assert late.row["due_at"] == moment("2026-03-09 17:00")
    assert late.facts()["dossier"]["received_after_cutoff"] is True
    assert late.row["handler_office"] == "UB-26080"
    assert list(world.fees(late.code).values()) == [6_000]


def test_webhooks_hear_of_every_state_entered(world: World) -> None:
    def register(unit: UnitOfWork) -> None:
        row = {"url": "https://example.vn/hook", "secret": "s", "active": 1, "created_at": unit.now}
        offices = (None, BRANCH, SAI_GON)
        unit.begin().execute(insert(webhooks), [{**row, "office": office} for office in offices])

    world.try_act("system", register)
    world.runtime.catalogue.refresh()
    code = world.file(receive=True).case.code
    told = [one for one in world.messages(code) if one[2] == "webhook"]
    assert [recipient for _, recipient, _ in told] == ["webhook:1", "webhook:2"] * 2


def test_a_language_is_remembered_and_defaults_to_vietnamese(world: World) -> None:
    world.file(applicant=APPLICANT | {"language": "en"})
    with world.reading() as connection:
        assert connection.execute(select(applicants.c.language)).scalar_one() == "en"


def filing(**changes: Any) -> Filing:
    whole: dict[str, Any] = {
        "procedure": LAND,
        "applicant": APPLICANT,
        "intake_office": LONG_KHANH,
        "fields": FIELDS,
        "documents": PAPERS,
    }
    return Filing(**(whole | changes))


def second_police() -> Office:
    name = Text("Công an phường Long Khánh, trụ sở 2", "Police of Long Khánh Ward, second seat")
    return Office("CA-26080-2", "police", "c:26080@2025-07-01", name, "75", dt.date(2025, 7, 1))
