"""A notice with which one sender after the other ends is put aside at last."""

from __future__ import annotations

import pytest

from engine.acts.notices.deliver import DEADLY, LEASE, deliver_notices
from engine.store.delivery import claim
from tests.installation.world import World
from tests.integration.test_outbox_delivery import Receiver, _templates, add, one

__all__ = ["_templates"]  # a fixture that every test here uses


@pytest.mark.parametrize(("ended", "status"), [(DEADLY - 1, "sent"), (DEADLY, "parked")])
def test_a_notice_that_ended_so_many_senders_is_given_to_no_other(world: World, ended: int, status: str) -> None:
    code = world.land_at("accepted")
    deliver_notices(world.runtime, Receiver())
    key = add(world, code)
    for _ in range(ended):
        taken = world.try_act("system", lambda unit: claim(unit.begin(), unit.now, unit.now + LEASE, 10))
        assert [row.key for row in taken] == [key]
        world.now += LEASE
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    assert one(world, key).status == status
    assert receiver.keys() == ([key] if status == "sent" else [])
    assert status == "sent" or f"{DEADLY} senders" in one(world, key).error
