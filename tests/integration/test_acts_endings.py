"""The ends of a dossier's life: withdrawn before and after reception, by link and at the counter."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.acts.withdraw_at_counter import CannotWithdraw, withdraw_at_counter
from engine.dossier.rights import Ended
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.store.documents import documents
from tests.installation.world import World
from tests.model.real_installation import shipped

WHY, PAPER = "Không còn nhu cầu", "Đơn xin rút hồ sơ ngày 02/3/2026"


class TestWithdrawing:
    @pytest.mark.parametrize("release", shipped(), ids=lambda one: f"{one.procedure}-{one.version}")
    def test_every_shipped_procedure_lets_an_online_filing_be_withdrawn_before_it_is_received(self, release) -> None:
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
