"""A webhook that asks for CloudEvents gets no event of a dossier before an earlier one was accepted or parked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.acts.notices.deliver import deliver_notices
from engine.acts.notices.in_order import HELD
from engine.acts.notices.webhooks import add_webhook
from engine.notices.cloud_event import STANDARD, STRUCTURED
from engine.ports import DeliveryFailed, Message
from engine.store.delivery import claim
from engine.store.outbox import outbox
from tests.installation.world import World


class Receiver:
    """Keeps the keys that it accepts; ``down`` and ``gone`` are keys that it refuses for now and for good."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.down: set[str] = set()
        self.gone: set[str] = set()

    def send(self, message: Message) -> str:
        if message.key in self.down | self.gone:
            raise DeliveryFailed(permanent=message.key in self.gone, channel="webhook", why="503")
        self.got.append(message.key)
        return ""


@pytest.fixture
def codes(world: World) -> tuple[str, str]:
    """Two dossiers without any notice that waits."""
    made = world.land_at("checking"), world.land_at("checking")
    world.try_act("system", lambda unit: unit.begin().execute(update(outbox).values(status="sent")))
    return made


def told(world: World, code: str, hook: dict[str, Any], *keys: str) -> None:
    row = {
        "dossier_id": world.row(code)["id"],
        "channel": "webhook",
        "recipient": f"webhook:{hook['id']}",
        "template": "dossier.state_changed",
        "data": {"code": code, "entry": 1, "version": 1},
        "created_at": world.now,
        "status": "waiting",
        "attempts": 0,
        "next_attempt_at": world.now,
    }
    rows = [row | {"key": key} for key in keys]
    world.try_act("system", lambda unit: unit.begin().execute(insert(outbox), rows))


def later(world: World) -> None:
    world.now += dt.timedelta(hours=2)


def errors(world: World) -> dict[str, str | None]:
    with world.reading() as connection:
        waiting = select(outbox.c.key, outbox.c.error).where(outbox.c.status == "waiting")
        return {row.key: row.error for row in connection.execute(waiting)}


def asked(world: World, form: str = STRUCTURED) -> dict[str, Any]:
    return world.try_act("admin", add_webhook, "https://a.example/x", None, form)


def test_later_events_of_the_dossier_wait_and_those_of_others_do_not(world: World, codes: tuple[str, str]) -> None:
    hook, receiver = asked(world), Receiver()
    told(world, codes[0], hook, "a1", "a2", "a3")
    told(world, codes[1], hook, "b1")
    receiver.down = {"a1"}
    deliver_notices(world.runtime, receiver)
    assert receiver.got == ["b1"]
    assert errors(world)["a2"] == errors(world)["a3"] == HELD
    told(world, codes[0], hook, "a4")  # written while the first is retried: it waits in a batch of its own
    assert deliver_notices(world.runtime, receiver).waiting == 1
    receiver.down = set()
    later(world)
    while deliver_notices(world.runtime, receiver).taken:
        later(world)
    assert receiver.got == ["b1", "a1", "a2", "a3", "a4"]


def test_an_event_in_the_hands_of_another_worker_is_waited_for(world: World, codes: tuple[str, str]) -> None:
    hook, receiver = asked(world), Receiver()
    told(world, codes[0], hook, "a1")
    until = world.now + dt.timedelta(seconds=6)
    world.try_act("system", lambda unit: claim(unit.begin(), unit.now, until, 10))
    told(world, codes[0], hook, "a2")
    deliver_notices(world.runtime, receiver)
    assert receiver.got == []
    later(world)
    deliver_notices(world.runtime, receiver)
    assert receiver.got == ["a1", "a2"]


def test_a_parked_event_holds_up_nothing(world: World, codes: tuple[str, str]) -> None:
    hook, receiver = asked(world), Receiver()
    told(world, codes[0], hook, "a1", "a2")
    receiver.gone = {"a1"}
    deliver_notices(world.runtime, receiver)
    assert receiver.got == ["a2"]


def test_an_older_event_that_is_due_later_still_goes_first(world: World, codes: tuple[str, str]) -> None:
    hook, receiver = asked(world), Receiver()
    told(world, codes[0], hook, "a1", "a2")
    later_on = world.now + dt.timedelta(seconds=9)
    delayed = update(outbox).where(outbox.c.key == "a1").values(next_attempt_at=later_on)
    world.try_act("system", lambda unit: unit.begin().execute(delayed))
    later(world)
    deliver_notices(world.runtime, receiver)
    assert receiver.got == ["a1", "a2"]


def test_a_standard_webhook_is_sent_to_as_before(world: World, codes: tuple[str, str]) -> None:
    hook, receiver = asked(world, STANDARD), Receiver()
    told(world, codes[0], hook, "a1", "a2")
    receiver.down = {"a1"}
    deliver_notices(world.runtime, receiver)
    assert receiver.got == ["a2"]
