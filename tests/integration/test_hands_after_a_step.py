"""Whose hands a dossier is in after a step: one's own next step keeps it, and what is sent back goes to who sent it."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.acts.hold import claim, release_claim
from engine.acts.perform_action import perform_action
from engine.acts.recall import recall
from engine.acts.staff.people import add_membership, end_membership
from engine.dossier import hands
from engine.errors import Forbidden
from tests.installation.releases import START
from tests.installation.world import BRANCH, LONG_KHANH, World


def test_a_claim_survives_ones_own_step_into_a_state_that_one_may_hold(world: World) -> None:
    code = world.file().case.code
    world.act("counter", claim, code)
    row = world.do("counter", code, "receive").row
    assert (row["state"], row["holder_id"], row["opened_at"]) == ("accepted", world.person("counter"), None)
    world.refuse(Forbidden, "counter2", perform_action, code, "forward")
    assert world.do("counter", code, "forward").row["holder_id"] is None  # the next role is another one


def test_a_step_without_a_claim_makes_none(world: World) -> None:
    assert world.land_at("accepted") and world.row(world.land_at("accepted"))["holder_id"] is None


def test_who_holds_both_roles_keeps_it_through_both(world: World) -> None:
    world.try_act("system", add_membership, world.person("specialist"), BRANCH, "leader", START)
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    assert world.do("specialist", code, "finish_review").row["holder_id"] == world.person("specialist")
    assert world.act("specialist", recall, code).row["state"] == "checking"  # nobody else has opened it


def test_a_claim_does_not_survive_the_step_of_another(world: World) -> None:
    code = world.land_at("checking")
    world.act("specialist", claim, code)
    assert world.do(world.citizen(code), code, "withdraw").row["holder_id"] is None


def test_what_is_sent_back_goes_to_the_person_it_came_from(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist2", code, "finish_review")
    row = world.do("leader", code, "send_back", reason="thiếu trích đo").row
    assert (row["state"], row["holder_id"]) == ("checking", world.person("specialist2"))
    world.refuse(Forbidden, "specialist", perform_action, code, "finish_review")
    world.do("specialist2", code, "finish_review")


def test_sent_back_twice_it_goes_to_who_passed_it_on_last(world: World) -> None:
    code = world.land_at("checking")
    for who in ("specialist2", "specialist"):
        world.do(who, code, "finish_review")
        assert world.do("leader", code, "send_back", reason="sửa").row["holder_id"] == world.person(who)
        if who == "specialist2":
            world.act("specialist2", release_claim, code)


@pytest.mark.parametrize("few", [4, 1])
def test_a_recalled_step_is_none_that_it_came_from(world: World, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "_FEW", few)  # the journal is read by so many entries
    code = world.land_at("checking")
    world.do("specialist2", code, "finish_review")
    world.act("specialist2", recall, code)
    world.act("specialist2", release_claim, code)
    world.do("specialist", code, "finish_review")
    assert world.do("leader", code, "send_back", reason="sửa").row["holder_id"] == world.person("specialist")


def test_it_goes_to_the_queue_where_that_person_is_gone(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist2", code, "finish_review")
    day = dt.date(2026, 3, 3)
    world.try_act("system", end_membership, world.person("specialist2"), BRANCH, "specialist", day)
    world.at("2026-03-03 08:00")
    assert world.do("leader", code, "send_back", reason="sửa").row["holder_id"] is None


def test_an_answer_returns_to_who_asked_if_they_had_claimed_it(world: World) -> None:
    claimed, free = world.land_at("checking"), world.land_at("checking")
    world.act("specialist", claim, claimed)
    for code in (claimed, free):
        world.do("specialist", code, "ask", reason="thiếu")
        assert world.row(code)["holder_id"] is None
        world.do(world.citizen(code), code, "resubmit")
    assert world.row(claimed)["holder_id"] == world.person("specialist")
    assert world.row(free)["holder_id"] is None


def test_the_person_named_with_a_step_comes_before_all(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist2", code, "finish_review")
    row = world.do("leader", code, "send_back", reason="sửa", assignee=world.person("specialist")).row
    assert row["holder_id"] == world.person("specialist")


def test_onward_is_not_back(world: World) -> None:
    """Forwarded a second time after a recall, it is nobody's until somebody claims it."""
    code = world.land_at("checking")
    world.act("counter", recall, code)
    row = world.do("counter", code, "forward").row
    assert (row["holder_office"], row["holder_id"]) == (BRANCH, None)
    assert row["offices"]["intake"] == LONG_KHANH
