"""How often an act speaks to the database: a lazy load that slips in shows here, not in production."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from engine.acts.perform_action import perform_action
from engine.transaction import UnitOfWork, in_transaction
from tests.world import World


def test_a_step_reads_once_and_writes_once(world: World) -> None:
    code = world.land_at("signing")
    told = _statements(world, "leader", lambda unit: perform_action(unit, code, "send_back", reason="Sai thửa."))
    reading, *writing = told
    assert reading.startswith("SELECT dossiers.id")
    if world.database.dialect.name == "postgresql":
        assert [one.split()[0] for one in writing] == ["WITH"]
    else:
        assert {one.split()[0] for one in writing} == {"UPDATE", "INSERT", "DELETE"}  # one a table


def _statements(world: World, who: str, act: Callable[[UnitOfWork], Any]) -> list[str]:
    """What is said between beginning and commit, with the catalogue warm."""
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        told.append(statement)

    actor = world.actor(who)
    event.listen(world.database, "before_cursor_execute", hear)
    in_transaction(world.runtime, actor, act, now=world.now)
    event.remove(world.database, "before_cursor_execute", hear)
    return [statement for statement in told if not statement.startswith(("BEGIN", "PRAGMA"))]
