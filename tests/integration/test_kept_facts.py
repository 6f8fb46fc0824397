"""What is kept of papers and fees beside a dossier changes no figure, whatever happens to the dossier afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from engine.jobs.indicator_facts import keep_facts_of_all
from engine.queries.indicators import indicators
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.indicator_facts import BITS, indicator_facts
from tests.installation import invariants
from tests.installation.lived import asked, live
from tests.installation.world import World, open_world
from tests.integration.test_indicators import MONTH


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_world(request.param, tmp_path) as made:
        yield made


def _figures(world: World) -> list[tuple[str, int, int]]:
    report = asked(world, SYSTEM_ACTOR, indicators, MONTH)
    return [(one.indicator.key, one.part, one.of) for one in report.figures]


def _kept(world: World) -> int:
    same = (indicator_facts.c.dossier_id == dossiers.c.id) & (indicator_facts.c.version == dossiers.c.version)
    with world.reading() as connection:
        return int(
            connection.execute(select(func.count()).select_from(dossiers.join(indicator_facts, same))).scalar_one()
        )


def test_facts_that_were_kept_hold_until_the_next_act(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written after each of some hundred acts, and compared before the next ones are."""
    act, seen = World.try_act, dict.fromkeys(BITS, 0)

    def act_and_look(self: World, *given: Any, **named: Any) -> Any:
        answer = act(self, *given, **named)
        with self.reading() as connection:
            invariants._check_facts(self, connection)
            bits = connection.execute(select(indicator_facts.c.bits)).scalars().all()
        for name, bit in BITS.items():
            seen[name] += sum(bool(one & bit) for one in bits)
        keep_facts_of_all(self.runtime, 60)
        return answer

    monkeypatch.setattr(World, "try_act", act_and_look)
    live(world, 12)
    monkeypatch.undo()
    assert min(seen.values()) > 0, seen
    world.check()


def test_figures_are_the_same_with_all_facts_some_and_none(world: World) -> None:
    live(world)
    before = _figures(world)
    assert keep_facts_of_all(world.runtime, 60, batch=5) == 6 and _kept(world) == 28
    assert keep_facts_of_all(world.runtime, 60) == 0
    assert _figures(world) == before
    act = delete(indicator_facts).where(indicator_facts.c.dossier_id % 3 == 0)
    world.try_act("system", lambda unit: unit.begin().execute(act) and None)
    old = update(indicator_facts).where(indicator_facts.c.dossier_id % 3 == 1).values(version=1, bits=63)
    world.try_act("system", lambda unit: unit.begin().execute(old) and None)
    assert _figures(world) == before
    assert keep_facts_of_all(world.runtime, 60) == 1 and _kept(world) == 28
    assert _figures(world) == before


def test_they_are_looked_at(world: World) -> None:
    live(world, 8)
    keep_facts_of_all(world.runtime, 60)
    before = {key: part for key, part, _ in _figures(world)}
    world.try_act("system", lambda unit: unit.begin().execute(update(indicator_facts).values(bits=0)) and None)
    after = {key: part for key, part, _ in _figures(world)}
    assert after["electronic_result"] == 0 < before["electronic_result"]
