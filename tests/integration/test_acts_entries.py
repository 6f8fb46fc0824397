"""What each act writes into the journal: the open data of its entry, and word for word what is kept beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.documents import add_document, check_document, remove_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.hold import assign, claim, mark_opened, release_claim
from engine.acts.link_dossiers import link_dossiers
from engine.acts.perform_action import perform_action
from engine.acts.read_personal_data import read_personal_data
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.applicant import LONGEST, clean_applicant
from engine.errors import Forbidden, InvalidInput
from engine.rules.procedure.definition import APPLICANT_KINDS, Term
from engine.rules.procedure.machine import ActionNotInState, UnknownAction
from engine.store.dossiers import dossiers
from engine.store.journal import journal, journal_private, reads
from engine.store.outbox import outbox
from tests.installation.world import APPLICANT, PROVINCE, World

TODAY = dt.date(2026, 3, 2)


def last(world: World, code: str) -> tuple[str, dict[str, Any], Any]:
    """Act, open data and private data of the last entry of a dossier."""
    body = world.entries(code)[-1]
    of_this = select(journal_private.c.data).join(dossiers, dossiers.c.id == journal_private.c.dossier_id)
    with world.reading() as connection:
        hidden = connection.execute(
            of_this.where(dossiers.c.code == code, journal_private.c.number == body["number"])
        ).scalar_one_or_none()
        row = connection.execute(
            select(journal.c.act, journal.c.number)
            .join(dossiers, dossiers.c.id == journal.c.dossier_id)
            .where(dossiers.c.code == code)
            .order_by(journal.c.number.desc())
        ).first()
    assert row is not None and (row.act, row.number) == (body["act"], body["number"])
    assert (hidden is None) == (body["private"] is None)
    return body["act"], body["data"], hidden


def test_entries_of_those_who_hold_a_dossier(world: World) -> None:
    code, colleague, holder = world.land_at("checking"), world.person("specialist2"), world.person("specialist")
    world.act("specialist", mark_opened, code)
    assert last(world, code) == ("open", {}, None)
    world.act("specialist", claim, code)
    assert last(world, code) == ("claim", {}, None)
    world.act("specialist", release_claim, code)
    assert last(world, code) == ("release_claim", {"holder": holder}, None)
    world.act("leader", assign, code, colleague, reason="nghỉ phép")
    assert last(world, code) == ("assign", {"person": colleague}, {"reason": "nghỉ phép"})
    world.act("leader", assign, code, holder)
    assert last(world, code) == ("assign", {"person": holder}, None)


def test_entries_about_papers_and_fees(world: World) -> None:
    code = world.land_at("accepted")
    _, first = world.act("counter", add_document, code, key="gcn", certified=2)
    act, data, hidden = last(world, code)
    assert (act, hidden) == ("add_document", None)
    nothing = {"sha256": None, "size": None, "reused_from": None}
    assert data == {"document": first, "key": "gcn", "original": 0, "certified": 2, "copy": 0} | nothing
    pdf = b"%PDF-1.7\n%%EOF"
    _, second = world.act("counter", add_document, code, key="other", content=pdf, file_name="đơn.pdf")
    act, data, hidden = last(world, code)
    assert (data["document"], data["size"], data["copy"], hidden) == (second, len(pdf), 0, {"file_name": "đơn.pdf"})
    world.act("counter", check_document, code, first, False, "mờ")
    assert last(world, code) == ("check_document", {"document": first, "accepted": False}, {"reason": "mờ"})
    world.act("counter", check_document, code, first, True)
    assert last(world, code) == ("check_document", {"document": first, "accepted": True}, None)
    world.act("counter", remove_document, code, second, "nhầm")
    assert last(world, code) == ("remove_document", {"document": second, "key": "other"}, {"reason": "nhầm"})
    key, vnd = next(iter(world.fees(code).items()))
    world.act("counter", settle_fee, code, key, "cash", "BL-1")
    assert last(world, code) == ("settle_fee", {"fee": key, "vnd": vnd, "method": "cash", "receipt": "BL-1"}, None)


def test_entries_of_words(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", add_note, code, "gọi lại")
    assert last(world, code) == ("add_note", {}, {"text": "gọi lại"})
    world.act("counter", rectify, code, "gõ sai", applicant={"name": "A"}, fields={"pages": 3})
    act, data, hidden = last(world, code)
    assert (act, data["corrects"], data["names"]) == ("rectify", 1, ["applicant.name", "pages"])
    assert hidden == {
        "reason": "gõ sai",
        "before": {"applicant.name": APPLICANT["name"], "pages": 2},
        "applicant": {"name": "A"},
        "fields": {"pages": 3},
    }
    other = world.file().case.code
    world.act("counter", link_dossiers, code, other, "related")
    assert last(world, code) == ("link", {"other": other, "kind": "related"}, None)
    assert last(world, other) == ("link", {"other": code, "kind": "related"}, None)


def test_two_dossiers_are_linked_in_one_of_four_ways(world: World) -> None:
    first, second = world.file().case.code, world.file().case.code
    for kind in ("related", "replaces", "same_parcel", "complaint_about"):
        world.act("counter", link_dossiers, second, first, kind)
        assert last(world, first)[1] == {"other": second, "kind": kind}
    assert list(world.refuse(InvalidInput, "counter", link_dossiers, first, second, "other").errors) == ["kind"]
    assert list(world.refuse(InvalidInput, "counter", link_dossiers, first, first).errors) == ["other"]


def test_entries_between_offices(world: World) -> None:
    code = world.land_at("checking")
    _, number = world.act("specialist", ask_verification, code, "UB-26080", "có tranh chấp không?")
    act, data, hidden = last(world, code)
    assert (act, data["verification"], data["office"], hidden) == (
        "ask_verification", number, "UB-26080", {"question": "có tranh chấp không?"}
    )  # fmt: skip
    with world.reading() as connection:
        asked = connection.execute(select(outbox).where(outbox.c.template == "xac-minh")).mappings().one()
    row, entry = world.row(code), world.entries(code)[-1]
    assert (asked["channel"], asked["recipient"]) == ("inbox", "office:UB-26080/specialist")
    assert asked["data"] == {
        **{key: row[key] for key in ("code", "procedure", "release", "state")},
        "verification": number,
        "due": dt.datetime.fromisoformat(data["due_at"]).isoformat(),
        "entry": entry["number"],
    }
    world.act("asked", answer_verification, code, number, False, "không")
    assert last(world, code) == (
        "answer_verification", {"verification": number, "office": "UB-26080", "confirmed": False}, {"answer": "không"}
    )  # fmt: skip
    world.act("specialist", extend_deadline, code, Term(2, "working_day"), "chờ")
    act, data, hidden = last(world, code)
    assert (act, data["term"], data["form"], hidden) == (
        "extend_deadline", {"amount": 2, "unit": "working_day"}, "mau-04", {"reason": "chờ"}
    )  # fmt: skip
    assert data["before"] < data["after"] == f"{world.row(code)['due_at']:%Y-%m-%dT%H:%M:%S.%fZ}"
    extension = {"by": {"amount": 2, "unit": "working_day"}, "at": world.now.isoformat(), "reason": "mau-04"}
    assert world.row(code)["extensions"] == [extension]
    before = world.row(code)["handler_office"]
    world.act("leader", transfer, code, PROVINCE, "đúng thẩm quyền", legal="QĐ 1")
    told = {"key": "handler", "from": before, "to": PROVINCE, "legal": "QĐ 1"}
    assert last(world, code) == ("transfer", told, {"reason": "đúng thẩm quyền"})


def test_entries_of_steps(world: World) -> None:
    code = world.land_at("accepted")
    world.do("counter", code, "forward", note="xem giúp")
    act, data, hidden = last(world, code)
    assert (act, data["from"], data["to"], data["role"]) == ("forward", "accepted", "checking", "counter")
    assert hidden == {"note": "xem giúp"}
    step = world.entries(code)[-1]["number"]
    world.act("counter", recall, code, reason="nhầm")
    told = {"recalled": step, "from": "checking", "to": "accepted"}
    assert last(world, code) == ("recall", told, {"reason": "nhầm"})
    world.do("counter", code, "forward")
    assert last(world, code)[2] is None


@pytest.mark.parametrize("who", ["counter", "specialist", "monitor", "far_counter"])
def test_an_unknown_or_impossible_action_is_named_before_anything_about_roles(world: World, who: str) -> None:
    code = world.land_at("accepted")
    actor = world.actor("specialist" if who == "far_counter" else who)
    world.refuse(UnknownAction, actor, perform_action, code, "explode")
    world.refuse(ActionNotInState, actor, perform_action, code, "finish_review")


@pytest.mark.parametrize("key", LONGEST)
def test_how_long_each_word_about_an_applicant_may_be(world: World, key: str) -> None:
    assert LONGEST == {
        "name": 200, "identity_number": 20, "phone": 30, "email": 254, "address": 500, "commune": 8, "language": 2
    }  # fmt: skip
    forms = {"language": "vi", "commune": "26080", "phone": "+1234567890" + "12345", "email": "a" * 248 + "@ab.vn"}
    longest = forms.get(key, "x" * LONGEST[key])
    given = {"kind": "business", "name": "A", key: longest}
    clean = world.try_act("counter", clean_applicant, given, "75", TODAY)
    assert clean[key] == longest
    with pytest.raises(InvalidInput) as refused:
        world.try_act("counter", clean_applicant, given | {key: longest + " " * LONGEST[key]}, "75", TODAY)
    assert f"applicant.{key}" in refused.value.errors


@pytest.mark.parametrize(
    ("kind", "number", "taken"),
    [
        ("citizen", "075090000001", True),
        ("citizen", "271234567", True),
        ("citizen", "0750900000011", False),
        ("citizen", "2712345678", False),
        ("citizen", "B1234567", True),
        ("citizen", "12345678", False),
        ("citizen", "000000000", False),
        ("citizen", "003200000123", False),
        ("citizen", "079400000123", False),
        ("citizen", "079399000123", False),
        ("foreigner", "12345678", True),
        ("business", "0100109107", False),
        ("business", "0100109106-000", False),
        ("state_body", "0100109106-001", True),
        ("foreigner", "B1234", True),
        ("foreigner", "B" * 20, True),
        ("foreigner", "B123", False),
        ("foreigner", "B_1234", False),
        ("foreigner", "123456789013", True),
        ("foreigner", "1234567890", False),
        *((kind, "bất kỳ", True) for kind in ("business", "organisation", "state_body")),
    ],
)
def test_identity_numbers_by_kind_of_applicant(world: World, kind: str, number: str, taken: bool) -> None:
    assert kind in APPLICANT_KINDS
    given = {"kind": kind, "name": " A ", "identity_number": number}
    if taken:
        clean = world.try_act("counter", clean_applicant, given, "75", TODAY)
        assert (clean["kind"], clean["name"], clean["identity_number"]) == (kind, "A", number)
        assert (clean["verified"], clean["language"], clean["email"]) == (0, "vi", None)
        return
    with pytest.raises(InvalidInput) as refused:
        world.try_act("counter", clean_applicant, given, "75", TODAY)
    assert list(refused.value.errors) == ["applicant.identity_number"]


def test_the_system_may_do_what_staff_may(world: World) -> None:
    code = world.land_at("checking")
    world.act("system", add_note, code, "tự động")
    assert world.entries(code)[-1]["actor"] == "system"
    world.act("system", extend_deadline, code, Term(1, "working_day"), "tự động")
    world.act("system", transfer, code, PROVINCE, "tự động")
    assert world.row(code)["handler_office"] == PROVINCE


def test_every_reading_of_personal_data_is_noted_with_person_and_reason(world: World) -> None:
    code = world.land_at("checking")
    number = world.row(code)["id"]
    assert world.try_act("specialist", read_personal_data, code, "đối chiếu").code == code
    world.try_act("counter", read_personal_data, code, "in giấy", "form-01")
    for who, why in (("monitor", "giám sát"), (world.citizen(code), "x")):
        world.refuse(Forbidden, who, read_personal_data, code, why)
    world.refuse(InvalidInput, "counter", read_personal_data, code, " ")
    with world.reading() as connection:
        rows = connection.execute(select(reads).order_by(reads.c.id)).mappings().all()
    people = {"specialist": world.person("specialist"), "counter": world.person("counter")}
    assert [tuple(row.values())[1:-1] for row in rows] == [
        (world.now, f"staff:{people['specialist']}", number, "applicant", "đối chiếu"),
        (world.now, f"staff:{people['counter']}", number, "form-01", "in giấy"),
    ]


def test_every_fault_of_an_applicant_is_named_at_once(world: World) -> None:
    given = {"kind": "robot", "name": " ", "email": "@", "phone": "1", "language": "fr", "commune": "99999"}
    with pytest.raises(InvalidInput) as refused:
        world.try_act("counter", clean_applicant, given, "75", TODAY)
    faults = {f"applicant.{key}" for key in given}
    assert refused.value.errors.keys() == faults
