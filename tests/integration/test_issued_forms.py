"""A form says for ever what it said when it was issued; what changes afterwards makes a new issue, or none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.documents import add_document, remove_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.issue_form import print_form, reissue_form
from engine.acts.perform_action import perform_action
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.transfer import transfer
from engine.dossier.asks import Asks
from engine.dossier.case import lock_case, read_case
from engine.dossier.erasure import erase_personal_data
from engine.dossier.record import record
from engine.dossier.stale import Stale
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.forms.data import FormNotDue
from engine.forms.issued import DossierErased, FormDamaged, FormErased, IssuedForm
from engine.queries.prints import papers_to_print
from engine.rules.procedure.definition import Release, Term
from engine.security.citizen_link import receipt_matches
from engine.settings import SecretKeys
from engine.store.journal import journal_private, reads
from engine.transaction import UnitOfWork
from tests.installation.filings import PDF
from tests.installation.world import APPLICANT, PROVINCE, World

NEXT_DAY = "2026-03-03 09:00"


def issued(world: World, code: str, number: str, who: str = "counter", **named: Any) -> IssuedForm:
    return world.act(who, print_form, code, number, **named)


def said(world: World, code: str, number: str, **named: Any) -> Any:
    return issued(world, code, number, **named).data


def to_ready(world: World, code: str) -> None:
    world.do("specialist", code, "finish_review")
    world.act("leader", add_document, code, key="ket_qua", content=PDF)
    world.do("leader", code, "sign")


def ask_and_answer(world: World, code: str) -> None:
    world.do("specialist", code, "ask", reason="Thiếu trích đo")
    world.act(world.citizen(code), add_document, code, key="trich_do", content=PDF)


LATER: dict[str, Callable[[World, str], Any]] = {
    "a result": to_ready,
    "a paper of the supplement": ask_and_answer,
    "a paper that was removed": lambda world, code: world.act(
        "specialist", remove_document, code, first_paper(world, code), "nhầm"
    ),
    "another telephone": lambda world, code: world.act(
        "specialist", rectify, code, "ghi sai", applicant={"phone": "0911222333", "name": "Trần Thị Khác"}
    ),
    "a paid fee": lambda world, code: world.act("counter", settle_fee, code, "le_phi", "cash"),
    "an extension": lambda world, code: world.act("leader", extend_deadline, code, Term(5, "working_day"), "mưa lũ"),
    "another office": lambda world, code: world.act("leader", transfer, code, PROVINCE, "Vượt thẩm quyền"),
    "a day": lambda world, _: world.at("2026-03-20 09:00"),
    "a year": lambda world, _: world.at("2027-03-02 09:00"),
}


def release_of(world: World, code: str) -> Release:
    return world.try_act("system", lambda unit: lock_case(unit, code).release)


def stopped(world: World, code: str, who: str, reason: str | None = "tranh chấp") -> None:
    """The procedure of the tests has no stop: its entry alone, as one would leave it."""

    def act(unit: UnitOfWork) -> None:
        data = {"action": "lapse", "effect": "stop", "from": "checking", "to": "checking"}
        record(lock_case(unit, code), "lapse", data=data, private={"reason": reason} if reason else None)

    world.try_act(who, act)


def first_paper(world: World, code: str) -> int:
    return int(world.try_act("system", lambda unit: lock_case(unit, code).documents()[0]["id"]))


class TestAReprint:
    @pytest.mark.parametrize("later", LATER)
    def test_of_the_receipt_is_the_paper_that_the_applicant_holds(self, world: World, later: str) -> None:
        code = world.land_at("checking")
        first = issued(world, code, "01")
        LATER[later](world, code)
        if world.now.year == 2026 and world.now.day == 2:
            world.at(NEXT_DAY)
        assert issued(world, code, "01") == first
        assert [entry["act"] for entry in world.entries(code)].count("issue_form") == 1

    def test_of_every_form_is_the_paper_that_was_given_out(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="Thiếu trích đo")
        first = [issued(world, code, "01"), issued(world, code, "02")]
        world.do("counter", code, "resubmit")
        world.act("leader", extend_deadline, code, Term(3, "working_day"), "mưa lũ")
        first += [issued(world, code, "04")]
        stopped(world, code, "leader")
        first += [issued(world, code, "05")]
        world.at("2026-04-06 09:00")
        world.act("counter", add_note, code, "xong")
        assert [issued(world, code, number) for number in ("01", "02", "04", "05")] == first

    def test_of_a_request_lists_what_was_asked_and_not_what_is_missing_now(self, world: World) -> None:
        code = world.land_at("checking")
        papers = said(world, code, "01")["papers"]
        world.act("specialist", rectify, code, "đo lại", fields={"land.remeasured": True, "land.surveyor": "Đội đo"})
        world.do("specialist", code, "ask", reason="Thiếu trích đo")
        asked = said(world, code, "02")["items"]
        world.act(world.citizen(code), add_document, code, key="trich_do", content=PDF)
        world.do("counter", code, "resubmit")
        assert (said(world, code, "02")["items"], said(world, code, "01")["papers"]) == (asked, papers)
        assert asked == [release_of(world, code).documents["trich_do"].name.vi]

    def test_is_written_into_the_read_log_and_changes_nothing_else(self, world: World) -> None:
        code = world.land_at("accepted")
        issued(world, code, "01")
        before = world.everything()
        issued(world, code, "01")
        after = world.everything()
        assert len(after.pop("reads")) == len(before.pop("reads")) + 1
        assert after == before


class TestTheFirstPrint:
    """It may come long after its event; then too it tells of the event."""

    def test_lists_no_result_and_nothing_that_came_after_the_reception(self, world: World) -> None:
        code = world.land_at("checking")
        ask_and_answer(world, code)
        world.do("counter", code, "resubmit")
        to_ready(world, code)
        names = [paper["name"] for paper in said(world, code, "01")["papers"]]
        release = release_of(world, code)
        assert names == [release.documents[key].name.vi for key in ("don", "gcn")]

    def test_lists_a_paper_that_was_taken_off_later(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", remove_document, code, first_paper(world, code), "trả lại")
        assert len(said(world, code, "01")["papers"]) == 2

    def test_bears_the_day_of_its_event_and_says_when_it_was_made(self, world: World) -> None:
        code, other = world.land_at("checking"), world.land_at("checking")
        same_day = said(world, other, "01")["head"]
        world.do("specialist", code, "ask", reason="thiếu")
        world.at("2026-03-20 09:00")
        for number in ("01", "02"):
            head = said(world, code, number)["head"]
            assert head["date"] == same_day["date"] == "ngày 02 tháng 3 năm 2026"
            assert head["made"] == "Bản này được lập ngày 20 tháng 3 năm 2026 từ sổ hồ sơ"
        assert "made" not in same_day

    def test_promises_nothing_that_has_passed(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.do("counter", code, "resubmit")
        world.at("2026-11-20 09:00")
        assert said(world, code, "01")["due"] == "đã quá hạn"
        assert said(world, code, "02")["before"] == ""

    def test_of_a_request_of_an_earlier_version_lists_what_is_missing_now(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", rectify, code, "đo lại", fields={"land.remeasured": True, "land.surveyor": "Đội đo"})

        def as_before(unit: UnitOfWork) -> None:
            data = {"action": "ask", "effect": "ask", "from": "checking", "to": "supplement"}
            record(lock_case(unit, code), "ask", data=data, private={"reason": "thiếu"})

        world.try_act("specialist", as_before)
        assert said(world, code, "02")["items"]

    def test_of_a_request_lists_what_was_missing_then(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", rectify, code, "đo lại", fields={"land.remeasured": True, "land.surveyor": "Đội đo"})
        world.do("specialist", code, "ask", reason="Thiếu trích đo")
        world.act(world.citizen(code), add_document, code, key="trich_do", content=PDF)
        world.do("counter", code, "resubmit")
        form = said(world, code, "02")
        assert form["items"] == [release_of(world, code).documents["trich_do"].name.vi]
        assert form["reason"] == "Thiếu trích đo"

    def test_of_a_request_lists_the_papers_and_fields_that_it_names(self, world: World) -> None:
        code = world.land_at("checking")
        asks = Asks(("gcn",), ("land.area",))
        world.do("specialist", code, "ask", reason="Bản sao mờ", asks=asks)
        named = release_of(world, code)
        assert said(world, code, "02")["items"] == [
            named.documents["gcn"].name.vi,
            f"Sửa trong tờ khai: {named.fields['land.area'].name.vi}",
        ]

    @pytest.mark.parametrize("number", ["01", "02", "03", "04", "05"])
    def test_needs_the_event_that_the_form_tells_of(self, world: World, number: str) -> None:
        code = world.file().case.code
        world.refuse(FormNotDue, "counter", print_form, code, number)
        world.refuse(FormNotDue, "counter", reissue_form, code, number, "sai")

    def test_names_what_a_timer_gives_as_reason_and_no_hand_that_signs(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")

        stopped(world, code, "system", reason=None)
        form = said(world, code, "05")
        assert (form["reason"], form["signer"]) == ("Quá hạn bổ sung", "")
        assert form["next_steps"] and form["ground"]


class TestACorrection:
    def test_is_a_new_issue_that_says_which_one_it_replaces(self, world: World) -> None:
        code = world.land_at("checking")
        first = issued(world, code, "01")
        world.act("specialist", rectify, code, "ghi sai", applicant={"phone": "0911222333"})
        world.at(NEXT_DAY)
        second = world.act("counter", reissue_form, code, "01", "sai số điện thoại")
        assert (second.issue.issue, second.issue.replaces, first.issue.replaces) == (2, 1, None)
        assert (first.data["applicant"]["phone"], second.data["applicant"]["phone"]) == (
            APPLICANT["phone"],
            "0911222333",
        )
        assert second.data["head"]["replaces"] == (
            f"Cấp lần 2, thay bản cấp lần 1 số {first.issue.mark}, ngày 02 tháng 3 năm 2026"
        )
        assert second.data["head"]["date"] == "ngày 03 tháng 3 năm 2026"
        assert second.data["receipt_code"] == first.data["receipt_code"]
        assert issued(world, code, "01") == second
        assert issued(world, code, "01", issue=1) == first
        world.refuse(NotFound, "counter", print_form, code, "01", issue=3)

    def test_lists_a_paper_under_its_right_number_and_still_no_result(self, world: World) -> None:
        code = world.land_at("checking")
        issued(world, code, "01")
        wrong = first_paper(world, code)
        world.act("specialist", remove_document, code, wrong, "đếm sai")
        world.act("specialist", add_document, code, key="don", original=2)
        world.act("specialist", add_document, code, key="cccd", copy=1)
        to_ready(world, code)
        papers = world.act("counter", reissue_form, code, "01", "sai số bản").data["papers"]
        assert sorted(paper["originals"] for paper in papers) == [1, 2]

    def test_lists_no_result_that_an_earlier_program_took_with_the_filing(self, world: World) -> None:
        code = world.land_at("accepted")
        papers = len(issued(world, code, "01").data["papers"])
        first = first_paper(world, code)
        world.tamper(f"UPDATE documents SET key = 'ket_qua' WHERE id = {first}")
        again = world.try_act("counter", reissue_form, code, "01", "sai giấy tờ").data["papers"]
        world.tamper(f"UPDATE documents SET key = 'don' WHERE id = {first}")  # as the journal says
        assert len(again) == papers - 1

    def test_needs_a_reason_and_a_part_in_the_dossier(self, world: World) -> None:
        code = world.land_at("accepted")
        issued(world, code, "01")
        world.refuse(InvalidInput, "counter", reissue_form, code, "01", "  ")
        for who, refusal in (("monitor", Forbidden), ("police", NotFound), ("other_counter", NotFound)):
            world.refuse(refusal, who, reissue_form, code, "01", "sai")
            world.refuse(refusal, who, print_form, code, "01")

    def test_is_made_by_itself_when_the_link_was_renewed(self, world: World) -> None:
        code = world.land_at("accepted")
        first = issued(world, code, "01")

        def renew(unit: UnitOfWork) -> None:
            case = lock_case(unit, code)
            case.change(link_nonce="ab" * 16, link_hash="c" * 64)
            record(case, "renew_link")

        world.try_act("counter", renew)
        second = issued(world, code, "01")
        assert (second.issue.issue, second.issue.replaces) == (2, 1)
        assert second.data["status_url"] != first.data["status_url"]
        assert second.data["receipt_code"] != first.data["receipt_code"]

    def test_of_another_event_is_another_paper_and_replaces_none(self, world: World) -> None:
        code = world.land_at("checking")
        papers = []
        for reason in ("Thiếu bản đồ", "Thiếu chữ ký"):
            world.do("specialist", code, "ask", reason=reason)
            papers.append(issued(world, code, "02"))
            world.do("counter", code, "resubmit")
        assert [paper.issue.issue for paper in papers] == [1, 2]
        assert [paper.issue.replaces for paper in papers] == [None, None]
        assert issued(world, code, "02", issue=1) == papers[0]


class TestWhatIsKept:
    def test_holds_neither_the_link_nor_the_receipt_code(self, world: World) -> None:
        filed = world.file()
        world.do("counter", filed.case.code, "receive")
        form = said(world, filed.case.code, "01")
        assert (form["status_url"].rsplit("/")[-1], form["receipt_code"]) == (filed.link_token, filed.receipt_code)
        everything = str(world.everything())
        assert filed.link_token not in everything and filed.receipt_code not in everything

    def test_prints_the_keys_that_were_handed_out_after_the_secret_was_rotated(self, world: World) -> None:
        code = world.land_at("accepted")
        first = issued(world, code, "01")
        keys = ("n" * 40, *world.runtime.settings.secret_keys)
        settings = dataclasses.replace(world.runtime.settings, keys=SecretKeys(keys, world.runtime.settings.data))
        world.runtime = dataclasses.replace(world.runtime, settings=settings)
        assert issued(world, code, "01") == first
        assert receipt_matches(keys, world.row(code)["link_nonce"], first.data["receipt_code"])

    def test_is_not_printed_when_it_does_not_match_the_journal(self, world: World) -> None:
        code = world.land_at("accepted")
        number = issued(world, code, "01").issue.entry
        other = '{"form": {"head": {}}, "keys": {"nonce": "x", "hash": "y"}}'
        world.tamper(f"UPDATE journal_private SET data = '{other}' WHERE number = {number}")
        with pytest.raises(FormDamaged):
            world.try_act("counter", print_form, code, "01", 1)

    def test_of_a_destroyed_dossier_is_not_made_anew_with_blanks(self, world: World) -> None:
        code = world.land_at("accepted")
        issued(world, code, "01")
        world.try_act("system", lambda unit: erase_personal_data(lock_case(unit, code)))
        refusal = world.refuse(DossierErased, "counter", print_form, code, "06")
        assert code in refusal.sentence("en") and "archive" in refusal.sentence("en")
        world.refuse(DossierErased, "counter", reissue_form, code, "01", "sai họ tên")
        world.refuse(FormErased, "counter", print_form, code, "01")
        offers = world.try_act("counter", lambda unit: papers_to_print(unit, read_case(unit, code)))
        assert all(one.why is not None and "were erased" in one.why.en for one in offers)

    def test_is_not_made_up_again_when_it_was_erased(self, world: World) -> None:
        code = world.land_at("accepted")
        number = issued(world, code, "01").issue.entry
        with world.database.begin() as connection:
            mine = journal_private.c.number == number
            connection.execute(journal_private.update().where(mine).values(data={}, salt=b"", erased_at=world.now))
        for named in ({}, {"issue": 1}):
            with pytest.raises(FormErased):
                world.try_act("counter", print_form, code, "01", **named)


class TestTheWorkOfOthers:
    def test_is_not_stale_because_a_form_was_printed(self, world: World) -> None:
        code = world.land_at("checking")
        version = world.row(code)["version"]
        issued(world, code, "01")
        world.act("specialist", perform_action, code, "finish_review", version=version)

    def test_is_stale_when_more_than_a_print_came_between(self, world: World) -> None:
        code = world.land_at("checking")
        version = world.row(code)["version"]
        issued(world, code, "01")
        world.act("counter", add_note, code, "gọi lại")
        world.refuse(Stale, "specialist", perform_action, code, "finish_review", version=version)

    def test_may_be_recalled_after_a_print(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        first = issued(world, code, "02", "specialist")
        world.act("specialist", recall, code)
        world.refuse(FormNotDue, "specialist", print_form, code, "02")
        assert issued(world, code, "02", "specialist", issue=1) == first

    def test_each_print_is_a_look_at_personal_data(self, world: World) -> None:
        code = world.land_at("accepted")
        for _ in range(2):
            issued(world, code, "01")
        with world.reading() as connection:
            assert [row.what for row in connection.execute(select(reads))] == ["form-01", "form-01"]


class TestTheNameOfTheOffice:
    def test_stands_in_running_text_as_it_is_written(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("leader", extend_deadline, code, Term(5, "working_day"), "mưa lũ")
        stopped(world, code, "leader")
        for number in ("04", "05"):
            form = said(world, code, number)
            assert form["office"].startswith("Chi nhánh") and form["office"] != form["office"].upper()
            assert form["head"]["unit"] == form["office"]
