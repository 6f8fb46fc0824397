"""The worker's job on the outbox: it gathers what comes in a moment, gives way, and settles whatever it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.acts.notices.deliver import deliver_notices
from engine.jobs import registry
from engine.ports import Message
from tests.installation.world import World
from tests.integration.test_outbox_delivery import Receiver, add, notices
from tests.integration.test_worker_process import templates


@pytest.fixture(autouse=True)
def _templates(world: World) -> None:
    templates(world)


@pytest.mark.parametrize(("linger", "sent", "rung"), [(60.0, 4, 0), (-1.0, 2, 1)])
def test_a_job_sends_what_comes_while_it_gathers_but_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, linger: float, sent: int, rung: int
) -> None:
    code = world.land_at("accepted")
    receiver, rings, later = Receiver(), list[str](), [1, 1]
    runtime = replace(world.runtime, ring=lambda: rings.append("again"))
    monkeypatch.setattr(registry, "_at_hand", [registry.AtHand(runtime, receiver)])
    monkeypatch.setattr(registry, "LINGER", linger)
    monkeypatch.setattr(
        registry.time, "sleep", lambda _seconds: later and add(world, code, key=f"late:{later.pop()}:{len(later)}")
    )
    registry.drain_outbox()
    assert (len(receiver.got), len(rings)) == (sent, rung)


def test_what_a_receiver_says_may_be_nonsense(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.land_at("accepted")

    def nonsense(message: Message) -> None:
        if message.channel == "sms":
            raise RuntimeError("no\0 text \ud800" + "x" * 1000)

    receiver = Receiver(nonsense)
    monkeypatch.setattr(receiver, "send", lambda message: (Receiver.send(receiver, message), "r\0-\ud8001")[1])
    deliver_notices(world.runtime, receiver)
    by_channel = {row.channel: row for row in notices(world)}
    assert by_channel["email"].reference == "r-?1"
    assert by_channel["sms"].error == "RuntimeError"
