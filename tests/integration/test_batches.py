"""Batches: each dossier with its own outcome, once, whatever dies; stopping, and trying again what failed."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from sqlalchemy.exc import DataError

from engine.acts import batch_work
from engine.acts.batch import MOST_ITEMS, retry_batch, start_batch, stop_batch
from engine.acts.batch_work import KEPT, forget_batches, work_batch, work_batches
from engine.acts.hold import claim
from engine.errors import InvalidInput, NotFound
from engine.queries.batch import BatchView, batch_of, own_batches
from engine.queries.choices import Choices, choices
from engine.store.batches import batch_with
from engine.transaction import in_transaction
from tests.installation.world import World


def started(world: World, who: str, act: str, codes: list[str], **named: Any) -> int:
    items = [(code, world.row(code)["version"]) for code in codes]
    return world.try_act(who, start_batch, act, items, **named)


def shown(world: World, who: str, number: int) -> BatchView:
    return world.try_act(who, batch_of, number)


def several(world: World, state: str, many: int) -> list[str]:
    return [world.land_at(state) for _ in range(many)]


def test_every_dossier_has_its_own_outcome(world: World) -> None:
    codes = several(world, "checking", 3)
    world.act("specialist2", claim, codes[1])
    number = started(world, "specialist", "claim", codes)
    assert work_batch(world.runtime, number, 60) == 3
    view = shown(world, "specialist", number)
    assert [one.dossier for one in view.done] == [codes[0], codes[2]]
    assert [(one.dossier, one.refusal) for one in view.refused] == [(codes[1], "held-by-another")]
    assert view.line.finished_at == world.now and not view.line.running
    assert world.row(codes[1])["holder_id"] == world.person("specialist2")


def test_what_failed_is_tried_again_on_the_newest_version(world: World) -> None:
    codes = several(world, "accepted", 2)
    number = started(world, "counter", "step:forward", [*codes])
    world.act("counter", claim, codes[1])  # another version than the person saw
    work_batch(world.runtime, number, 60)
    assert [one.refusal for one in shown(world, "counter", number).refused] == ["stale"]
    assert world.try_act("counter", retry_batch, number) == 1
    work_batches(world.runtime, 60)
    view = shown(world, "counter", number)
    assert view.line.done == 2 and view.refused == ()
    assert all(world.row(code)["state"] == "checking" for code in codes)
    assert [len([one for one in world.entries(code) if one["act"] == "forward"]) for code in codes] == [1, 1]


def test_a_worker_that_is_killed_in_the_middle_does_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = several(world, "accepted", 4)
    number = started(world, "counter", "step:forward", codes)
    child = os.fork()
    if child == 0:  # pragma: no cover - it is killed
        world.database.dispose(close=False)
        ended = batch_work._end

        def die(unit: Any, batch: int, item: int, **columns: str) -> None:
            ended(unit, batch, item, **columns)
            if item == 2:  # its act is written and not committed
                os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(batch_work, "_end", die)
        work_batch(world.runtime, number, 60)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert [world.row(code)["state"] for code in codes] == ["checking", "accepted", "accepted", "accepted"]
    assert work_batch(world.runtime, number, 60) == 3
    assert shown(world, "counter", number).line.done == 4
    for code in codes:
        assert [one["act"] for one in world.entries(code)].count("forward") == 1
    world.check()


def test_a_stopped_batch_begins_nothing_more(world: World) -> None:
    codes = several(world, "checking", 2)
    number = started(world, "specialist", "claim", codes)
    world.try_act("specialist", stop_batch, number)
    assert work_batch(world.runtime, number, 60) == 0
    assert world.row(codes[0])["holder_id"] is None
    assert world.try_act("specialist", retry_batch, number) == 2
    assert work_batch(world.runtime, number, 60) == 2


def test_two_that_work_at_once_do_an_item_once(world: World) -> None:
    (code,) = several(world, "accepted", 1)
    number = started(world, "counter", "step:forward", [code])
    do = batch_work._do
    first = in_transaction(world.runtime, world.actor("counter"), lambda unit: do(unit, number, 1, "step:forward", {}))
    again = in_transaction(world.runtime, world.actor("counter"), lambda unit: do(unit, number, 1, "step:forward", {}))
    assert (first, again) == (1, 0)


def test_what_the_database_refuses_ends_its_item_and_not_the_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(*_: Any, **__: Any) -> None:
        raise DataError("an act", None, ValueError("a value that no column holds"))

    number = started(world, "specialist", "claim", several(world, "checking", 2))
    monkeypatch.setitem(batch_work._ACTS, "claim", too_much)
    work_batches(world.runtime, 60)
    view = shown(world, "specialist", number)
    assert [one.refusal for one in view.refused] == ["item-failed", "item-failed"]
    assert view.line.finished_at == world.now


def test_an_assignment_tells_who_was_given_the_dossier(world: World) -> None:
    (code,) = several(world, "checking", 1)
    given = world.person("specialist2")
    number = started(world, "leader", "assign", [code], person=given, reason="Nghỉ phép")
    work_batch(world.runtime, number, 60)
    assert world.row(code)["holder_id"] == given
    assert world.messages(code, "duoc-giao-viec") == [("duoc-giao-viec", f"person:{given}", "inbox")]


def test_the_reason_is_kept_only_while_something_can_be_tried_again(world: World) -> None:
    def kept(number: int) -> dict[str, object]:
        with world.reading() as connection:
            row = batch_with(connection, number)
        assert row is not None
        return row.arguments

    first, second = several(world, "checking", 2)
    given = world.person("specialist2")
    number = started(world, "leader", "assign", [first], person=given, reason="Anh Mẫu nghỉ ốm")
    assert kept(number)["reason"] == "Anh Mẫu nghỉ ốm"
    work_batch(world.runtime, number, 60)
    assert kept(number) == {"person": given}
    refused = started(world, "specialist", "step:send_back", [second], reason="Anh Mẫu nghỉ ốm")
    work_batch(world.runtime, refused, 60)
    assert kept(refused)["reason"] == "Anh Mẫu nghỉ ốm"


@pytest.mark.parametrize("act", ["step:sign", "step:ask"])
def test_what_is_about_one_dossier_is_not_done_with_many(world: World, act: str) -> None:
    world.refuse(InvalidInput, "leader", start_batch, act, [(world.land_at("signing"), None)])


def test_nobody_else_sees_or_stops_it(world: World) -> None:
    number = started(world, "specialist", "claim", several(world, "checking", 1))
    for act in (batch_of, stop_batch, retry_batch):
        world.refuse(NotFound, "specialist2", act, number)
    assert [one.id for one in world.try_act("specialist", own_batches)] == [number]
    assert world.try_act("specialist2", own_batches) == ()


@pytest.mark.parametrize("act", ["step:nothing", "transfer", "step", "assign"])
def test_an_unknown_act_is_refused(world: World, act: str) -> None:
    items = [(world.land_at("checking"), None)]
    world.refuse(InvalidInput, "specialist", start_batch, act, items)


def test_it_holds_no_more_than_its_bound_and_only_what_one_sees(world: World) -> None:
    code = world.land_at("checking")
    world.refuse(InvalidInput, "specialist", start_batch, "claim", [])
    many = [(f"X-{number}", None) for number in range(MOST_ITEMS + 1)]
    world.refuse(InvalidInput, "specialist", start_batch, "claim", many)
    world.refuse(NotFound, "far_counter", start_batch, "claim", [(code, None)])


def chosen(world: World, who: str, codes: list[str]) -> Choices:
    return world.try_act(who, choices, codes)


def test_only_what_is_allowed_for_all_is_offered(world: World) -> None:
    accepted, checking = world.land_at("accepted"), world.land_at("checking")
    one = chosen(world, "counter", [accepted])
    assert {"claim", "assign", "step:forward"} <= {choice.key for choice in one.for_all}
    both = chosen(world, "counter", [accepted, checking])
    assert "step:forward" not in {choice.key for choice in both.for_all}
    assert {choice.key: choice.number for choice in both.for_some}["step:forward"] == 1
    assert chosen(world, "far_counter", [accepted]).dossiers == ()


def test_it_is_offered_to_those_who_may_take_all_of_them(world: World) -> None:
    checking = world.land_at("checking")
    people = dict(chosen(world, "leader", [checking]).people)
    assert set(people) == {world.person("specialist"), world.person("specialist2")}


def test_an_old_batch_is_forgotten_and_one_that_waits_is_not(world: World) -> None:
    ended, waiting = (started(world, "specialist", "claim", several(world, "checking", 1)) for _ in range(2))
    work_batch(world.runtime, ended, 60)
    assert forget_batches(world.runtime) == 0
    world.now += KEPT * 2
    assert forget_batches(world.runtime) == 1
    world.refuse(NotFound, "specialist", batch_of, ended)
    assert shown(world, "specialist", waiting).line.running
