"""Who holds a dossier: claiming, giving back, assigning, opening, and recalling before the next holder opened it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.acts.add_note import add_note
from engine.acts.documents import add_document
from engine.acts.hold import assign, claim, mark_opened, release_claim
from engine.acts.link_dossiers import link_dossiers
from engine.acts.recall import CannotRecall, recall
from engine.dossier.rights import Ended, HeldByAnother
from engine.dossier.stale import Stale
from engine.errors import Forbidden, InvalidInput, NotFound
from tests.installation.world import BRANCH, FIELDS, LONG_KHANH, World, moment


class TestClaiming:
    def test_it_shows_who_holds_the_dossier_and_opens_it(self, world: World) -> None:
        code = world.land_at("checking")
        row = world.act("specialist", claim, code, at="2026-03-02 09:00").row
        assert (row["holder_id"], row["opened_at"]) == (world.person("specialist"), world.now)
        assert world.entries(code)[-1]["changes"].keys() == {"holder_id", "opened_at"}

    def test_again_it_changes_nothing(self, world: World) -> None:
        code = world.land_at("checking")
        first = world.act("specialist", claim, code).row
        assert world.act("specialist", claim, code).row == first
        assert world.entries(code)[-1]["number"] == first["version"]

    def test_a_second_clerk_is_told_who_holds_it(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", claim, code)
        refusal = world.refuse(HeldByAnother, "specialist2", claim, code)
        assert refusal.facts["who"] == f"person:{world.person('specialist')}"

    @pytest.mark.parametrize("who", ["counter", "leader", "tax", "of_another_office"])
    def test_only_the_acting_role_at_the_acting_office_may(self, world: World, who: str) -> None:
        code = world.land_at("checking")
        unseen = who == "of_another_office"
        world.refuse(
            NotFound if unseen else Forbidden, world.actor("province_specialist" if unseen else who), claim, code
        )

    def test_an_ended_dossier_is_claimed_by_nobody(self, world: World) -> None:
        code = world.land_at("checking")
        world.do(world.citizen(code), code, "withdraw")
        world.refuse(Ended, "specialist", claim, code)


class TestGivingBack:
    def test_the_holder_gives_it_back_to_the_queue(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", claim, code)
        assert world.act("specialist", release_claim, code).row["holder_id"] is None
        assert world.entries(code)[-1]["data"] == {"holder": world.person("specialist")}
        assert world.act("specialist2", claim, code).row["holder_id"] == world.person("specialist2")

    def test_a_leader_of_the_office_does_it_for_an_absent_colleague(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", claim, code)
        world.refuse(Forbidden, "specialist2", release_claim, code)
        world.refuse(Forbidden, "counter", release_claim, code)
        world.refuse(Forbidden, "monitor", release_claim, code)
        assert world.act("leader", release_claim, code).row["holder_id"] is None

    def test_with_no_holder_nothing_happens(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        assert world.act("specialist", release_claim, code).row == before


class TestAssigning:
    def test_a_leader_gives_it_to_one_of_the_office(self, world: World) -> None:
        code, wanted = world.land_at("checking"), world.person("specialist2")
        row = world.act("leader", assign, code, wanted, reason="Chuyên về đo đạc").row
        assert (row["holder_id"], row["opened_at"]) == (wanted, None)
        entry = world.entries(code)[-1]
        assert entry["data"] == {"person": wanted}
        assert "đo đạc" not in str(entry)
        assert world.act("leader", assign, code, wanted).row["version"] == row["version"]

    def test_who_does_not_work_there_in_that_role_is_refused(self, world: World) -> None:
        code = world.land_at("checking")
        for name in ("leader", "province_specialist", "counter"):
            refusal = world.refuse(InvalidInput, "leader", assign, code, world.person(name))
            assert set(refusal.errors) == {"person"}

    def test_for_leaders_and_those_who_may_act_now(self, world: World) -> None:
        code, wanted = world.land_at("checking"), world.person("specialist2")
        world.refuse(Forbidden, "counter", assign, code, wanted)
        world.act("specialist", assign, code, wanted)
        world.refuse(HeldByAnother, "specialist", assign, code, world.person("specialist"))

    def test_a_waiting_dossier_has_nobody_to_give_it_to(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.refuse(InvalidInput, "leader", assign, code, world.person("specialist"))


class TestOpening:
    def test_the_first_time_is_noted_once(self, world: World) -> None:
        code = world.land_at("checking")
        row = world.act("specialist", mark_opened, code, at="2026-03-02 10:00").row
        assert row["opened_at"] == world.now
        assert world.act("specialist2", mark_opened, code, at="2026-03-02 11:00").row == row

    def test_by_those_who_need_not_act_it_changes_nothing(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        for who in ("counter", "leader"):
            assert world.act(who, mark_opened, code).row == before


class TestRecalling:
    def test_the_sender_takes_the_step_back(self, world: World) -> None:
        code = world.land_at("checking")
        told = world.messages(code)
        row = world.act("counter", recall, code, reason="Chuyển nhầm", at="2026-03-02 09:00").row
        assert (row["state"], row["holder_office"], row["holder_role"]) == ("accepted", LONG_KHANH, "counter")
        assert (row["holder_id"], row["opened_at"]) == (world.person("counter"), world.now)
        entry = world.entries(code)[-1]
        assert entry["data"] == {"recalled": 3, "from": "checking", "to": "accepted"}
        assert "Chuyển nhầm" not in str(entry)
        assert world.messages(code) == told  # the applicant was told of the reception already

    def test_the_clock_went_on_meanwhile(self, world: World) -> None:
        code = world.land_at("checking")
        due = world.row(code)["due_at"]
        assert world.act("counter", recall, code, at="2026-03-04 09:00").row["due_at"] == due

    def test_a_request_for_papers_is_as_if_it_had_never_been(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)
        world.do("specialist", code, "ask", reason="thiếu", at="2026-03-03 08:00")
        row = world.act("specialist", recall, code, at="2026-03-05 08:00").row
        assert (row["pauses"], row["supplements"], row["due_at"]) == ([], 0, before["due_at"])
        assert {kind for kind, _ in world.armed(code)} == {"overdue", "warn", "due_in"}

    def test_an_answer_too_quick_goes_back_to_waiting(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu", at="2026-03-03 08:00")
        world.do("counter", code, "resubmit", at="2026-03-04 08:00")
        row = world.act("counter", recall, code, at="2026-03-05 08:00").row
        assert (row["state"], row["supplements"], row["due_at"]) == ("supplement", 1, None)
        assert row["holder_id"] is None  # nobody of the offices holds a dossier that waits for the applicant
        row = world.do("counter", code, "resubmit", at="2026-03-06 08:00").row
        assert row["due_at"] == moment("2026-03-10 17:00")  # paused on the 3rd and the 5th, not on the 4th

    def test_a_result_signed_too_early_is_not_finished_any_more(self, world: World) -> None:
        code = world.land_at("signing")
        world.act("leader", add_document, code, key="ket_qua", content=b"%PDF-1.4\n%%EOF\n")
        world.do("leader", code, "sign")
        row = world.act("leader", recall, code).row
        assert (row["state"], row["finished_at"], row["clock"]) == ("signing", None, "running")

    def test_not_once_the_next_holder_opened_or_claimed_it(self, world: World) -> None:
        for act in (mark_opened, claim):
            code = world.land_at("checking")
            world.act("specialist", act, code)
            told = world.refuse(CannotRecall, "counter", recall, code)
            assert told.facts["why_en"] == "the next holder has opened the dossier"

    def test_only_by_the_person_who_took_the_step(self, world: World) -> None:
        code = world.land_at("checking")
        for who in ("counter2", "specialist", "leader"):
            world.refuse(Forbidden, who, recall, code)

    def test_neither_a_reception_nor_an_ended_dossier(self, world: World) -> None:
        received = world.land_at("accepted")
        world.refuse(CannotRecall, "counter", recall, received)
        refused = world.file().case.code
        world.do("counter", refused, "refuse", reason="thiếu")
        world.refuse(CannotRecall, "counter", recall, refused)
        filed = world.file().case.code
        world.refuse(CannotRecall, "counter", recall, filed)

    def test_not_twice_and_not_after_something_else_happened(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("counter", recall, code)
        world.do("counter", code, "correct")
        world.refuse(CannotRecall, "counter", recall, code)

    def test_notes_and_papers_do_not_stand_in_the_way(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("counter", add_note, code, "đã gọi điện")
        world.act("counter", add_document, code, key="other", copy=1)
        world.act("leader", assign, code, world.person("specialist"))
        world.act("counter", link_dossiers, code, world.file().case.code)
        assert world.act("counter", recall, code).row["state"] == "accepted"

    def test_with_an_old_version_it_is_stale(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(Stale, "counter", recall, code, version=2)


def test_every_hand_over_empties_the_hands(world: World) -> None:
    code = world.land_at("checking", fields=FIELDS)
    world.act("specialist", claim, code)
    row = world.do("specialist", code, "finish_review").row
    assert (row["holder_office"], row["holder_role"], row["holder_id"], row["opened_at"]) == (
        BRANCH,
        "leader",
        None,
        None,
    )


@pytest.mark.parametrize("act", [claim, release_claim, mark_opened, recall])
def test_an_administrator_and_an_applicant_hold_nothing(world: World, act: Any) -> None:
    code = world.land_at("checking")
    world.refuse(NotFound, "admin", act, code)
    if act is not mark_opened:
        world.refuse(Forbidden, world.citizen(code), act, code)
