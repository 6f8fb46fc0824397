"""Webhooks: administrators add and end them; what was sent stays known."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.channels import receiver_check
from engine.acts.notices.webhooks import add_webhook, end_webhook, seal_webhooks
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.security.webhook_secrets import opened_secret, sealed_secret
from engine.settings import settings_from
from engine.store.outbox import webhooks
from engine.store.units import catalogue_versions
from tests.installation.runtime import KEY
from tests.installation.world import BRANCH, World


def version(world: World) -> int:
    with world.reading() as connection:
        mine = select(catalogue_versions.c.number).where(catalogue_versions.c.name == "webhooks")
        return connection.execute(mine).scalar() or 0


def rows(world: World) -> list[dict[str, Any]]:
    with world.reading() as connection:
        return [dict(row) for row in connection.execute(select(webhooks).order_by(webhooks.c.id)).mappings()]


def shown(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the secret, which the database keeps sealed and the act gives in clear."""
    return [{name: value for name, value in row.items() if name != "secret"} for row in told]


def test_a_webhook_is_added_with_a_secret_of_its_own_and_ended_but_kept(world: World) -> None:
    before = version(world)
    first = world.try_act("admin", add_webhook, "https://a.example/x")
    second = world.try_act("admin", add_webhook, "https://a.example/x", BRANCH)
    assert version(world) == before + 2, "every process reads them again"
    assert shown(rows(world)) == shown([first, second])
    assert first["secret"] != second["secret"]
    for row, office in ((first, None), (second, BRANCH)):
        assert row["secret"].startswith("whsec_") and len(base64.b64decode(row["secret"][6:])) == 32
        assert (row["office"], row["active"], row["created_at"]) == (office, 1, world.now)
        assert row["created_by"] == world.person("admin")
    world.try_act("admin", end_webhook, first["id"])
    assert version(world) == before + 3
    assert shown(rows(world)) == shown([first | {"active": 0}, second])


def test_only_administrators_keep_them_and_only_for_offices_that_are_known(world: World) -> None:
    number = world.try_act("admin", add_webhook, "https://a.example/x")["id"]
    world.refuse(Forbidden, "counter", add_webhook, "https://a.example/y")
    world.refuse(Forbidden, "leader", end_webhook, number)
    assert list(world.refuse(InvalidInput, "admin", add_webhook, "https://a.example/y", "TT-0").errors) == ["office"]
    world.refuse(NotFound, "admin", end_webhook, number + 1)


def test_the_database_keeps_no_secret_in_clear(world: World) -> None:
    made = world.try_act("admin", add_webhook, "https://a.example/x")
    (row,) = rows(world)
    assert made["secret"] not in str(row) and row["secret"].startswith("sealed:")
    assert opened_secret([KEY], row["url"], row["secret"]) == made["secret"]
    assert opened_secret(["another"], row["url"], row["secret"]) is None
    assert opened_secret([KEY], "https://b.example/x", row["secret"]) is None
    assert opened_secret([KEY], row["url"], "sealed:!") is None


def test_secrets_of_earlier_versions_and_keys_are_sealed_anew(world: World) -> None:
    made = world.try_act("admin", add_webhook, "https://a.example/x")
    world.try_act("admin", add_webhook, "https://b.example/x")
    world.tamper(f"UPDATE webhooks SET secret = '{made['secret']}' WHERE id = {made['id']}")
    assert world.try_act("system", seal_webhooks) == 1
    assert world.try_act("system", seal_webhooks) == 0
    assert opened_secret([KEY], made["url"], rows(world)[0]["secret"]) == made["secret"]
    old = sealed_secret("an older key", made["url"], made["secret"])
    world.tamper(f"UPDATE webhooks SET secret = '{old}' WHERE id = {made['id']}")
    assert world.try_act("system", seal_webhooks) == 0, "nobody knows the older key any more"
    assert opened_secret([KEY, "an older key"], made["url"], old) == made["secret"]


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://localhost./x",
        "https://may.local/x",
        "https://intranet/x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://ai:mat-khau@a.example/x",
        "https://a.example:99999/x",
        "https:///x",
        "ftp://a.example/x",
        "https://a.example/đường",
    ],
)
def test_an_address_that_gets_nothing_is_refused_when_it_is_entered(world: World, url: str) -> None:
    assert list(world.refuse(InvalidInput, "admin", add_webhook, url).errors) == ["url"]


def test_what_leads_to_a_private_address_is_refused_as_at_delivery(tmp_path: Path) -> None:
    given = {"MOTCUA_DATA": str(tmp_path), "MOTCUA_SECRET_KEYS": KEY}
    check = receiver_check(settings_from(given))
    with pytest.raises(InvalidInput, match="not a public address"):
        check("https://localhost/x")
    receiver_check(settings_from(given | {"MOTCUA_WEBHOOK_ALLOW_PRIVATE": "1"}))("http://127.0.0.1:9/x")
