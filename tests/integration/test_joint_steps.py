"""Joint steps: several roles and offices take the same action, in any order, before the dossier moves on."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.acts.hold import claim
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.acts.recall import CannotRecall, recall
from engine.acts.transfer import transfer
from engine.dossier.case import read_case
from engine.errors import Forbidden
from engine.rules.procedure.definition import Effective, Release
from engine.rules.procedure.machine import ActionNotInState, compile_release
from engine.transaction import UnitOfWork
from tests.installation.releases import START
from tests.installation.short_releases import land
from tests.installation.world import BEGIN, BRANCH, FIELDS, PROVINCE, TAX, World, moment
from tests.unit.test_deadlines import VN
from workflows.simulate import Act, Given, RoleMissing, Walker


def together(needed: int) -> Release:
    """Land, with a review that so many of specialist, leader and tax office must finish."""
    review = msgspec.structs.replace(land().actions["finish_review"], by=("specialist", "leader", "tax"), joint=needed)
    return land(version=2, effective=Effective(START, replaces=1), actions=land().actions | {"finish_review": review})


@pytest.fixture
def three(world: World) -> World:
    world.try_act("admin", publish_release, together(3))
    return world


def holder(world: World, code: str) -> tuple[Any, ...]:
    row = world.row(code)
    return row["state"], row["holder_office"], row["holder_role"], row["holder_id"]


def test_the_dossier_moves_on_with_the_last_of_all_roles_in_any_order(three: World) -> None:
    code = three.land_at("checking")
    before = three.row(code)
    three.at("2026-03-02 10:00")
    three.do("leader", code, "finish_review")
    assert holder(three, code) == ("checking", BRANCH, "specialist", None)
    assert three.row(code)["entered_at"] == before["entered_at"]  # the step and its time go on
    three.do("specialist", code, "finish_review")
    assert holder(three, code) == ("checking", TAX, "tax", None)
    three.do("tax", code, "finish_review")
    assert three.row(code)["state"] == "signing"
    told = [(one["data"]["role"], one["data"]["joint"]) for one in three.entries(code) if "joint" in one["data"]]
    assert told == [(role, {"acted": n, "needed": 3}) for n, role in enumerate(("leader", "specialist", "tax"), 1)]


def test_a_role_takes_its_part_once(three: World) -> None:
    code = three.land_at("checking")
    three.do("specialist", code, "finish_review")
    refused = three.refuse(Forbidden, "specialist", perform_action, code, "finish_review")
    assert "đã làm xong" in refused.sentence("vi") and "has done its part" in refused.sentence("en")
    three.refuse(Forbidden, "specialist2", perform_action, code, "finish_review")
    three.refuse(Forbidden, "counter", perform_action, code, "finish_review")

    def offered(unit: UnitOfWork) -> dict[str, Any]:
        return {option.action: verdict for option, verdict in read_case(unit, code).options() if verdict}

    assert not three.try_act("specialist", offered)["finish_review"].allowed
    assert three.try_act("leader", offered)["finish_review"].allowed


def test_some_of_them_may_be_enough(world: World) -> None:
    world.try_act("admin", publish_release, together(2))
    code = world.land_at("checking")
    world.do("leader", code, "finish_review")
    world.do("specialist", code, "finish_review")
    assert world.row(code)["state"] == "signing"
    world.refuse(ActionNotInState, "specialist", perform_action, code, "finish_review")


def test_a_claim_of_who_has_still_to_act_stays(three: World) -> None:
    code = three.land_at("checking")
    three.act("specialist", claim, code)
    three.do("leader", code, "finish_review")
    assert holder(three, code) == ("checking", BRANCH, "specialist", three.person("specialist"))
    three.refuse(Forbidden, "specialist2", perform_action, code, "finish_review")


def test_a_dossier_that_comes_back_is_asked_of_all_again(three: World) -> None:
    code = three.land_at("checking")
    for who in ("specialist", "leader", "tax"):
        three.do(who, code, "finish_review")
    three.do("leader", code, "send_back", reason="Thiếu bản vẽ")
    three.do("leader", code, "finish_review")
    assert three.row(code)["state"] == "checking"


def test_a_part_alone_is_no_step_that_could_be_recalled(three: World) -> None:
    code = three.land_at("checking")
    three.do("specialist", code, "finish_review")
    three.refuse(CannotRecall, "specialist", recall, code)


def test_nobody_is_told_before_the_last_part(three: World) -> None:
    code = three.land_at("checking")
    before = three.messages(code)
    three.do("specialist", code, "finish_review")
    assert three.messages(code) == before


def test_another_office_may_act_before_the_dossier_stands_at_its_desk(three: World) -> None:
    code = three.land_at("checking")
    three.do("tax", code, "finish_review")
    assert holder(three, code)[:3] == ("checking", BRANCH, "specialist")


def test_a_transfer_within_a_joint_step_keeps_it_with_who_has_still_to_act(three: World) -> None:
    code = three.land_at("checking")
    for who in ("specialist", "leader"):
        three.do(who, code, "finish_review")
    assert three.row(code)["holder_office"] == TAX
    three.act("tax", transfer, code, PROVINCE, "Chuyển theo phân công", "151/2025/NĐ-CP")
    assert holder(three, code)[:3] == ("checking", TAX, "tax")


def test_a_story_walks_through_a_joint_step() -> None:
    walker = Walker(
        compile_release(together(2), {"former_district": lambda name: ["26080"]}),
        VN,
        Given(moment(BEGIN), province="75", fields=FIELDS),
    )
    for do, by in (("receive", "counter"), ("forward", "counter"), ("finish_review", "leader")):
        walker.do(Act(walker.now, do=do, by=by))
    assert walker.row["state"] == "checking"
    with pytest.raises(RoleMissing):
        walker.do(Act(walker.now, do="finish_review", by="leader"))
    walker.do(Act(walker.now, do="finish_review", by="tax"))
    assert walker.row["state"] == "signing"
