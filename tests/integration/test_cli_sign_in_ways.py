"""``motcua people``: removing a second factor, and binding an office account; both are told by the journal."""

from __future__ import annotations

import json

import pyotp
import pytest

from engine.acts.staff.second_factor import set_second_factor
from engine.acts.staff.sign_in import open_session
from engine.queries.staff import person_meant
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.people import person_named
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.world import World
from tests.integration.test_cli import Run
from tests.integration.test_cli_people import run

__all__ = ["run"]
WHY = ("--reason", "mất điện thoại")
ISSUER = "https://accounts.example.vn"


def _person(world: World, username: str) -> int:
    with world.reading() as connection:
        found = person_named(connection, username)
    assert found is not None
    return found


def _subject(world: World, subject: str) -> int | None:
    return in_transaction(world.runtime, SYSTEM_ACTOR, lambda unit: person_meant(unit, ISSUER, subject))


def test_removes_a_second_factor_and_ends_the_sessions(run: Run, world: World) -> None:
    person = _person(world, "counter")
    assert "has no second factor" in run("people", "remove-second-factor", "counter", *WHY, code=1).output
    secret = pyotp.random_base32()

    def set_up(unit: UnitOfWork) -> None:
        open_session(unit, person, pages=True)
        set_second_factor(unit, person, secret, pyotp.TOTP(secret).at(unit.now), None)
        open_session(unit, person, pages=True)

    in_transaction(world.runtime, SYSTEM_ACTOR, set_up)
    run("people", "remove-second-factor", "counter", *WHY)
    assert json.loads(run("people", "tokens", "counter", "--json").output) == []
    acts = [one["act"] for one in json.loads(run("people", "journal", "counter", "--json").output)]
    assert acts[:2] == ["sign-out-everywhere", "remove-second-factor"]
    run("journal", "verify")


def test_binds_and_unbinds_an_office_account(run: Run, world: World) -> None:
    assert "MOTCUA_OIDC_DISCOVERY_URL" in run("people", "bind", "counter", "--subject", "u-17", code=1).output
    run("people", "bind", "counter", "--subject", "u-17", "--issuer", ISSUER)
    assert _subject(world, "u-17") == _person(world, "counter")
    taken = run("people", "bind", "leader", "--subject", "u-17", "--issuer", ISSUER, code=1)
    assert "another account" in taken.output
    run("journal", "verify")
    run("people", "unbind", "counter", *WHY)
    assert _subject(world, "u-17") is None
    run("journal", "verify")


@pytest.mark.parametrize("subject", ["", "x" * 256])
def test_refuses_a_subject_that_is_none(run: Run, subject: str) -> None:
    run("people", "bind", "counter", "--subject", subject, "--issuer", ISSUER, code=1)
