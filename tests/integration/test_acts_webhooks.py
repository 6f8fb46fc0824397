"""Webhooks: administrators add and end them; what was sent stays known."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import select

from engine.acts.notices.webhooks import add_webhook, end_webhook
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.store.outbox import webhooks
from engine.store.units import catalogue_versions
from tests.installation.world import BRANCH, World


def version(world: World) -> int:
    with world.reading() as connection:
        mine = select(catalogue_versions.c.number).where(catalogue_versions.c.name == "webhooks")
        return connection.execute(mine).scalar() or 0


def rows(world: World) -> list[dict[str, Any]]:
    with world.reading() as connection:
        return [dict(row) for row in connection.execute(select(webhooks).order_by(webhooks.c.id)).mappings()]


def test_a_webhook_is_added_with_a_secret_of_its_own_and_ended_but_kept(world: World) -> None:
    before = version(world)
    first = world.try_act("admin", add_webhook, "https://a.example/x")
    second = world.try_act("admin", add_webhook, "https://a.example/x", BRANCH)
    assert version(world) == before + 2, "every process reads them again"
    assert rows(world) == [first, second]
    assert first["secret"] != second["secret"]
    for row, office in ((first, None), (second, BRANCH)):
        assert row["secret"].startswith("whsec_") and len(base64.b64decode(row["secret"][6:])) == 32
        assert (row["office"], row["active"], row["created_at"]) == (office, 1, world.now)
        assert row["created_by"] == world.person("admin")
    world.try_act("admin", end_webhook, first["id"])
    assert version(world) == before + 3
    assert rows(world) == [first | {"active": 0}, second]


def test_only_administrators_keep_them_and_only_for_offices_that_are_known(world: World) -> None:
    number = world.try_act("admin", add_webhook, "https://a.example/x")["id"]
    world.refuse(Forbidden, "counter", add_webhook, "https://a.example/y")
    world.refuse(Forbidden, "leader", end_webhook, number)
    assert list(world.refuse(InvalidInput, "admin", add_webhook, "https://a.example/y", "TT-0").errors) == ["office"]
    world.refuse(NotFound, "admin", end_webhook, number + 1)
