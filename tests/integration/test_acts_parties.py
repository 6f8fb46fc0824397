"""People beside the applicant: representatives, co-applicants, who collected the result, and an heir who goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.fetch_result import NoResultYet, fetch_result
from engine.acts.file_dossier import file_dossier
from engine.acts.parties import NothingToHandOver, add_party, end_party, hand_over
from engine.acts.succeed_applicant import succeed_applicant
from engine.dossier.case import read_case
from engine.dossier.rights import Ended
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.queries.lists import Wanted, list_dossiers
from engine.queries.parties import PartyView, parties_view
from engine.rules.masking import MASK
from engine.store.dossiers import applicants
from engine.store.journal import journal_private
from tests.installation.world import APPLICANT, World
from tests.integration.test_acts_endings import TestReopening as Ends

LAWYER = {
    "name": "Trần Thị Đại Diện",
    "identity_number": "079190000002",
    "phone": "0912 345 678",
    "authority": "Giấy ủy quyền số 15/2026, Phòng công chứng số 1",
}
HEIR = {"name": "Nguyễn Thị Thừa Kế", "identity_number": "075195000003", "phone": "0933000003", "commune": "26080"}


def people(world: World, code: str, masked: bool = True) -> Sequence[PartyView]:
    return world.try_act("counter", lambda unit: parties_view(read_case(unit, code), masked=masked))


def found(world: World, words: str) -> list[str]:
    lines = world.try_act("counter", lambda unit: list_dossiers(unit, Wanted(text=words), limit=10)).lines
    return [line.code for line in lines]


class TestNaming:
    def test_a_representative_has_an_authority_and_is_masked(self, world: World) -> None:
        code = world.land_at("checking")
        _, number = world.act("specialist", add_party, code, "representative", LAWYER)
        [shown], [whole] = people(world, code), people(world, code, masked=False)
        assert (shown.id, shown.name, shown.phone, shown.authority) == (number, LAWYER["name"], MASK + "678", MASK)
        assert (whole.phone, whole.authority) == ("0912345678", LAWYER["authority"])
        entry = world.entries(code)[-1]
        assert (entry["act"], entry["data"]) == ("add_party", {"party": number, "kind": "representative"})
        assert not [value for value in LAWYER.values() if value in str(entry)]

    def test_a_search_finds_the_dossier_by_them_until_they_end(self, world: World) -> None:
        code = world.land_at("checking")
        _, number = world.act("specialist", add_party, code, "representative", LAWYER)
        assert found(world, "tran thi dai dien") == [code] == found(world, "0912345678")
        world.act("counter", end_party, code, number, "Thôi ủy quyền")
        assert found(world, "tran thi dai dien") == []
        assert people(world, code)[0].until == world.now

    @pytest.mark.parametrize(
        ("kind", "changed", "fault"),
        [
            ("representative", {"authority": " "}, "authority"),
            ("co_applicant", {"name": None}, "name"),
            ("co_applicant", {"identity_number": "12"}, "identity_number"),
            ("co_applicant", {"phone": "12"}, "phone"),
            ("co_applicant", {"document": 9_999}, "document"),
            ("collector", {}, "kind"),
        ],
    )
    def test_what_is_wrong_is_said(self, world: World, kind: str, changed: dict[str, Any], fault: str) -> None:
        code = world.land_at("checking")
        refused = world.refuse(InvalidInput, "counter", add_party, code, kind, LAWYER | changed)
        assert list(refused.errors) == [fault]

    def test_the_authority_is_a_paper_of_the_dossier(self, world: World) -> None:
        code = world.land_at("checking")
        paper = world.try_act("counter", lambda unit: read_case(unit, code).documents()[0]["id"])
        _, number = world.act("counter", add_party, code, "representative", LAWYER | {"document": paper})
        assert people(world, code)[0].document == paper
        assert world.entries(code)[-1]["data"]["paper"] == paper
        world.refuse(NotFound, "counter", end_party, code, number + 1, "nhầm")

    def test_only_those_with_a_part_while_it_runs(self, world: World) -> None:
        code = world.land_at("checking")
        for who in ("monitor", world.citizen(code)):
            world.refuse(Forbidden, who, add_party, code, "co_applicant", LAWYER)
        world.refuse(Ended, "counter", add_party, Ends().returned(world), "co_applicant", LAWYER)

    def test_they_come_with_the_filing(self, world: World) -> None:
        given = [LAWYER | {"kind": "representative"}, {"kind": "co_applicant", "name": "Lê Văn Cùng"}]
        code = world.file(parties=given, receive=True).case.code
        assert [one.kind for one in people(world, code)] == ["representative", "co_applicant"]
        assert [one["act"] for one in world.entries(code)] == ["file", "add_party", "add_party", "receive"]
        world.refuse(InvalidInput, "counter", file_dossier, world.filing(parties=[{"kind": "collector", "name": "A"}]))


class TestHandingOver:
    def test_a_collector_shows_a_paper_or_an_authority(self, world: World) -> None:
        code = Ends().returned(world)
        world.refuse(InvalidInput, "counter", hand_over, code, {"name": "Lê Văn Nhận"})
        world.act("counter", hand_over, code, {"name": "Lê Văn Nhận", "identity_number": "079190000004"})
        world.act("counter", hand_over, code, {"name": "Lê Văn Nhận", "authority": "Giấy ủy quyền ngày 02/3"})
        assert [one.kind for one in people(world, code)] == ["collector", "collector"]
        assert "Lê Văn Nhận" not in str(world.entries(code))

    def test_the_post_has_a_number(self, world: World) -> None:
        code = Ends().returned(world)
        world.act("counter", hand_over, code, {"tracking": "EE123456789VN"})
        [sent] = people(world, code)
        assert (sent.kind, sent.tracking) == ("post", "EE123456789VN")

    def test_not_without_a_result_nor_by_others(self, world: World) -> None:
        given = {"tracking": "EE123456789VN"}
        world.refuse(NothingToHandOver, "counter", hand_over, world.land_at("checking"), given)
        code = Ends().returned(world)
        for who in ("specialist", "leader", world.citizen(code)):
            world.refuse(Forbidden, who, hand_over, code, given)


class TestAnHeir:
    def test_goes_on_with_keys_of_their_own(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        filed = world.act("counter", succeed_applicant, code, HEIR, "Người nộp đã mất", "Trích lục khai tử số 7")
        after = world.row(code)
        assert after["state"] == "checking" and after["due_at"] == before["due_at"]
        assert after["link_hash"] != before["link_hash"] and filed.link_token and filed.receipt_code
        with world.reading() as connection:
            now = connection.execute(select(applicants).where(applicants.c.dossier_id == after["id"])).one()
            hidden = connection.execute(
                select(journal_private.c.data).where(
                    journal_private.c.dossier_id == after["id"], journal_private.c.number == after["version"]
                )
            ).scalar_one()
        assert (now.name, now.identity_number, now.email) == (HEIR["name"], HEIR["identity_number"], None)
        assert now.form == world.filing().fields | {}
        assert hidden["before"]["name"] == APPLICANT["name"] and hidden["proof"] == "Trích lục khai tử số 7"
        assert APPLICANT["name"] not in str(world.entries(code)[-1])
        assert found(world, HEIR["name"]) == [code] and found(world, str(APPLICANT["name"])) == []

    def test_needs_reason_proof_an_open_dossier_and_the_counter(self, world: World) -> None:
        code, why = world.land_at("checking"), ("Người nộp đã mất", "Trích lục")
        world.refuse(InvalidInput, "counter", succeed_applicant, code, HEIR, " ", "x")
        world.refuse(InvalidInput, "counter", succeed_applicant, code, HEIR, "x", " ")
        world.refuse(InvalidInput, "counter", succeed_applicant, code, HEIR | {"name": ""}, *why)
        for who in ("specialist", "leader", world.citizen(code)):
            world.refuse(Forbidden, who, succeed_applicant, code, HEIR, *why)
        ended = Ends().returned(world)
        world.refuse(Ended, "counter", succeed_applicant, ended, HEIR, *why)
        world.refuse(NoResultYet, world.citizen(code), fetch_result, code)
