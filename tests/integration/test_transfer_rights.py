"""To which offices a dossier passes, by whom and on what ground, and how the sender takes it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.acts.documents import add_document
from engine.acts.file_dossier import file_dossier
from engine.acts.hold import claim, mark_opened
from engine.acts.link_dossiers import link_dossiers
from engine.acts.recall import CannotRecall, recall
from engine.acts.staff.people import add_membership, end_membership
from engine.acts.transfer import NeedsLegalGround, transfer
from engine.acts.verification import ask_verification
from engine.errors import Forbidden, InvalidInput, NotFound
from tests.installation.people import employ
from tests.installation.releases import START
from tests.installation.short_releases import RESIDENCE
from tests.installation.world import BRANCH, FIELDS, LONG_KHANH, PROVINCE, TAX, World

ELSEWHERE = {
    "the police": "CA-26080",
    "the tax office": TAX,
    "the authority of the commune": "UB-26080",
    "another province": "VPDK-79",
    "a centre": LONG_KHANH,
}
HOME = {"home.commune": "26080"}


class TestOfficesThatCanHoldTheRole:
    @pytest.mark.parametrize("office", ELSEWHERE.values(), ids=ELSEWHERE)
    def test_any_other_needs_a_leader_and_a_legal_ground(self, world: World, office: str) -> None:
        code = world.land_at("checking")
        for legal in (None, " ", "QĐ 5"):
            refusal = world.refuse(NeedsLegalGround, "specialist", transfer, code, office, "x", legal)
            assert office in refusal.sentence("vi")
        for legal in (None, "", " "):
            world.refuse(NeedsLegalGround, "leader", transfer, code, office, "x", legal)
        row = world.act("leader", transfer, code, office, "x", "QĐ 5/QĐ-UBND").row
        assert row["handler_office"] == office
        assert world.entries(code)[-1]["data"]["legal"] == "QĐ 5/QĐ-UBND"

    def test_one_that_the_rules_name_but_where_nobody_works_is_such_another(self, world: World) -> None:
        code = world.land_at("checking")
        for who, role in (("province_specialist", "specialist"), ("province_leader", "leader")):
            world.try_act("system", end_membership, world.person(who), PROVINCE, role, dt.date(2026, 3, 3))
        world.at("2026-03-03 08:00")
        refusal = world.refuse(NeedsLegalGround, "specialist", transfer, code, PROVINCE, "x")
        assert "specialist" in refusal.sentence("en")

    def test_of_a_procedure_by_competence_they_are_of_its_body_level_and_province(self, world: World) -> None:
        more: Any = {
            "police2": (("CA-26098", "counter"),),
            "police_far": (("CA-26740", "specialist"),),
            "police_of_province": (("CA-75", "specialist"),),
        }
        world.try_act("system", lambda unit: employ(unit, more, START))
        code = residence(world)
        roles = sorted(world.runtime.catalogue.current(RESIDENCE, world.now.date()).release.roles)
        for office in ("CA-26740", "CA-75", "UB-26098"):
            world.refuse(NeedsLegalGround, "police", transfer, code, office, "x")
        world.refuse(NeedsLegalGround, "police", transfer, code, "CA-26098", "x")  # nobody there has a role of it
        role = next(role for role in roles if role != "counter")
        world.try_act("system", add_membership, world.person("police2"), "CA-26098", role, START)
        assert world.act("police", transfer, code, "CA-26098", "nhầm xã").row["handler_office"] == "CA-26098"

    def test_the_key_of_a_co_operating_office_has_rules_of_its_own(self, world: World) -> None:
        code = world.land_at("checking")
        for office in ("THUE-79", PROVINCE, "UB-26080"):
            world.refuse(NeedsLegalGround, "specialist", transfer, code, office, "x", key="tax")
        row = world.act("leader", transfer, code, "THUE-79", "x", "QĐ 1", key="tax").row
        assert (row["offices"]["tax"], row["holder_office"]) == ("THUE-79", BRANCH)

    @pytest.mark.parametrize("office", ["KHONG-CO", "VPDK-75-C", ""])
    def test_one_that_is_none_today_is_refused_to_everybody(self, world: World, office: str) -> None:
        code = world.land_at("checking")
        world.refuse(InvalidInput, "leader", transfer, code, office, "x", "QĐ 5")


class TestAtFiling:
    @pytest.mark.parametrize("office", [TAX, "CA-26080", "UB-26080", "VPDK-79", LONG_KHANH, "KHONG-CO"])
    def test_a_person_chooses_only_an_office_that_can_decide(self, world: World, office: str) -> None:
        filing = world.filing(handler_office=office, handler_reason="gần nhà")
        assert set(world.refuse(InvalidInput, "counter", file_dossier, filing).errors) == {"handler_office"}

    def test_one_that_can_is_taken(self, world: World) -> None:
        case = world.file(handler_office=PROVINCE, handler_reason="tỉnh thụ lý").case
        assert case.row["handler_office"] == PROVINCE

    @pytest.mark.parametrize("office", ["KHONG-CO", TAX, "UB-26080", "TT-26740", "MC-26080-C"])
    def test_the_support_point_receives_dossiers_in_the_province_today(self, world: World, office: str) -> None:
        refusal = world.refuse(InvalidInput, "counter", file_dossier, world.filing(support_office=office))
        assert set(refusal.errors) == {"support_office"}

    def test_one_that_does_is_taken(self, world: World) -> None:
        assert world.file(support_office="TT-26098").case.row["support_office"] == "TT-26098"


class TestTakingBack:
    def test_the_sender_has_it_again_as_before(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        before = world.act("specialist", claim, code).row
        world.act("specialist", transfer, code, PROVINCE, "nhầm", at="2026-03-02 09:00")
        row = world.act("specialist", recall, code, reason="bấm nhầm", at="2026-03-02 09:05").row
        same = ("offices", "handler_office", "holder_office", "holder_role", "holder_id", "state", "due_at")
        assert {name: row[name] for name in same} == {name: before[name] for name in same}
        data = world.entries(code)[-1]["data"]
        assert data == {"recalled": 5, "key": "handler", "from": PROVINCE, "to": BRANCH}
        assert len(world.messages(code, "chuyen-co-quan")) == 4  # the applicant is told where it is again
        world.at("2026-04-01 08:00")
        world.refuse(NotFound, "province_specialist", claim, code)

    def test_a_leader_takes_back_what_they_sent_on_a_legal_ground(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("leader", transfer, code, "UB-26098", "nhầm", "QĐ 1")
        row = world.act("leader", recall, code).row
        assert (row["holder_office"], row["holder_id"]) == (BRANCH, None)
        world.do("specialist", code, "finish_review")

    def test_a_clerk_takes_back_an_office_that_is_not_reached_yet(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", mark_opened, code)
        world.act("counter", transfer, code, PROVINCE, "nhầm")
        row = world.act("counter", recall, code).row
        assert (row["offices"]["handler"], row["holder_office"]) == (BRANCH, LONG_KHANH)

    @pytest.mark.parametrize("opening", [claim, mark_opened])
    def test_not_once_it_is_opened_there(self, world: World, opening: Any) -> None:
        code = world.land_at("checking")
        world.act("specialist", transfer, code, PROVINCE, "nhầm")
        world.act("province_specialist", opening, code)
        refusal = world.refuse(CannotRecall, "specialist", recall, code)
        assert refusal.facts["why_en"] == "the receiving office has opened the dossier"

    def test_not_by_another_and_not_without_the_role(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        world.act("specialist", transfer, code, PROVINCE, "nhầm")
        for who in ("specialist2", "leader", "province_specialist", "counter"):
            world.refuse(Forbidden, who, recall, code)
        world.try_act("system", end_membership, world.person("specialist"), BRANCH, "specialist", dt.date(2026, 3, 3))
        world.at("2026-03-03 08:00")
        world.refuse(NotFound, "specialist", recall, code)  # nobody of the office any more

    def test_not_twice(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", transfer, code, PROVINCE, "nhầm")
        world.act("specialist", recall, code)
        world.refuse(CannotRecall, "specialist", recall, code)


class TestRecallNeedsTheRole:
    def test_that_was_lost_since(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        world.try_act("system", add_membership, world.person("counter"), LONG_KHANH, "clerk", START)
        world.try_act("system", end_membership, world.person("counter"), LONG_KHANH, "counter", dt.date(2026, 3, 3))
        world.at("2026-03-03 08:00")
        world.refuse(Forbidden, "counter", recall, code)

    def test_a_role_narrowed_away_elsewhere_is_no_matter(self, world: World) -> None:
        code = world.land_at("checking")
        assert world.act("counter", recall, code).row["state"] == "accepted"


def test_both_dossiers_of_a_link_need_the_right(world: World) -> None:
    reached, waiting = world.land_at("checking"), world.land_at("accepted")
    for pair in ((reached, waiting), (waiting, reached)):
        world.refuse(Forbidden, "specialist", link_dossiers, *pair)
    world.act("counter", link_dossiers, reached, waiting)


def test_what_an_office_did_before_it_lost_its_part_it_does_no_more(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", transfer, code, PROVINCE, "sai thẩm quyền")
    for act, told in (
        (add_document, {"key": "other", "copy": 1}),
        (ask_verification, {"office": "UB-26080", "question": "?"}),
    ):
        world.refuse(Forbidden, "specialist", act, code, **told)


def residence(world: World) -> str:
    papers = [{"key": "gcn", "original": 1}]
    case = world.file(procedure=RESIDENCE, fields=HOME, documents=papers).case
    world.do("counter", case.code, "receive")
    assert FIELDS and case.row["handler_office"] == "CA-26080"
    return str(case.code)
