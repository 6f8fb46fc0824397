"""Many at once: one wins, the others are told who did; codes stay consecutive; nothing is lost beneath a reader."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from engine.acts.file_dossier import file_dossier
from engine.acts.hold import claim
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.dossier.rights import HeldByAnother
from engine.dossier.stale import Stale
from engine.errors import Refusal
from engine.journal.check import Tally, check_journal
from engine.rules.procedure.definition import Effective
from engine.rules.procedure.machine import GuardFailed
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import applicants, code_counters, dossiers
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.short_releases import land
from tests.installation.world import FIELDS, World

CLERKS = 100
INTAKES = 50


def test_a_hundred_clerks_press_one_button(world: World) -> None:
    code = world.land_at("accepted")
    told_before = Counter(world.messages(code))
    actors = [world.actor("counter"), world.actor("counter2")]
    ring = world.rung

    def press(number: int) -> Any:
        return run(world, actors[number % 2], lambda unit: perform_action(unit, code, "forward", version=2))

    won, lost = at_once(press, range(CLERKS))
    assert (len(won), len(lost)) == (1, CLERKS - 1)
    assert {type(refusal) for refusal in lost} == {Stale}
    winner = world.entries(code)[-1]["actor"]
    assert {(one.facts["who"], one.facts["act"], one.facts["version"]) for one in lost} == {(winner, "forward", 3)}
    assert [entry["act"] for entry in world.entries(code)] == ["file", "receive", "forward"]
    assert Counter(world.messages(code)) - told_before == Counter(world.messages(code, "viec-moi"))
    assert len(world.messages(code, "viec-moi")) == 1
    assert world.rung == ring + 1
    world.check()


def test_two_hands_on_one_dossier(world: World) -> None:
    code = world.land_at("checking")
    actors = [world.actor("specialist"), world.actor("specialist2")]
    won, lost = at_once(lambda number: run(world, actors[number], lambda unit: claim(unit, code)), range(2))
    assert (len(won), [type(refusal) for refusal in lost]) == (1, [HeldByAnother])
    world.check()


def test_fifty_intakes_at_one_office_have_fifty_consecutive_codes(world: World) -> None:
    clerk = world.actor("counter")
    filed, refused = at_once(
        lambda _: run(world, clerk, lambda unit: file_dossier(unit, world.filing())), range(INTAKES)
    )
    assert refused == []
    assert sorted(one.case.code for one in filed) == [f"H75.26080-260302-{n:04d}" for n in range(1, INTAKES + 1)]
    assert len({one.link_token for one in filed}) == INTAKES
    world.check()


def test_intakes_that_fail_leave_no_gap(world: World) -> None:
    clerk = world.actor("counter")

    def take_in(number: int) -> Any:
        if number % 5 == 1:  # refused after its code was given
            return run(world, clerk, lambda unit: file_dossier(unit, world.filing(documents=[], receive=True)))
        if number % 5 == 3:
            return run(world, clerk, lambda unit: fails(unit, world))
        return run(world, clerk, lambda unit: file_dossier(unit, world.filing()))

    filed, refused = at_once(take_in, range(INTAKES))
    assert Counter(type(one) for one in refused) == {GuardFailed: 10, Broken: 10}
    assert sorted(one.case.code for one in filed) == [f"H75.26080-260302-{n:04d}" for n in range(1, 31)]
    with world.reading() as connection:
        assert connection.execute(select(code_counters.c.last)).scalar_one() == 30
        assert connection.execute(select(func.count()).select_from(dossiers)).scalar_one() == 30
    world.check()


def test_corrections_without_a_version_are_all_kept(world: World) -> None:
    # One that waited for the lock must see the form as the other left it, not as it was before waiting.
    code = world.land_at("accepted")
    clerk = world.actor("counter")
    values = {"pages": 9, "land.area": 77, "value": 5, "note": "x", "plot": "12-3", "owner.born": "1990-01-01"}
    changes = [{key: value} for key, value in values.items()]
    won, lost = at_once(
        lambda number: run(world, clerk, lambda unit: rectify(unit, code, "x", fields=changes[number])),
        range(len(changes)),
    )
    assert (len(won), lost) == (len(changes), [])
    with world.reading() as connection:
        form = connection.execute(select(applicants.c.form)).scalar_one()
    assert form == FIELDS | values
    assert world.row(code)["version"] == 2 + len(changes)
    world.check()


def test_a_fee_is_settled_once(world: World) -> None:
    code = world.land_at("accepted")
    clerk = world.actor("counter")
    won, lost = at_once(lambda _: run(world, clerk, lambda unit: settle_fee(unit, code, "le_phi", "cash")), range(20))
    assert (len(won), {one.code for one in lost}) == (1, {"fee-settled"})
    world.check()


def test_publishers_of_one_version_agree_on_one_content(world: World) -> None:
    admin, start = world.actor("admin"), Effective(dt.date(2026, 4, 1))
    contents = [land(version=2, legal=(f"{number}/2026/NĐ-CP",), effective=start) for number in range(8)]
    won, lost = at_once(
        lambda number: run(world, admin, lambda unit: publish_release(unit, contents[number])), range(len(contents))
    )
    assert (won, {one.code for one in lost}, len(lost)) == ([True], {"release-changed"}, 7)


def test_the_journal_is_checked_while_work_goes_on(world: World) -> None:
    clerk = world.actor("counter")
    found: list[Any] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            found.extend(check_journal(world.database, Tally()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        filed, refused = at_once(
            lambda _: run(world, clerk, lambda unit: file_dossier(unit, world.filing(receive=True))), range(30)
        )
    finally:
        done.set()
        watcher.join()
    assert (len(filed), refused, found) == (30, [], [])


def test_more_acts_at_once_than_connections(world: World) -> None:
    # Everybody holds a connection and asks the catalogue, which must not wait for one of theirs.
    world.runtime.catalogue.refresh()
    world.runtime.catalogue._looked = float("-inf")
    world.runtime.catalogue._kept.clear()
    clerk = world.actor("counter")
    filed, refused = at_once(
        lambda _: run(world, clerk, lambda unit: file_dossier(unit, world.filing())),
        range(world.database.pool.size() * 2),
    )
    assert refused == []
    assert len(filed) == world.database.pool.size() * 2


class Broken(Exception):
    """A program's own fault in the midst of an act."""


def fails(unit: UnitOfWork, world: World) -> None:
    file_dossier(unit, world.filing())
    raise Broken


def run(world: World, actor: Actor, act: Callable[[UnitOfWork], Any]) -> Any:
    return in_transaction(world.runtime, actor, act)


def at_once(act: Callable[[int], Any], numbers: Sequence[int] | range) -> tuple[list[Any], list[Any]]:
    """Runs ``act`` for every number in a thread of its own, all let go together: what they gave, what they raised."""
    gate = threading.Barrier(len(numbers))
    won: list[Any] = []
    lost: list[Any] = []

    def one(number: int) -> None:
        gate.wait()
        try:
            won.append(act(number))
        except (Refusal, Broken) as error:
            lost.append(error)

    with ThreadPoolExecutor(len(numbers)) as pool:
        for done in [pool.submit(one, number) for number in numbers]:
            done.result()
    return won, lost
