"""The ends of a dossier's life: withdrawn, reopened, filed anew, papers after the end, the same filing twice."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select, text

from engine.acts.documents import add_document
from engine.acts.fetch_result import NoResultYet, fetch_result
from engine.acts.perform_action import perform_action
from engine.acts.refile import CannotRefile, refile
from engine.acts.reopen_dossier import CannotReopen, reopen_dossier
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import settle_refund
from engine.acts.withdraw_at_counter import CannotWithdraw, withdraw_at_counter
from engine.dossier.case import lock_case, read_case
from engine.dossier.late_papers import NotEnded
from engine.dossier.rights import Ended
from engine.dossier.similar import similar_to
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import DocumentRequired
from engine.store.documents import documents
from engine.store.journal import reads
from tests.installation.filings import PDF
from tests.installation.short_releases import LAND, RESIDENCE
from tests.installation.world import APPLICANT, BIEN_HOA, World
from tests.model.real_installation import shipped

WHY, PAPER = "Không còn nhu cầu", "Đơn xin rút hồ sơ ngày 02/3/2026"


def papers(world: World, code: str) -> list[DocumentRow]:
    return world.try_act("system", lambda unit: lock_case(unit, code).documents())


class TestWithdrawing:
    @pytest.mark.parametrize("release", shipped(), ids=lambda one: f"{one.procedure}-{one.version}")
    def test_every_shipped_procedure_lets_an_online_filing_be_withdrawn_before_it_is_received(
        self, release: Release
    ) -> None:
        sources = {
            source
            for action in release.actions.values()
            if action.effect == "withdraw" and "applicant" in action.by
            for source in action.sources
        }
        before = {
            key
            for key, state in release.states.items()
            if not state.final and (state.initial or state.clock == "not_started")
        }
        assert before and before <= sources

    def test_the_counter_withdraws_for_the_applicant_with_the_paper(self, world: World) -> None:
        code = world.land_at("checking")
        case = world.act("counter", withdraw_at_counter, code, WHY, PAPER)
        assert (case.row["state"], case.row["portal"]) == ("withdrawn", 7)
        entry = world.entries(code)[-1]
        assert entry["data"]["on_behalf"] == "applicant" and entry["data"]["role"] == "counter"
        assert entry["actor"] == world.actor("counter").label and PAPER not in str(entry)
        with world.reading() as connection:
            brought = select(documents.c.key, documents.c.original).where(documents.c.id == entry["data"]["paper"])
            assert connection.execute(brought).one() == ("other", 1)

    def test_nobody_but_the_counter_does(self, world: World) -> None:
        code = world.land_at("checking")
        for who in ("specialist", "leader"):
            world.refuse(Forbidden, who, withdraw_at_counter, code, WHY, PAPER)
        world.refuse(Forbidden, world.citizen(code), withdraw_at_counter, code, WHY, PAPER)
        world.refuse(NotFound, "far_counter", withdraw_at_counter, code, WHY, PAPER)

    def test_a_reason_and_the_paper_are_needed(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(InvalidInput, "counter", withdraw_at_counter, code, " ", PAPER)
        world.refuse(InvalidInput, "counter", withdraw_at_counter, code, WHY, " ")

    def test_what_is_being_signed_or_has_ended_is_not_withdrawn(self, world: World) -> None:
        code = world.land_at("signing")
        world.refuse(CannotWithdraw, "counter", withdraw_at_counter, code, WHY, PAPER)
        gone = world.land_at("checking")
        world.act("counter", withdraw_at_counter, gone, WHY, PAPER)
        world.refuse(Ended, "counter", withdraw_at_counter, gone, WHY, PAPER)
        with world.reading() as connection:
            mine = documents.c.dossier_id == world.row(code)["id"]
            assert connection.execute(select(func.count()).where(mine)).scalar_one() == 2


class TestReopening:
    LEGAL = "Điều 9 Luật Khiếu nại 02/2011/QH13"

    def returned(self, world: World) -> str:
        code = world.land_at("signing")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.do("leader", code, "sign")
        for key in world.fees(code):
            world.act("counter", settle_fee, code, key, "cash")
        world.do("counter", code, "return")
        return code

    def test_a_returned_one_is_decided_again_in_a_new_term(self, world: World) -> None:
        code = self.returned(world)
        before = world.row(code)
        world.act("leader", reopen_dossier, code, "Sai diện tích", self.LEGAL, at="2026-03-16 08:00")
        row = world.row(code)
        assert (row["state"], row["finished_at"], row["returned_at"]) == ("checking", None, None)
        assert row["received_at"] == before["received_at"] and row["started_at"] == world.now
        assert row["due_at"] > world.now and row["promised_at"] == row["due_at"]
        entry = world.entries(code)[-1]
        assert entry["act"] == "reopen" and entry["data"]["legal"] == self.LEGAL and "Sai diện" not in str(entry)
        [result] = [one for one in papers(world, code) if one["key"] == "ket_qua"]
        assert result["accepted"] == 0 and entry["data"]["void"] == [result["id"]]
        assert ("mo-lai-ho-so", "applicant", "sms") in world.messages(code)
        world.do("specialist", code, "finish_review")
        world.refuse(DocumentRequired, "leader", perform_action, code, "sign")

    def test_counts_once_in_the_reports(self, world: World) -> None:
        code = self.returned(world)
        assert self.finished(world) == 1
        world.act("leader", reopen_dossier, code, "Sai diện tích", self.LEGAL)
        assert self.finished(world) == 0
        world.do("specialist", code, "finish_review")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.do("leader", code, "sign")
        assert self.finished(world) == 1

    def test_results_that_are_right_may_stand(self, world: World) -> None:
        code = self.returned(world)
        world.refuse(InvalidInput, "leader", reopen_dossier, code, "Sai", self.LEGAL, void=[9_999])
        world.act("leader", reopen_dossier, code, "Thiếu phụ lục", self.LEGAL, void=[])
        assert [one["accepted"] for one in papers(world, code) if one["key"] == "ket_qua"] != [0]

    def test_a_refused_one_waits_again_to_be_received(self, world: World) -> None:
        code = world.file().case.code
        world.do("counter", code, "refuse", reason="Nhầm")
        world.act("leader", reopen_dossier, code, "Từ chối sai", self.LEGAL)
        row = world.row(code)
        assert (row["state"], row["portal"], row["started_at"], row["due_at"]) == ("new", 1, None, None)
        world.do("counter", code, "receive")

    @pytest.mark.parametrize("who", ["counter", "specialist", "province_leader", "monitor"])
    def test_nobody_but_the_leader(self, world: World, who: str) -> None:
        code = self.returned(world)
        seen = who != "province_leader"
        world.refuse(Forbidden if seen else NotFound, who, reopen_dossier, code, "x", self.LEGAL)

    def test_needs_reason_and_ground_an_end_and_no_withdrawal_and_its_time(self, world: World) -> None:
        code = self.returned(world)
        world.refuse(InvalidInput, "leader", reopen_dossier, code, " ", self.LEGAL)
        world.refuse(InvalidInput, "leader", reopen_dossier, code, "x", " ")
        world.refuse(InvalidInput, "leader", reopen_dossier, code, "x", self.LEGAL, state="signed")
        world.refuse(CannotReopen, "leader", reopen_dossier, world.land_at("checking"), "x", self.LEGAL)
        gone = world.land_at("checking")
        world.act("counter", withdraw_at_counter, gone, WHY, PAPER)
        world.refuse(CannotReopen, "leader", reopen_dossier, gone, "x", self.LEGAL)
        world.at("2026-06-10 08:00")
        world.refuse(CannotReopen, "leader", reopen_dossier, code, "x", self.LEGAL)

    def finished(self, world: World) -> int:
        with world.reading() as connection:
            return int(connection.execute(text("SELECT coalesce(sum(finished), 0) FROM finished_by_day")).scalar_one())


class TestAPaperAfterTheEnd:
    def test_is_added_by_staff_with_a_reason_and_marked(self, world: World) -> None:
        code = TestReopening().returned(world)
        named = {"key": "other", "content": PDF}
        world.refuse(Ended, "counter", add_document, code, **named)
        world.refuse(InvalidInput, "counter", add_document, code, late_reason=" ", **named)
        _, number = world.act("counter", add_document, code, late_reason="Biên bản giao nhận", **named)
        [paper] = [one for one in papers(world, code) if one["id"] == number]
        assert paper["late"] == 1 and world.row(code)["state"] == "returned"
        entry = world.entries(code)[-1]
        assert entry["data"]["late"] is True and "Biên bản" not in str(entry)

    def test_is_never_a_result_nor_the_applicants_nor_early(self, world: World) -> None:
        code, running = TestReopening().returned(world), world.land_at("checking")
        named = {"content": PDF, "late_reason": "x"}
        world.refuse(Forbidden, "leader", add_document, code, key="ket_qua", **named)
        world.refuse(Forbidden, world.citizen(code), add_document, code, key="other", **named)
        world.refuse(Forbidden, "monitor", add_document, code, key="other", **named)
        world.refuse(NotEnded, "counter", add_document, running, key="other", **named)


class TestFilingAnew:
    FIELDS: ClassVar = {"home.commune": "26080"}

    def test_moves_applicant_papers_and_moment_and_ends_the_old_one(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", settle_fee, code, "le_phi", "cash", "BL-1")
        before, paid = world.row(code), world.fees(code)["le_phi"]
        world.at("2026-03-04 09:00")
        named = {"fields": self.FIELDS}
        filed = world.act("counter", refile, code, RESIDENCE, "Thuộc thủ tục cư trú", **named)
        old, new = world.row(code), world.row(filed.case.code)
        assert (old["state"], old["portal"]) == ("refused", 3) and old["cancelled_at"] == world.now
        assert (new["procedure"], new["state"], new["received_at"]) == (RESIDENCE, "working", before["received_at"])
        assert new["started_at"] == before["received_at"] and new["filed_at"] == before["filed_at"]
        assert filed.case.applicant["identity_number"] == APPLICANT["identity_number"]
        assert [one["key"] for one in papers(world, filed.case.code)] == ["gcn"]
        entry = world.entries(code)[-1]
        assert entry["data"]["other"] == filed.case.code and "cư trú" not in str(entry)
        assert world.entries(filed.case.code)[1]["data"] == {"other": code, "kind": "replaces"}
        money = world.try_act("system", lambda unit: lock_case(unit, code).money())
        assert (money.owed, money.due, money.refund) == (0, 0, paid)
        world.act("counter", settle_refund, code, "cash", "PC-1")
        assert ("huy-tiep-nhan", "applicant", "sms") in world.messages(code)

    def test_an_online_filing_is_filed_anew_before_reception(self, world: World) -> None:
        code = world.file(channel="portal").case.code
        filed = world.act("counter", refile, code, RESIDENCE, "Sai thủ tục", fields=self.FIELDS)
        assert filed.case.row["state"] == "new" and world.row(code)["state"] == "refused"

    def test_a_refusal_of_the_new_one_leaves_the_old_one(self, world: World) -> None:
        code = world.land_at("accepted")
        world.refuse(InvalidInput, "counter", refile, code, RESIDENCE, "Sai thủ tục")  # the home is not known
        world.refuse(InvalidInput, "counter", refile, code, LAND, "Sai thủ tục", fields=self.FIELDS)
        world.refuse(InvalidInput, "counter", refile, code, RESIDENCE, " ", fields=self.FIELDS)
        for who in ("specialist", "leader", "monitor"):
            world.refuse(Forbidden, who, refile, code, RESIDENCE, "Sai thủ tục", fields=self.FIELDS)

    def test_what_has_a_result_is_not_filed_anew(self, world: World) -> None:
        code = world.land_at("signing")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.refuse(CannotRefile, "counter", refile, code, RESIDENCE, "Sai thủ tục", fields=self.FIELDS)

    def test_a_cancelled_one_is_not_reopened(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", refile, code, RESIDENCE, "Sai thủ tục", fields=self.FIELDS)
        world.refuse(CannotReopen, "leader", reopen_dossier, code, "x", TestReopening.LEGAL)


class TestTheSameFilingTwice:
    def test_is_hinted_at_and_not_refused(self, world: World) -> None:
        first = world.file().case.code
        second = world.file().case.code
        assert self.similar(world, "counter", second) == [first]
        assert self.similar(world, "counter", first) == [second]

    def test_tells_nothing_of_dossiers_that_the_caller_does_not_see(self, world: World) -> None:
        first, second = world.file().case.code, world.file().case.code
        hidden = world.file("other_counter", intake_office=BIEN_HOA).case.code
        assert self.similar(world, "counter", second) == [first]
        assert set(self.similar(world, "specialist", second)) == {first, hidden}
        assert self.similar(world, world.citizen(second), second) == []

    def test_needs_the_same_person_place_and_time_and_a_running_one(self, world: World) -> None:
        world.file(applicant=APPLICANT | {"identity_number": "075090000002", "phone": "0900000002"})
        ended = world.land_at("checking")
        world.act("counter", withdraw_at_counter, ended, WHY, PAPER)
        world.file(at="2026-03-02 09:00")
        code = world.file(at="2026-04-20 08:00").case.code
        assert self.similar(world, "counter", code) == []
        phone = APPLICANT | {"identity_number": None}
        again = world.file(applicant=phone).case.code
        assert self.similar(world, "counter", again) == [code]

    def similar(self, world: World, who: Any, code: str) -> list[str]:
        return world.try_act(who, lambda unit: similar_to(read_case(unit, code)))


class TestTheResultForTheApplicant:
    def test_is_the_one_that_was_signed_and_each_read_is_recorded(self, world: World) -> None:
        code = TestReopening().returned(world)
        _, number = world.act(world.citizen(code), fetch_result, code)
        [result] = [one for one in papers(world, code) if one["key"] == "ket_qua"]
        assert number == result["id"] and result["signature"]
        with world.reading() as connection:
            row = connection.execute(select(reads).order_by(reads.c.id.desc()).limit(1)).one()
        assert (row.actor, row.what) == (world.citizen(code).label, f"result {number}")

    def test_is_given_neither_before_nor_unpaid_nor_void_nor_to_others(self, world: World) -> None:
        code = world.land_at("signing")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.refuse(NoResultYet, world.citizen(code), fetch_result, code)
        world.do("leader", code, "sign")
        world.refuse(NoResultYet, world.citizen(code), fetch_result, code)  # the fee is due
        for key in world.fees(code):
            world.act("counter", settle_fee, code, key, "cash")
        world.act(world.citizen(code), fetch_result, code)
        given = papers(world, code)[0]["id"]
        world.refuse(NoResultYet, world.citizen(code), fetch_result, code, given)
        world.refuse(Forbidden, "leader", fetch_result, code)
        world.refuse(NotFound, world.citizen(world.land_at("checking")), fetch_result, code)
        world.do("counter", code, "return")
        world.act("leader", reopen_dossier, code, "Sai", TestReopening.LEGAL)
        world.refuse(NoResultYet, world.citizen(code), fetch_result, code)
