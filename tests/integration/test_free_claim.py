"""Freeing a dossier that an absent colleague has claimed: who may, when, and who is told."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from engine.acts.add_note import add_note
from engine.acts.free_claim import ClaimTooFresh, free_claim
from engine.acts.hold import assign, claim, release_claim
from engine.acts.perform_action import perform_action
from engine.acts.staff.people import add_membership, end_membership
from engine.acts.transfer import transfer
from engine.dossier.rights import HeldByAnother
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.queries.inbox import inbox
from tests.installation.people import employ
from tests.installation.releases import START
from tests.installation.world import BRANCH, LONG_KHANH, PROVINCE, World
from tests.integration.test_rights_matrix import brought_to


def held(world: World, at: str = "2026-03-02 08:00") -> str:
    world.at(at)
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    return code


def test_a_leader_frees_it_at_once_with_a_reason_that_is_written_down(world: World) -> None:
    code = held(world)
    for empty in ("", " "):
        assert "reason" in world.refuse(InvalidInput, "leader", free_claim, code, empty).errors
    row = world.act("leader", free_claim, code, "Nghỉ ốm").row
    assert (row["holder_id"], row["opened_at"]) == (None, None)
    entry = world.entries(code)[-1]
    assert (entry["act"], entry["data"]) == ("free_claim", {"holder": world.person("specialist")})
    assert entry["private"] is not None and "ốm" not in str(entry)
    assert world.act("specialist2", claim, code).row["holder_id"] == world.person("specialist2")


def test_whoever_held_it_is_notified(world: World) -> None:
    code = held(world)
    world.act("leader", free_claim, code, "Nghỉ ốm")
    told = world.messages(code, "go-nhan-viec")
    assert told == [("go-nhan-viec", f"person:{world.person('specialist')}", "inbox")]
    lines = world.try_act("specialist", lambda unit: inbox(unit).lines)
    assert "go-nhan-viec" in [line.template for line in lines if line.dossier == code]


def test_the_same_role_waits_for_half_an_hour_without_an_act_of_the_holder(world: World) -> None:
    code = held(world, "2026-03-02 08:00")
    world.act("specialist", add_note, code, "đang xem", at="2026-03-02 08:20")
    world.at("2026-03-02 08:49")
    for act in (free_claim, release_claim):
        told = world.refuse(ClaimTooFresh, "specialist2", act, code, reason="Nghỉ ốm")
        assert "08:50" in told.sentence("vi")
    world.at("2026-03-02 08:50")
    assert "reason" in world.refuse(InvalidInput, "specialist2", free_claim, code, " ").errors
    assert world.act("specialist2", free_claim, code, "Nghỉ ốm").row["holder_id"] is None


def test_what_others_did_meanwhile_is_no_act_of_the_holder(world: World) -> None:
    code = held(world, "2026-03-02 08:00")
    world.act("specialist2", add_note, code, "tìm đồng nghiệp", at="2026-03-02 08:29")
    world.act("specialist2", free_claim, code, "Nghỉ ốm", at="2026-03-02 08:30")


def test_one_to_whom_it_was_given_has_the_grace_as_well(world: World) -> None:
    code = world.land_at("checking")
    world.act("leader", assign, code, world.person("specialist"), at="2026-03-02 09:00")
    world.at("2026-03-02 09:29")
    world.refuse(ClaimTooFresh, "specialist2", free_claim, code, "vắng")
    world.act("specialist2", free_claim, code, "vắng", at="2026-03-02 09:30")


def test_the_grace_is_a_setting(world: World) -> None:
    code = held(world)
    settings = dataclasses.replace(world.runtime.settings, claim_grace_minutes=0)
    world.runtime = dataclasses.replace(world.runtime, settings=settings)
    world.act("specialist2", free_claim, code, "vắng")


def test_one_who_lost_the_role_has_no_grace(world: World) -> None:
    code = held(world)
    tomorrow = dt.date(2026, 3, 3)
    world.try_act("system", end_membership, world.person("specialist"), BRANCH, "specialist", tomorrow)
    world.at("2026-03-03 00:01")
    world.act("specialist2", free_claim, code, "Đã chuyển công tác")


@pytest.mark.parametrize("who", ["counter", "tax", "monitor", "deputy"])
def test_nobody_else_frees_it(world: World, who: str) -> None:
    code = held(world)
    world.at("2026-03-04 08:00")
    world.refuse(Forbidden, who, free_claim, code, "x")
    world.refuse(Forbidden, who, release_claim, code)


def test_an_administrator_and_an_applicant_free_nothing(world: World) -> None:
    code = held(world)
    world.refuse(NotFound, "admin", free_claim, code, "x")
    world.refuse(Forbidden, world.citizen(code), free_claim, code, "x")


def test_what_nobody_holds_stays_as_it_is(world: World) -> None:
    code = world.land_at("checking")
    before = world.row(code)
    assert world.act("leader", free_claim, code, "x").row == before


def test_a_ready_result_is_freed_while_the_citizen_stands_at_the_counter(world: World) -> None:
    code = brought_to(world, "ready")
    world.try_act("system", lambda unit: employ(unit, {"centre_leader": ((LONG_KHANH, "leader"),)}, START))
    world.act("counter", claim, code)
    world.refuse(HeldByAnother, "counter2", claim, code)
    world.refuse(Forbidden, "leader", free_claim, code, "x")  # a leader of another office than the one that must act
    world.act("centre_leader", free_claim, code, "Nghỉ ốm")
    world.act("counter2", claim, code)


def test_the_deputy_of_the_holder_takes_it_over(world: World) -> None:
    code = world.land_at("signing")
    world.act("leader", claim, code)
    world.at("2026-03-10 08:00")  # the deputy stands in for the leader in this week
    assert world.act("deputy", claim, code).row["holder_id"] == world.person("deputy")


def test_a_leader_who_has_the_acting_role_as_well_passes_on_what_a_colleague_holds(world: World) -> None:
    world.try_act("system", add_membership, world.person("leader"), BRANCH, "specialist", START)
    code = held(world)
    world.refuse(HeldByAnother, "specialist2", transfer, code, PROVINCE, "x")
    assert world.act("leader", transfer, code, PROVINCE, "sai").row["holder_office"] == PROVINCE


def test_without_freeing_a_held_dossier_stands_still(world: World) -> None:
    code = held(world)
    world.refuse(Forbidden, "specialist2", perform_action, code, "finish_review")
    world.act("leader", free_claim, code, "Nghỉ ốm")
    world.do("specialist2", code, "finish_review")
