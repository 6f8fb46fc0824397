"""Actions of the workflow: what each does to state, time, holder, journal and notices; who may not; when not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from adapters.local_signer import verify
from engine.acts.documents import add_document
from engine.acts.hold import claim
from engine.acts.perform_action import OfficeNotDecided, perform_action
from engine.acts.publish import publish_release
from engine.acts.settle_fee import settle_fee
from engine.dossier.asks import Asks
from engine.dossier.case import lock_case
from engine.dossier.record import record
from engine.dossier.stale import Stale
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.ports import Signature, SigningFailed
from engine.rules.procedure.definition import Effective, State, Term
from engine.rules.procedure.machine import (
    ActionNotInState,
    DocumentRequired,
    GuardFailed,
    ReasonRequired,
    UnknownAction,
)
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers
from engine.store.fees import fees
from tests.installation.filings import PDF
from tests.installation.releases import text
from tests.installation.short_releases import land
from tests.installation.world import BRANCH, FIELDS, LONG_KHANH, TAX, World, moment


def test_receiving_starts_the_clock_and_tells_the_applicant_once(world: World) -> None:
    code = world.file().case.code
    world.at("2026-03-02 09:15")
    row = world.do("counter", code, "receive").row
    assert (row["state"], row["portal"], row["clock"]) == ("accepted", 2, "running")
    assert row["received_at"] == row["started_at"] == row["entered_at"] == moment("2026-03-02 09:15")
    assert row["term"] == {"amount": 5, "unit": "working_day"}
    assert row["due_at"] == row["promised_at"] == moment("2026-03-09 09:15")
    assert row["step_due_at"] == moment("2026-03-02 14:15")  # four working hours, with the break at noon
    assert world.armed(code) == {
        ("overdue", ""): moment("2026-03-09 09:15"),
        ("warn", ""): moment("2026-03-06 09:15"),
        ("due_in", str(len(land().notify) - 1)): moment("2026-03-05 09:15"),
        ("step", "accepted"): moment("2026-03-02 14:15"),
    }
    assert world.messages(code) == [("da-tiep-nhan", "applicant", "sms"), ("da-tiep-nhan", "applicant", "email")]


def test_the_journal_says_who_did_what_in_which_role(world: World) -> None:
    code = world.land_at("accepted")
    entry = world.entries(code)[-1]
    assert (entry["act"], entry["actor"], entry["number"]) == ("receive", f"staff:{world.person('counter')}", 2)
    assert entry["data"] == {
        "action": "receive",
        "effect": "receive",
        "from": "new",
        "to": "accepted",
        "role": "counter",
        "behalf_of": None,
        "form": None,
        "document": None,
    }
    assert entry["changes"]["state"] == "accepted"
    assert "pauses" not in entry["changes"]  # only what changed


def test_the_term_follows_the_facts_at_reception(world: World) -> None:
    measured = FIELDS | {"land.remeasured": True, "land.surveyor": "Đội đo"}
    papers = [{"key": key, "original": 1} for key in ("don", "gcn", "trich_do")]
    code = world.land_at("accepted", fields=measured, documents=papers)
    assert world.row(code)["term"]["amount"] == 10


def test_refusing_ends_the_dossier_without_a_reception(world: World) -> None:
    code = world.file().case.code
    world.refuse(ReasonRequired, "counter", perform_action, code, "refuse", reason="  ")
    row = world.do("counter", code, "refuse", reason="Thiếu giấy tờ gốc").row
    assert (row["state"], row["portal"], row["received_at"], row["due_at"]) == ("refused", 3, None, None)
    assert (row["finished_at"], row["holder_office"]) == (world.now, None)
    assert world.entries(code)[-1]["data"]["form"] == "mau-03"
    assert "Thiếu" not in str(world.entries(code))


def test_forwarding_hands_the_dossier_to_the_competent_office(world: World) -> None:
    code = world.land_at("checking")
    row = world.row(code)
    assert (row["holder_office"], row["holder_role"], row["holder_id"], row["opened_at"]) == (
        BRANCH,
        "specialist",
        None,
        None,
    )
    assert row["step_due_at"] is None
    assert ("step", "accepted") not in world.armed(code)
    assert ("viec-moi", f"office:{BRANCH}/specialist", "inbox") in world.messages(code, "viec-moi")
    assert len(world.messages(code, "viec-moi")) == 1  # the role and the holder are the same recipient


def test_a_supplement_pauses_the_clock_and_the_answer_moves_the_due_moment(world: World) -> None:
    code = world.land_at("checking")
    row = world.do("specialist", code, "ask", reason="Thiếu trích đo", at="2026-03-03 10:00").row
    assert (row["portal"], row["clock"], row["supplements"], row["due_at"]) == (5, "paused", 1, None)
    assert row["promised_at"] == moment("2026-03-06 17:00")
    assert row["holder_office"] is None
    assert [pause["end"] for pause in row["pauses"]] == [None]
    assert set(world.armed(code)) == {("remind", "supplement"), ("after", "lapse")}
    assert len(world.messages(code, "can-bo-sung")) == 2
    row = world.do(world.citizen(code), code, "resubmit", at="2026-03-05 10:00").row
    assert (row["portal"], row["clock"]) == (4, "running")
    assert row["due_at"] == moment("2026-03-10 17:00")
    assert [bool(pause["end"]) for pause in row["pauses"]] == [True]
    assert {kind for kind, _ in world.armed(code)} == {"overdue", "warn", "due_in"}
    assert world.row(code)["supplements"] == 1


def test_pausing_and_resuming_at_once_changes_nothing(world: World) -> None:
    code = world.land_at("checking")
    due = world.row(code)["due_at"]
    world.do("specialist", code, "ask", reason="nhầm", at="2026-03-03 10:00")
    assert world.do("counter", code, "resubmit").row["due_at"] == due


def test_an_answer_may_bring_corrected_values_and_new_fees(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Số trang?", asks=Asks(fields=("pages",)))
    world.do(world.citizen(code), code, "resubmit", fields={"pages": 5})
    assert form(world, code)["pages"] == 5
    assert owed(world, code) == {"le_phi": 50_000, "trang": 10_000}
    entry = world.entries(code)[-1]
    assert entry["private"] is not None and "pages" not in str(entry["changes"])


def test_form_values_come_only_with_reception_and_answers(world: World) -> None:
    code = world.land_at("checking")
    refusal = world.refuse(
        InvalidInput, "specialist", perform_action, code, "finish_review", fields={"land.tax_due": True}
    )
    assert set(refusal.errors) == {"fields"}
    other = world.file().case.code
    refusal = world.refuse(InvalidInput, "counter", perform_action, other, "receive", fields={"land.area": -4})
    assert set(refusal.errors) == {"land.area"}


def test_branches_follow_the_facts_and_finance_pauses(world: World) -> None:
    code = world.land_at("checking", fields=FIELDS | {"land.tax_due": True})
    row = world.do("specialist", code, "finish_review").row
    assert (row["state"], row["clock"], row["holder_office"], row["due_at"]) == ("finance", "paused", TAX, None)
    world.refuse(DocumentRequired, "tax", perform_action, code, "paid")
    world.act("tax", add_document, code, key="bien_lai", content=PDF, file_name="bien-lai.pdf")
    row = world.do("tax", code, "paid", at="2026-03-16 08:00").row
    assert (row["state"], row["due_at"]) == ("signing", moment("2026-03-20 17:00"))


def test_a_guard_says_what_is_lacking(world: World) -> None:
    code = world.file(documents=PAPERS_WITHOUT_CERTIFICATE).case.code
    refusal = world.refuse(GuardFailed, "counter", perform_action, code, "receive")
    assert "documents are missing: Certificate" in refusal.sentence("en")
    world.act("counter", add_document, code, key="gcn", original=1)
    assert world.do("counter", code, "receive").row["state"] == "accepted"


def test_signing_needs_the_result_and_keeps_a_signature_over_it(world: World) -> None:
    code = world.land_at("signing")
    world.refuse(DocumentRequired, "leader", perform_action, code, "sign")
    world.act("leader", add_document, code, key="ket_qua", original=1)  # on paper only: nothing to sign
    world.refuse(DocumentRequired, "leader", perform_action, code, "sign")
    _, document = world.act("leader", add_document, code, key="ket_qua", content=PDF, file_name="kq.pdf")
    row = world.do("leader", code, "sign").row
    assert (row["state"], row["portal"], row["finished_at"]) == ("ready", 9, world.now)
    assert row["holder_office"] == LONG_KHANH
    with world.reading() as connection:
        kept = connection.execute(select(documents.c.signature).where(documents.c.id == document)).scalar_one()
    signature = Signature(kept["algorithm"], kept["value"], kept["certificate"])
    person = f"staff:{world.person('leader')}"
    assert (kept["by"], kept["office"]) == (person, BRANCH)
    assert verify(PDF, signature, person=person, office=BRANCH)
    assert world.entries(code)[-1]["data"]["document"] == document
    assert world.entries(code)[-1]["data"]["signature"] == kept["algorithm"]


def test_a_failing_signer_leaves_the_dossier_where_it_is(world: World) -> None:
    code = world.land_at("signing")
    world.act("leader", add_document, code, key="ket_qua", content=PDF)
    folder = world.runtime.settings.data / "signing"
    folder.mkdir(exist_ok=True)
    (folder / "signing-key.pem").write_text("no key")
    (folder / "signing-key.pem").chmod(0o600)
    world.refuse(SigningFailed, "leader", perform_action, code, "sign")


def test_returning_waits_for_the_fees_and_closes_everything(world: World) -> None:
    code = ready(world)
    world.refuse(GuardFailed, "counter", perform_action, code, "return")
    for key in ("le_phi", "trang"):
        world.act("counter", settle_fee, code, key, "cash", receipt="0001")
    finished = world.row(code)["finished_at"]
    row = world.do("counter", code, "return", at="2026-03-04 09:00").row
    assert (row["portal"], row["returned_at"], row["finished_at"]) == (10, world.now, finished)
    assert (row["holder_office"], row["clock"]) == (None, "stopped")
    assert world.armed(code) == {}
    refusal = world.refuse(ActionNotInState, "counter", perform_action, code, "return")
    assert refusal.facts["allowed"] == []


def test_the_applicant_may_withdraw_but_only_their_own(world: World) -> None:
    code, other = world.land_at("checking"), world.land_at("accepted")
    world.refuse(NotFound, world.citizen(other), perform_action, code, "withdraw")
    world.refuse(Forbidden, "counter", perform_action, code, "withdraw")
    row = world.do(world.citizen(code), code, "withdraw").row
    assert (row["portal"], row["finished_at"], row["holder_office"]) == (7, world.now, None)
    assert world.entries(code)[-1]["actor"] == f"citizen:{row['id']}"


def test_a_leader_sends_back_and_the_clock_goes_on(world: World) -> None:
    code = world.land_at("signing")
    due = world.row(code)["due_at"]
    world.refuse(ReasonRequired, "leader", perform_action, code, "send_back")
    row = world.do("leader", code, "send_back", reason="Sai diện tích").row
    assert (row["state"], row["holder_role"], row["due_at"]) == ("checking", "specialist", due)
    assert world.entries(code)[-1]["data"]["effect"] == "back"


def test_an_action_within_a_state_tells_nobody_that_it_was_entered(world: World) -> None:
    code = world.land_at("accepted")
    before = world.messages(code)
    row = world.do("counter", code, "correct", fields={"pages": 1}, at="2026-03-02 09:00").row
    assert (row["state"], row["started_at"]) == ("accepted", moment("2026-03-02 08:00"))
    assert world.messages(code) == before
    assert owed(world, code)["trang"] == 2_000


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("new", "receive", "counter2_elsewhere"),
        ("accepted", "forward", "specialist"),
        ("accepted", "forward", "other_counter"),
        ("accepted", "forward", "monitor"),
        ("checking", "ask", "leader"),
        ("checking", "ask", "counter"),
        ("checking", "finish_review", "province_specialist"),
        ("checking", "finish_review", "system"),
        ("signing", "sign", "specialist"),
        ("signing", "sign", "deputy"),  # the leader is there in this week
        ("signing", "sign", "admin"),
    ],
)
def test_everybody_else_is_refused(world: World, state: str, action: str, who: str) -> None:
    code = world.land_at(state)
    actor = world.actor("far_counter" if who == "counter2_elsewhere" else who)
    knows = who in ("specialist", "leader", "counter", "monitor", "deputy", "system")
    world.refuse(Forbidden if knows else NotFound, actor, perform_action, code, action, reason="x")


def test_a_deputy_acts_for_the_absent_leader_and_the_journal_says_so(world: World) -> None:
    code = world.land_at("signing")
    world.act("leader", add_document, code, key="ket_qua", content=PDF)
    world.at("2026-03-06 16:00")
    world.refuse(Forbidden, "deputy", perform_action, code, "sign")
    world.do("deputy", code, "sign", at="2026-03-09 08:00")
    entry = world.entries(code)[-1]
    assert entry["actor"] == f"staff:{world.person('deputy')}"
    assert entry["data"]["behalf_of"] == world.person("leader")
    other = world.land_at("signing")
    world.act("leader", add_document, other, key="ket_qua", content=PDF)
    world.at("2026-03-16 08:00")  # the first day after
    world.refuse(Forbidden, "deputy", perform_action, other, "sign")


def test_a_claimed_dossier_is_its_holders_alone(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    world.refuse(Forbidden, "specialist2", perform_action, code, "finish_review")
    world.do("specialist", code, "finish_review")
    assert world.row(code)["holder_id"] is None


def test_the_next_holder_can_be_named(world: World) -> None:
    code = world.land_at("accepted")
    stranger = world.person("province_specialist")
    refusal = world.refuse(InvalidInput, "counter", perform_action, code, "forward", assignee=stranger)
    assert set(refusal.errors) == {"assignee"}
    wanted = world.person("specialist2")
    world.do("counter", code, "forward", assignee=wanted)
    assert world.row(code)["holder_id"] == wanted
    recipients = {recipient for _, recipient, _ in world.messages(code, "viec-moi")}
    assert recipients == {f"person:{wanted}", f"office:{BRANCH}/specialist"}


def test_unknown_and_impossible_actions_are_told_with_the_possible_ones(world: World) -> None:
    code = world.land_at("accepted")
    refusal = world.refuse(UnknownAction, "counter", perform_action, code, "explode")
    assert "forward" in refusal.facts["available"]
    refusal = world.refuse(ActionNotInState, "specialist", perform_action, code, "finish_review")
    assert sorted(refusal.facts["allowed"]) == ["correct", "forward", "withdraw"]


def test_a_stale_version_says_who_acted_since(world: World) -> None:
    code = world.land_at("accepted")
    world.at("2026-03-02 08:20")
    world.do("counter2", code, "forward", version=2)
    refusal = world.refuse(Stale, "counter", perform_action, code, "forward", version=2)
    assert refusal.status == 412
    assert refusal.facts["who"] == f"staff:{world.person('counter2')}"
    assert (refusal.facts["act"], refusal.facts["version"]) == ("forward", 3)
    assert refusal.facts["when"] == world.now
    assert "counter2 đã thực hiện “" in refusal.sentence("vi")


def test_nobody_learns_whether_a_dossier_exists_that_they_may_not_see(world: World) -> None:
    code = world.land_at("accepted")
    unseen = world.refuse(NotFound, "far_counter", perform_action, code, "forward", version=1)
    absent = world.refuse(NotFound, "far_counter", perform_action, "H75.26080-260302-9999", "forward")
    assert unseen.sentence().replace(code, "") == absent.sentence().replace("H75.26080-260302-9999", "")


def test_options_name_the_reason_of_each_refusal(world: World) -> None:
    code = world.file(documents=PAPERS_WITHOUT_CERTIFICATE).case.code
    options = {key: (allowed, why) for key, allowed, why in world.try_act("specialist", offered, code)}
    assert set(options) == set(land().actions)
    assert options["forward"][0] is False and "Accepted" in options["forward"][1]
    assert options["receive"][0] is False
    assert options["refuse"] == (False, 'needs the role "Counter clerk" in TT-26080') or options["refuse"][0] is False
    own = {key: allowed for key, allowed, _ in world.try_act("counter", offered, code)}
    assert [key for key, allowed in own.items() if allowed] == ["refuse"]


def test_a_state_of_an_undecided_office_is_refused(world: World) -> None:
    code = world.land_at("checking", fields=FIELDS | {"land.tax_due": True})

    def forget_tax(unit: Any) -> None:
        case = lock_case(unit, code)
        case.change(offices={key: office for key, office in case.row["offices"].items() if key != "tax"})
        record(case, "transfer")

    world.act("system", forget_tax)
    world.refuse(OfficeNotDecided, "specialist", perform_action, code, "finish_review")


def test_a_running_dossier_keeps_its_release(world: World) -> None:
    code = world.land_at("accepted")
    otherwise = State(text("Khác", "Otherwise"), 4, "running", "leader", limit=Term(1, "working_day"))
    later = land(version=2, states=land().states | {"checking": otherwise}, effective=Effective(dt.date(2026, 3, 3)))
    world.try_act("admin", publish_release, later)
    assert world.do("counter", code, "forward").row["holder_role"] == "specialist"


PAPERS_WITHOUT_CERTIFICATE = [{"key": "don", "original": 1}]


def offered(unit: Any, code: str) -> list[tuple[str, bool, str]]:
    answer = []
    for option, verdict in lock_case(unit, code).options():
        allowed = option.allowed and verdict is not None and verdict.allowed
        why = option.why or (verdict.why if verdict else None)
        answer.append((option.action, allowed, why.en if why else ""))
    return answer


def ready(world: World) -> str:
    code = world.land_at("signing")
    world.act("leader", add_document, code, key="ket_qua", content=PDF)
    world.do("leader", code, "sign")
    return code


def form(world: World, code: str) -> dict[str, Any]:
    return _one(world, code, applicants.c.form, applicants.c.dossier_id)


def owed(world: World, code: str) -> dict[str, int]:
    with world.reading() as connection:
        of_this = select(fees).join(dossiers, dossiers.c.id == fees.c.dossier_id).where(dossiers.c.code == code)
        return {row.key: row.vnd for row in connection.execute(of_this)}


def _one(world: World, code: str, column: Any, key: Any) -> Any:
    with world.reading() as connection:
        return connection.execute(
            select(column).join(dossiers, dossiers.c.id == key).where(dossiers.c.code == code)
        ).scalar_one()
