"""How late dossiers ended, by office: the same as counted in plain Python, at the borders of every class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.queries.delays import CLASSES, delays
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.report_counts import BOUNDS
from engine.store.reports import DONE
from tests.installation.lived import asked, live
from tests.installation.world import World, open_world
from tests.integration.test_indicators import MONTH

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
LATE = (None, -DAY, *(bound * DAY + more for bound in BOUNDS for more in (-SECOND, 0 * SECOND, SECOND)), 100 * DAY)
"""By how much a dossier ends after its appointment; None: it has none."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_world(request.param, tmp_path) as made:
        yield made


def test_each_dossier_falls_into_the_class_of_its_days(world: World) -> None:
    live(world)
    ended = select(dossiers.c.id, dossiers.c.handler_office, dossiers.c.finished_at)
    with world.reading() as connection:
        rows = connection.execute(ended.where(dossiers.c.portal.in_(DONE)).order_by(dossiers.c.id)).all()
    expected: dict[str, list[int]] = defaultdict(lambda: [0] * len(CLASSES))
    for row, late in zip(rows, cycle(LATE), strict=False):
        promised = None if late is None else row.finished_at - late
        told = update(dossiers).where(dossiers.c.id == row.id).values(promised_at=promised)
        world.try_act("system", lambda unit, told=told: unit.begin().execute(told) and None)
        days = 0.0 if late is None else late / DAY
        expected[row.handler_office][sum(days > bound for bound in BOUNDS)] += 1
    found = {line.office: list(line.classes) for line in asked(world, SYSTEM_ACTOR, delays, MONTH)}
    assert found == expected and len(rows) > len(LATE) / 2
