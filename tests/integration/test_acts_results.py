"""Results: who brings them and when, which one a step takes, and what makes one void."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from engine.acts.documents import PaperInUse, add_document, check_document, remove_document
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.acts.recall import recall
from engine.acts.transfer import transfer
from engine.dossier.papers import NothingAsked, ResultNotNow, ResultTaken, ResultVoid
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.procedure.definition import Effective
from engine.rules.procedure.machine import DocumentRequired
from engine.store.documents import documents
from tests.installation.filings import PDF
from tests.installation.releases import step, text
from tests.installation.short_releases import land
from tests.installation.world import FIELDS, PAPERS, PROVINCE, World

OTHER_PDF = PDF.replace(b"1 0 obj", b"2 0 obj")


class TestTheApplicant:
    @pytest.mark.parametrize("key", ["don", "other", "ket_qua", "bien_lai"])
    @pytest.mark.parametrize("state", ["new", "accepted", "checking", "signing"])
    def test_brings_nothing_while_nothing_is_asked(self, world: World, state: str, key: str) -> None:
        code = world.file().case.code if state == "new" else world.land_at(state)
        world.refuse(NothingAsked, world.citizen(code), add_document, code, key=key, content=PDF)

    def test_brings_what_was_asked_and_never_a_result(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="Thiếu mảnh trích đo")
        who = world.citizen(code)
        for key in ("don", "trich_do", "other"):
            world.act(who, add_document, code, key=key, content=PDF)
        for key in ("ket_qua", "bien_lai"):  # a result, and what the tax office attaches
            world.refuse(Forbidden, who, add_document, code, key=key, content=PDF)
            world.refuse(Forbidden, who, add_document, code, key=key, copy=1)

    def test_brings_proof_while_an_obligation_is_to_be_met(self, world: World) -> None:
        code = in_finance(world)
        world.act(world.citizen(code), add_document, code, key="other", content=PDF)
        world.refuse(Forbidden, world.citizen(code), add_document, code, key="bien_lai", content=PDF)

    def test_cannot_hand_a_result_in_with_the_filing(self, world: World) -> None:
        for key in ("ket_qua", "bien_lai"):
            with pytest.raises(InvalidInput):
                world.file(documents=[*PAPERS, {"key": key, "original": 1}])

    def test_has_no_file_signed_that_was_put_there_from_the_link(self, world: World) -> None:
        """One that an earlier version took: nobody signs it, whoever looks."""
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="Thiếu bản sao")
        _, own = world.act(world.citizen(code), add_document, code, key="other", content=PDF)
        world.do("counter", code, "resubmit")
        world.do("specialist", code, "finish_review")
        world.tamper(f"UPDATE documents SET key = 'ket_qua' WHERE id = {own}")
        with pytest.raises(DocumentRequired):
            world.try_act("leader", perform_action, code, "sign")

    def test_has_no_file_signed_that_came_while_the_result_was_awaited(self, world: World) -> None:
        code = world.land_at("signing")
        _, own = world.act("leader", add_document, code, key="ket_qua", content=PDF)
        citizen = f"citizen:{world.row(code)['id']}"
        world.tamper(f"UPDATE journal SET actor = '{citizen}' WHERE act = 'add_document'")
        with pytest.raises(DocumentRequired):
            world.try_act("leader", perform_action, code, "sign")
        assert row(world, own)["signature"] is None


class TestStaff:
    @pytest.mark.parametrize("state", ["accepted", "checking", "signing"])
    @pytest.mark.parametrize("who", ["counter", "specialist", "tax", "monitor", "province_leader", "system"])
    def test_without_the_role_that_signs_bring_no_result(self, world: World, state: str, who: str) -> None:
        code = world.land_at(state)
        refusal = NotFound if who == "province_leader" else Forbidden
        world.refuse(refusal, world.actor(who), add_document, code, key="ket_qua", content=PDF)

    def test_with_the_role_bring_it_only_where_it_is_signed(self, world: World) -> None:
        code = world.land_at("checking")
        refusal = world.refuse(ResultNotNow, "leader", add_document, code, key="ket_qua", content=PDF)
        assert "Sign" in refusal.sentence("en")
        world.do("specialist", code, "finish_review")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)

    def test_may_not_while_a_colleague_in_that_role_holds_it(self, world: World) -> None:
        code = in_finance(world)
        world.refuse(Forbidden, "counter", add_document, code, key="bien_lai", content=PDF)
        world.act("tax", add_document, code, key="bien_lai", content=PDF)

    def test_take_over_no_result_from_an_earlier_dossier(self, world: World) -> None:
        result = msgspec.structs.replace(land().documents["ket_qua"], reusable=True)
        publish(world, {}, documents=land().documents | {"ket_qua": result})
        first, code = world.land_at("accepted"), world.land_at("signing")
        _, earlier = world.act("counter", add_document, first, key="cccd", content=PDF)
        refused = world.refuse(InvalidInput, "leader", add_document, code, key="ket_qua", reuse=earlier)
        assert refused.errors.keys() == {"reuse"}

    def test_check_and_remove_a_result_only_in_that_role_and_state(self, world: World) -> None:
        code, result = with_result(world)
        for who in ("counter", "specialist", "tax", "monitor"):
            world.refuse(Forbidden, who, check_document, code, result, False, "sai")
            world.refuse(Forbidden, who, check_document, code, result, True)
            world.refuse(Forbidden, who, remove_document, code, result, "sai")
        world.act("leader", check_document, code, result, True)
        world.act("leader", check_document, code, result, False, "sai tên")
        world.refuse(ResultVoid, "leader", check_document, code, result, True)
        world.refuse(DocumentRequired, "leader", perform_action, code, "sign")
        world.act("leader", remove_document, code, result, "sai tên")


class TestSigning:
    def test_names_the_file_that_it_takes(self, world: World) -> None:
        code, result = with_result(world)
        world.do("leader", code, "sign")
        data = world.entries(code)[-1]["data"]
        assert (data["document"], data["sha256"]) == (result, hashlib.sha256(PDF).hexdigest())

    @pytest.mark.parametrize("who", ["leader", "specialist", "counter", "tax", "monitor"])
    def test_ends_adding_checking_and_removing(self, world: World, who: str) -> None:
        code, result = with_result(world)
        world.do("leader", code, "sign")
        refusal = ResultNotNow if who == "leader" else Forbidden
        world.refuse(refusal, who, add_document, code, key="ket_qua", content=OTHER_PDF)
        world.refuse(refusal, who, check_document, code, result, False, "sai")
        world.refuse((PaperInUse if who != "monitor" else Forbidden), who, remove_document, code, result, "nhầm")

    def test_takes_no_draft_of_another_office(self, world: World) -> None:
        code, _ = with_result(world)
        world.act("leader", transfer, code, PROVINCE, "Vượt thẩm quyền")
        world.refuse(DocumentRequired, "province_leader", perform_action, code, "sign")
        world.act("province_leader", add_document, code, key="ket_qua", content=OTHER_PDF)
        world.do("province_leader", code, "sign")

    def test_a_step_that_took_a_file_without_signing_it_holds_it_too(self, world: World) -> None:
        code = in_finance(world)
        _, receipt = world.act("tax", add_document, code, key="bien_lai", content=PDF)
        world.do("tax", code, "paid")
        assert world.entries(code)[-1]["data"]["document"] == receipt
        world.refuse(ResultNotNow, "tax", add_document, code, key="bien_lai", content=OTHER_PDF)
        world.refuse(ResultNotNow, "tax", remove_document, code, receipt, "nhầm")
        world.refuse(Forbidden, "counter", remove_document, code, receipt, "nhầm")


class TestGoingBack:
    def test_a_recalled_signature_is_void(self, world: World) -> None:
        code, result = with_result(world)
        world.do("leader", code, "sign")
        world.act("leader", recall, code)
        assert world.entries(code)[-1]["data"]["void"] == [result]
        assert row(world, result)["accepted"] == 0
        world.refuse(DocumentRequired, "leader", perform_action, code, "sign")
        world.refuse(ResultTaken, "leader", check_document, code, result, True)
        _, again = world.act("leader", add_document, code, key="ket_qua", content=OTHER_PDF)
        world.do("leader", code, "sign")
        assert world.entries(code)[-1]["data"]["document"] == again

    def test_a_rejected_draft_must_be_attached_again(self, world: World) -> None:
        code, draft = with_result(world)
        world.do("leader", code, "send_back", reason="Sai thửa.")
        assert (world.entries(code)[-1]["data"]["void"], row(world, draft)["accepted"]) == ([draft], 0)
        world.do("specialist", code, "finish_review")
        world.refuse(DocumentRequired, "leader", perform_action, code, "sign")
        world.refuse(ResultVoid, "leader", check_document, code, draft, True)
        world.act("leader", add_document, code, key="ket_qua", content=OTHER_PDF)
        world.do("leader", code, "sign")

    def test_a_draft_does_not_outlive_its_state_when_the_step_before_is_recalled(self, world: World) -> None:
        code, draft = with_result(world)
        world.act("specialist", recall, code)
        assert row(world, draft)["accepted"] == 0
        world.do("specialist", code, "finish_review")
        world.refuse(DocumentRequired, "leader", perform_action, code, "sign")

    def test_what_an_earlier_step_took_stays(self, world: World) -> None:
        """The receipt was taken before ``checking`` was entered again, so sending back to there leaves it alone."""
        publish(world, {"paid": step(text("Đã nộp"), "finance", "checking", "tax", "step", attach="bien_lai")})
        code = in_finance(world, at="2026-03-03 08:00")
        _, receipt = world.act("tax", add_document, code, key="bien_lai", content=PDF)
        world.do("tax", code, "paid")
        assert row(world, receipt)["accepted"] is None

    def test_a_file_that_a_step_took_is_not_taken_by_it_twice(self, world: World) -> None:
        publish(world, {"paid": step(text("Đã nộp"), "finance", "checking", "tax", "step", attach="bien_lai")})
        code = in_finance(world, at="2026-03-03 08:00")
        _, receipt = world.act("tax", add_document, code, key="bien_lai", content=PDF)
        world.do("tax", code, "paid")
        world.do("specialist", code, "finish_review")
        assert (world.row(code)["state"], row(world, receipt)["accepted"]) == ("finance", 0)
        world.refuse(DocumentRequired, "tax", perform_action, code, "paid")
        world.act("tax", add_document, code, key="bien_lai", content=OTHER_PDF)
        world.do("tax", code, "paid")


class TestPassingOn:
    """A release in which the specialist submits the draft and the leader signs it."""

    def submitted(self, world: World) -> tuple[str, int]:
        submit = msgspec.structs.replace(land().actions["finish_review"], attach="ket_qua")
        publish(world, {"finish_review": submit})
        code = world.land_at("checking")
        world.act("specialist", add_document, code, key="ket_qua", content=PDF)
        _, draft = world.act("specialist", add_document, code, key="ket_qua", content=OTHER_PDF)
        world.do("specialist", code, "finish_review")
        return code, draft

    def test_the_submitted_file_is_signed_and_nothing_newer(self, world: World) -> None:
        code, draft = self.submitted(world)
        world.refuse(ResultTaken, "leader", add_document, code, key="ket_qua", content=PDF)
        world.refuse(ResultNotNow, "specialist", add_document, code, key="ket_qua", content=PDF)
        world.refuse(PaperInUse, "leader", remove_document, code, draft, "nhầm")
        world.do("leader", code, "sign")
        data = world.entries(code)[-1]["data"]
        assert (data["document"], data["sha256"]) == (draft, hashlib.sha256(OTHER_PDF).hexdigest())
        assert row(world, draft)["signature"] is not None

    @pytest.mark.parametrize("way", ["send_back", "recall"])
    def test_undone_it_must_be_brought_again(self, world: World, way: str) -> None:
        code, draft = self.submitted(world)
        if way == "recall":
            world.act("specialist", recall, code)
        else:
            world.do("leader", code, "send_back", reason="Sai thửa.")
        assert row(world, draft)["accepted"] == 0
        world.refuse(DocumentRequired, "specialist", perform_action, code, "finish_review")
        _, again = world.act("specialist", add_document, code, key="ket_qua", content=PDF)
        world.do("specialist", code, "finish_review")
        world.do("leader", code, "sign")
        assert world.entries(code)[-1]["data"]["document"] == again


def test_a_void_paper_is_reused_nowhere(world: World) -> None:
    first, second = world.land_at("accepted"), world.land_at("accepted")
    _, earlier = world.act("counter", add_document, first, key="cccd", content=PDF)
    world.act("counter", check_document, first, earlier, False, "giả")
    world.refuse(NotFound, "counter", add_document, second, key="cccd", reuse=earlier)


def publish(world: World, actions: dict[str, Any], **more: Any) -> None:
    """A second release of land, with some actions and parts changed, in force from 3 March."""
    later = land(version=2, effective=Effective(dt.date(2026, 3, 3)), actions=land().actions | actions, **more)
    world.act("admin", publish_release, later)
    world.at("2026-03-03 08:00")


def in_finance(world: World, at: str | None = None) -> str:
    if at:
        world.at(at)
    code = world.land_at("checking", fields=FIELDS | {"land.tax_due": True})
    world.do("specialist", code, "finish_review")
    assert world.row(code)["state"] == "finance"
    return code


def with_result(world: World) -> tuple[str, int]:
    code = world.land_at("signing")
    _, result = world.act("leader", add_document, code, key="ket_qua", content=PDF)
    return code, result


def row(world: World, document: int) -> Any:
    with world.reading() as connection:
        return connection.execute(select(documents).where(documents.c.id == document)).mappings().one()
