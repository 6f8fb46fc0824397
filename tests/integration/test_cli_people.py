"""``motcua people``: what ends what was given, two persons for an administrator, and the journal that tells it."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.staff.people import set_password
from engine.store.people import people, substitutes, tokens
from tests.installation.runtime import KEY
from tests.installation.world import World
from tests.integration.test_cli import Run, runner

WHY = ("--reason", "theo quyết định")
PASSWORD = "ba con trau xanh"


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    """Runs a command against the world's database."""
    return runner(
        {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "LANG": "en_GB.UTF-8",
        }
    )


def flags(world: World, username: str) -> tuple[int, int]:
    with world.reading() as connection:
        row = connection.execute(select(people).where(people.c.username == username)).one()
        return row.active, row.admin


def told(output: str) -> Any:
    return json.loads(output)


def test_a_person_is_switched_off_and_on(run: Run, world: World) -> None:
    assert "Missing option '--reason'" in run("people", "switch-off", "counter", code=2).output
    run("people", "switch-off", "counter", *WHY)
    assert flags(world, "counter") == (0, 0)
    run("people", "switch-on", "counter", *WHY)
    assert flags(world, "counter") == (1, 0)
    assert "was not found" in run("people", "switch-off", "nobody", *WHY, code=1).output
    entry = told(run("people", "journal", "counter", "--json").output)[0]
    assert (entry["act"], entry["reason"]) == ("switch-on", "theo quyết định")
    assert (entry["actor"], entry["operator"]) == ("system", getpass.getuser())
    assert "switch-off" in run("people", "journal").output
    assert '"staff_entries"' in run("journal", "verify", "--json").output


def test_tokens_are_listed_and_revoked_one_or_all(run: Run, world: World) -> None:
    for purpose in ("báo cáo", "thống kê"):
        run("people", "token", "counter", "--for", purpose)
    listed = told(run("people", "tokens", "counter", "--json").output)
    assert {one["purpose"] for one in listed} == {"báo cáo", "thống kê"}
    assert listed[0]["id"] in run("people", "tokens", "counter").output
    assert "TOKEN or --all" in run("people", "revoke-token", "counter", *WHY, code=2).output
    run("people", "revoke-token", "counter", listed[0]["id"], *WHY)
    assert [one["id"] for one in told(run("people", "tokens", "counter", "--json").output)] == [listed[1]["id"]]
    assert "Revoked: 1" in run("people", "revoke-token", "counter", "--all", *WHY).output
    with world.reading() as connection:
        assert connection.execute(select(tokens).where(tokens.c.revoked_at.is_(None))).all() == []


def test_a_substitution_ends(run: Run, world: World) -> None:
    ending = ("people", "end-substitute", "leader", "deputy", "--on", "2027-01-01", *WHY)
    assert "was not found" in run(*ending, code=1).output
    world.tamper("UPDATE substitutes SET valid_to = '2030-01-01'")
    run(*ending)
    with world.reading() as connection:
        assert str(connection.execute(select(substitutes.c.valid_to)).scalar_one()) == "2027-01-01"


def test_two_persons_make_an_administrator(run: Run, world: World) -> None:
    run("people", "propose-admin", "counter", *WHY)
    (proposal,) = told(run("people", "proposals", "--json").output)
    decide = ("people", "decide-admin", str(proposal["id"]), "--by")
    world.try_act("system", set_password, world.person("admin"), PASSWORD)
    world.try_act("system", set_password, world.person("tax"), PASSWORD)
    assert "wrong password" in run(*decide, "admin", *WHY, code=1, MOTCUA_PASSWORD="another one").output
    assert "no administrator" in run(*decide, "tax", *WHY, code=1, MOTCUA_PASSWORD=PASSWORD).output
    assert flags(world, "counter") == (1, 0)
    run(*decide, "admin", *WHY, MOTCUA_PASSWORD=PASSWORD)
    assert flags(world, "counter") == (1, 1)
    assert "waits" in run("people", "propose-admin", "tax", "--by", "admin", *WHY, MOTCUA_PASSWORD=PASSWORD).output
    second = str(told(run("people", "proposals", "--json").output)[0]["id"])
    own = run("people", "decide-admin", second, "--by", "admin", *WHY, code=1, MOTCUA_PASSWORD=PASSWORD)
    assert "second administrator" in own.output
    run("people", "take-admin", "counter", *WHY)
    assert "only administrator" in run("people", "take-admin", "admin", *WHY, code=1).output


def test_a_later_administrator_is_only_proposed(run: Run, world: World) -> None:
    added = run("people", "add", "lan.nt", "--name", "Lan", "--admin", "--no-password", "--json")
    assert told(added.output)["proposed"] is True
    assert flags(world, "lan.nt") == (1, 0)


@pytest.mark.parametrize(
    "weak",
    ["1234567890", "counter1234", "TT-26080-TT", "Long Khánh 2026", "tiengiang@2026", "Đồng Nai 2026", "Matkhau@2026"],
)
def test_a_password_that_is_guessed_first_is_refused_however_it_is_set(run: Run, weak: str) -> None:
    for command in (("people", "password", "counter"), ("people", "add", "counter9", "--name", "Lan")):
        assert "password" in run(*command, code=1, MOTCUA_PASSWORD=weak).output
