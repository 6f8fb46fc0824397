"""Acts no workflow file declares: verification, transfer, extension, links, notes, rectification; linked filing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.documents import add_document
from engine.acts.extend_deadline import CannotExtend, extend_deadline
from engine.acts.hold import claim
from engine.acts.link_dossiers import link_dossiers
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_closure, publish_release
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.transfer import transfer
from engine.acts.verification import Answered, answer_verification, ask_verification
from engine.dossier.rights import Ended, HeldByAnother
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.deadlines.office_hours import Closure
from engine.rules.procedure.definition import Effective, Term
from engine.rules.procedure.machine import GuardFailed
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossier_links, dossiers, verifications
from tests.installation.filings import PDF
from tests.installation.short_releases import RESIDENCE, land
from tests.installation.world import APPLICANT, BRANCH, FIELDS, LONG_KHANH, PROVINCE, TAX, World, moment

ASKED = "UB-26080"


class TestVerification:
    def test_a_question_has_a_clock_of_its_own(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        _, number = world.act("specialist", ask_verification, code, ASKED, "Có tranh chấp?", at="2026-03-02 10:00")
        row = world.row(code)
        assert {key for key in row if row[key] != before[key]} == {"version", "head"}
        assert world.armed(code)["verify", str(number)] == moment("2026-03-05 10:00")
        assert ASKED not in world.seen_by(code)  # it sees the question only: test_asked_office.py
        assert world.facts(code)["verifications"] == {"open": 1}
        assert world.messages(code, "xac-minh") == [("xac-minh", f"office:{ASKED}/specialist", "inbox")]
        assert "tranh chấp" not in str(world.entries(code))
        world.refuse(GuardFailed, "specialist", perform_action, code, "finish_review")

    def test_the_office_asked_answers_and_the_asker_is_told(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", claim, code)
        _, number = world.act("specialist", ask_verification, code, ASKED, "Đúng ranh giới?")
        world.act("asked", answer_verification, code, number, True, "Đúng", at="2026-03-04 08:00")
        with world.reading() as connection:
            row = connection.execute(select(verifications)).mappings().one()
        assert (row["answered_by"], row["confirmed"], row["answered_at"]) == (world.person("asked"), 1, world.now)
        assert world.messages(code, "da-xac-minh")[0][1] == f"person:{world.person('specialist')}"
        assert world.entries(code)[-1]["data"]["confirmed"] is True
        world.refuse(Answered, "asked", answer_verification, code, number, False, "Sai")
        assert world.do("specialist", code, "finish_review").row["state"] == "signing"

    def test_nobody_else_asks_or_answers(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(Forbidden, "counter", ask_verification, code, ASKED, "?")
        _, number = world.act("specialist", ask_verification, code, ASKED, "?")
        for who in ("specialist", "counter", "monitor"):
            world.refuse(Forbidden, who, answer_verification, code, number, True, "x")
        world.refuse(Forbidden, world.citizen(code), answer_verification, code, number, True, "x")
        world.refuse(NotFound, "asked", answer_verification, code, number + 1, True, "x")

    def test_a_question_needs_words_and_another_living_office(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(InvalidInput, "specialist", ask_verification, code, ASKED, " ")
        for office in (BRANCH, "UB-26080-C", "UB-00000"):
            refusal = world.refuse(InvalidInput, "specialist", ask_verification, code, office, "?")
            assert set(refusal.errors) == {"office"}

    @pytest.mark.parametrize("claimed", [True, False])
    def test_the_answer_is_told_to_the_holder_or_else_to_the_role_that_must_act(
        self, world: World, claimed: bool
    ) -> None:
        code = world.land_at("checking")
        _, number = world.act("specialist", ask_verification, code, ASKED, "?")
        if claimed:
            world.act("specialist", claim, code)
        world.act("asked", answer_verification, code, number, True, "Có")
        told = f"person:{world.person('specialist')}" if claimed else f"office:{BRANCH}/specialist"
        assert world.messages(code, "da-xac-minh") == [("da-xac-minh", told, "inbox")]

    def test_a_waiting_dossier_has_nobody_to_tell(self, world: World) -> None:
        code = world.land_at("checking")
        _, number = world.act("specialist", ask_verification, code, ASKED, "?")
        world.do("specialist", code, "ask", reason="thiếu")
        world.act("asked", answer_verification, code, number, False, "Không")
        assert world.messages(code, "da-xac-minh") == []


class TestTransfer:
    def test_the_dossier_passes_with_its_clock_and_code(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        row = world.act(
            "specialist", transfer, code, PROVINCE, "Hồ sơ phức tạp", "QĐ 5/QĐ-STNMT", at="2026-03-03 09:00"
        ).row
        moved = {"offices", "handler_office", "holder_office", "version", "head"}
        assert {key for key in row if row[key] != before[key]} == moved
        assert row["offices"] == {"intake": LONG_KHANH, "handler": PROVINCE, "tax": TAX}
        assert (row["holder_office"], row["holder_role"]) == (PROVINCE, "specialist")
        assert {BRANCH, PROVINCE} <= world.seen_by(code)  # who had it still sees it
        data = {"key": "handler", "from": BRANCH, "to": PROVINCE, "legal": "QĐ 5/QĐ-STNMT"}
        assert world.entries(code)[-1]["data"] == data
        assert len(world.messages(code, "chuyen-co-quan")) == 2
        world.refuse(Forbidden, "specialist", perform_action, code, "finish_review")
        assert world.do("province_specialist", code, "finish_review").row["state"] == "signing"

    def test_leaders_decide_also_about_what_others_hold(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist2", claim, code)
        world.refuse(HeldByAnother, "specialist", transfer, code, PROVINCE, "x")
        row = world.act("leader", transfer, code, PROVINCE, "x").row
        assert (row["holder_id"], row["holder_office"]) == (None, PROVINCE)

    def test_another_key_leaves_the_holder_alone(self, world: World) -> None:
        code = world.land_at("checking")
        row = world.act("leader", transfer, code, "THUE-79", "x", "QĐ 1", key="tax").row
        assert (row["holder_office"], row["handler_office"], row["offices"]["tax"]) == (BRANCH, BRANCH, "THUE-79")

    def test_the_due_moment_follows_the_closures_of_the_new_office(self, world: World) -> None:
        code = world.land_at("checking")
        assert world.row(code)["due_at"] == moment("2026-03-06 17:00")
        storm = Closure(dt.date(2026, 3, 5), dt.date(2026, 3, 5), "Bão", "Storm", "CĐ 1")
        world.try_act("system", publish_closure, PROVINCE, storm)
        row = world.act("specialist", transfer, code, PROVINCE, "x", at="2026-03-03 09:00").row
        assert row["due_at"] == moment("2026-03-09 17:00")

    def test_what_is_refused(self, world: World) -> None:
        code = world.land_at("checking")
        for office, key, reason, where in (
            (BRANCH, "handler", "x", "office"),
            ("VPDK-75-C", "handler", "x", "office"),
            (PROVINCE, "handler", " ", "reason"),
            (PROVINCE, "intake", "x", "key"),
            (PROVINCE, "police", "x", "key"),
        ):
            refusal = world.refuse(InvalidInput, "specialist", transfer, code, office, reason, key=key)
            assert set(refusal.errors) == {where}
        world.refuse(Forbidden, "counter", transfer, code, PROVINCE, "x")
        world.refuse(Forbidden, world.citizen(code), transfer, code, PROVINCE, "x")
        world.do(world.citizen(code), code, "withdraw")
        world.refuse(Ended, "leader", transfer, code, PROVINCE, "x")


class TestExtension:
    def test_once_with_an_apology_and_a_new_due_moment(self, world: World) -> None:
        code = world.land_at("checking")
        case = world.act(
            "specialist", extend_deadline, code, Term(2, "working_day"), "Chờ trích đo", at="2026-03-05 09:00"
        )
        assert case.row["due_at"] == case.row["promised_at"] == moment("2026-03-10 17:00")
        assert world.facts(code)["dossier"]["extended"] is True
        data = world.entries(code)[-1]["data"]
        assert (data["form"], data["term"]) == ("mau-04", {"amount": 2, "unit": "working_day"})
        assert (data["before"], data["after"]) == ("2026-03-06T10:00:00.000000Z", "2026-03-10T10:00:00.000000Z")
        assert len(world.messages(code, "gia-han")) == 2
        assert world.armed(code)["overdue", ""] == moment("2026-03-10 17:00")
        world.refuse(CannotExtend, "leader", extend_deadline, code, Term(1, "working_day"), "lại chờ")

    def test_in_a_pause_the_new_moment_follows_the_answer(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu", at="2026-03-03 08:00")
        row = world.act("leader", extend_deadline, code, Term(1, "working_day"), "x").row
        assert (row["due_at"], row["promised_at"]) == (None, moment("2026-03-06 17:00"))
        row = world.do("counter", code, "resubmit", at="2026-03-04 08:00").row
        assert row["due_at"] == moment("2026-03-10 17:00")  # five, one in the pause, one given

    def test_what_is_refused(self, world: World) -> None:
        term, code = Term(1, "working_day"), world.land_at("checking")
        world.refuse(InvalidInput, "specialist", extend_deadline, code, term, " ")
        for who in ("counter", "tax", "monitor"):
            world.refuse(Forbidden, who, extend_deadline, code, term, "x")
        world.refuse(Forbidden, world.citizen(code), extend_deadline, code, term, "x")
        filed = world.file().case.code
        world.refuse(Forbidden, "leader", extend_deadline, filed, term, "x")
        world.do(world.citizen(code), code, "withdraw")
        world.refuse(CannotExtend, "specialist", extend_deadline, code, term, "x")


class TestLinks:
    def test_both_dossiers_tell_of_it_once(self, world: World) -> None:
        one, two = world.land_at("accepted"), world.land_at("accepted")
        world.act("counter", link_dossiers, two, one, "same_parcel")
        world.act("counter", link_dossiers, one, two, "same_parcel")
        assert [world.entries(code)[-1]["data"]["other"] for code in (one, two)] == [two, one]
        assert [len(world.entries(code)) for code in (one, two)] == [3, 3]
        with world.reading() as connection:
            assert len(connection.execute(select(dossier_links)).all()) == 1

    def test_what_is_refused(self, world: World) -> None:
        one = world.land_at("accepted")
        unseen = world.file("other_counter", intake_office="TT-26020").case.code
        world.refuse(InvalidInput, "counter", link_dossiers, one, one)
        world.refuse(InvalidInput, "counter", link_dossiers, one, unseen, "twins")
        world.refuse(NotFound, "counter", link_dossiers, one, unseen)
        two = world.land_at("accepted")
        world.refuse(Forbidden, "monitor", link_dossiers, one, two)


class TestNotes:
    def test_a_note_changes_nothing_and_stays_private(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        row = world.act("counter", add_note, code, "Đã gọi cho ông Mẫu").row
        assert {key for key in row if row[key] != before[key]} == {"version", "head"}
        entry = world.entries(code)[-1]
        assert (entry["changes"], entry["data"]) == ({}, {})
        assert entry["private"] is not None and "Mẫu" not in str(entry)

    def test_what_is_refused(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(InvalidInput, "counter", add_note, code, "\n ")
        world.refuse(Forbidden, "tax", add_note, code, "x")  # the dossier has not reached the tax office
        world.refuse(Forbidden, "monitor", add_note, code, "x")
        world.refuse(Forbidden, world.citizen(code), add_note, code, "x")


class TestRectifying:
    def test_a_compensating_entry_names_what_it_corrects(self, world: World) -> None:
        code = world.land_at("checking")
        given = {"name": "Nguyễn Văn Mẩu", "phone": "0900000002"}
        world.act("counter", rectify, code, "Gõ sai dấu", number=1, applicant=given, fields={"pages": 7})
        entry = world.entries(code)[-1]
        assert entry["data"] == {"corrects": 1, "names": ["applicant.name", "applicant.phone", "pages"]}
        assert "Mẩu" not in str(entry) and "search" not in entry["changes"]
        with world.reading() as connection:
            row = connection.execute(select(applicants)).mappings().one()
            search = connection.execute(select(dossiers.c.search)).scalar_one()
        assert (row["name"], row["phone"], row["form"]["pages"]) == ("Nguyễn Văn Mẩu", "0900000002", 7)
        assert "0900000002" in search and "0900000001" not in search
        assert world.fees(code)["trang"] == 14_000

    def test_a_returned_dossier_may_still_be_put_right(self, world: World) -> None:
        code = world.file().case.code
        world.do("counter", code, "refuse", reason="thiếu")
        world.act("counter", rectify, code, "sai tên", applicant={"name": "Trần Thị Mẫu"})

    @pytest.mark.parametrize(
        ("named", "refusal"),
        [
            ({"reason": "x"}, InvalidInput),
            ({"reason": " ", "applicant": {"name": "A"}}, InvalidInput),
            ({"reason": "x", "applicant": {"kind": "organisation"}}, InvalidInput),
            ({"reason": "x", "applicant": {"form": {}}}, InvalidInput),
            ({"reason": "x", "applicant": {"email": "@"}}, InvalidInput),
            ({"reason": "x", "fields": {"land.area": -1}}, InvalidInput),
            ({"reason": "x", "fields": {"nothing": 1}}, InvalidInput),
            ({"reason": "x", "applicant": {"name": "A"}, "number": 99}, NotFound),
        ],
    )
    def test_what_is_refused(self, world: World, named: dict[str, Any], refusal: Any) -> None:
        code = world.land_at("accepted")
        world.refuse(refusal, "counter", rectify, code, **named)

    def test_not_by_the_applicant_nor_from_outside(self, world: World) -> None:
        code = world.land_at("accepted")
        for who in (world.citizen(code), world.actor("monitor")):
            world.refuse(Forbidden, who, rectify, code, "x", applicant={"name": "A"})


class TestLinkedFiling:
    def test_a_state_opens_the_dossiers_that_hang_on_it(self, world: World) -> None:
        code = self.returned(world)
        parent = world.row(code)
        child = self.child(world)
        assert (child["procedure"], child["parent_id"], child["child_key"]) == (RESIDENCE, parent["id"], "residence")
        assert (child["intake_office"], child["handler_office"]) == (LONG_KHANH, "CA-26080")
        assert child["code"] == "H75.26080-260302-0002"
        assert child["link_hash"] != parent["link_hash"]
        assert world.facts(code)["children"] == {"count": 1, "finished": False, "missing": ["residence"], "failed": []}
        with world.reading() as connection:
            links = connection.execute(select(dossier_links)).all()
        assert [tuple(link) for link in links] == [(parent["id"], child["id"], "child", world.now)]
        with world.reading() as connection:
            kept = connection.execute(select(applicants).where(applicants.c.dossier_id == child["id"])).mappings().one()
        assert (kept["name"], kept["form"]) == (APPLICANT["name"], {"home.commune": "26080"})

    def test_papers_that_the_family_gave_are_not_asked_for_twice(self, world: World) -> None:
        self.returned(world)
        child = self.child(world)
        with world.reading() as connection:
            rows = connection.execute(select(documents).where(documents.c.dossier_id == child["id"])).mappings().all()
        assert [(row["key"], row["original"]) for row in rows] == [("gcn", 1)]
        assert world.facts(child["code"])["documents"]["complete"]

    def test_a_file_of_the_family_is_taken_over_and_said_to_be(self, world: World) -> None:
        code = self.ready(world)
        _, number = world.act("specialist", add_document, code, key="gcn", content=PDF, file_name="gcn.pdf")
        world.do("leader", code, "sign")
        for key in world.fees(code):
            world.act("counter", settle_fee, code, key, "cash")
        world.do("counter", code, "return")
        child = self.child(world)
        with world.reading() as connection:
            mine = select(documents).where(documents.c.dossier_id == child["id"]).order_by(documents.c.id)
            rows = connection.execute(mine).mappings().all()
            given = connection.execute(select(documents).where(documents.c.id == number)).mappings().one()
        assert [row["reused_from"] for row in rows] == [None, number]
        kept = ("key", "original", "digitised", "file_name", "media_type", "size", "sha256", "storage_key")
        assert {name: rows[1][name] for name in kept} == {name: given[name] for name in kept}
        told = world.entries(child["code"])[0]["data"]["papers"]
        assert [paper.get("reused_from") for paper in told] == [None, number]

    def test_the_parent_knows_when_they_are_finished(self, world: World) -> None:
        code = self.returned(world)
        child = self.child(world)["code"]
        world.do("counter", child, "receive")
        world.do("police", child, "finish")
        assert world.facts(code)["children"] == {"count": 1, "finished": True, "missing": [], "failed": []}

    def test_recalling_and_repeating_the_step_opens_none_twice(self, world: World) -> None:
        code = self.ready(world)
        opened = world.row(code)["id"]
        world.do("leader", code, "sign")
        world.act("leader", recall, code)
        world.act("leader", add_document, code, key="ket_qua", content=PDF)  # the recalled one is void
        world.do("leader", code, "sign")
        for key in world.fees(code):
            world.act("counter", settle_fee, code, key, "cash")
        world.do("counter", code, "return")
        with world.reading() as connection:
            children = connection.execute(select(dossiers.c.id).where(dossiers.c.parent_id == opened)).all()
        assert len(children) == 1

    def test_a_state_that_is_entered_again_opens_none_twice(self, world: World) -> None:
        (key, child), *_ = land().children.items()
        early = land(
            version=2,
            effective=Effective(dt.date(2026, 3, 3)),
            children={key: msgspec.structs.replace(child, opens="checking")},
        )
        world.act("admin", publish_release, early)
        fields = FIELDS | {"land.remeasured": True, "land.surveyor": "Đội đo"}
        papers = [{"key": one, "original": 1} for one in ("don", "gcn", "trich_do")]
        code = world.file(fields=fields, documents=papers, at="2026-03-03 08:00").case.code
        world.do("counter", code, "receive")
        for _ in range(2):
            world.do("counter", code, "forward")
            assert world.facts(code)["children"]["count"] == 1
            world.act("counter", recall, code)

    def ready(self, world: World) -> str:
        """A measured dossier whose result waits for its signature."""
        papers = [{"key": key, "original": 1} for key in ("don", "gcn", "trich_do")]
        fields = FIELDS | {"land.remeasured": True, "land.surveyor": "Đội đo"}
        code = world.land_at("signing", fields=fields, documents=papers)
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        return code

    def returned(self, world: World) -> str:
        code = self.ready(world)
        world.do("leader", code, "sign")
        for key in world.fees(code):
            world.act("counter", settle_fee, code, key, "cash")
        world.do("counter", code, "return")
        return code

    def child(self, world: World) -> dict[str, Any]:
        with world.reading() as connection:
            found = connection.execute(select(dossiers).where(dossiers.c.parent_id.is_not(None))).mappings().one()
        return dict(found)
