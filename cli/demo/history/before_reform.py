"""The oldest dossiers of the demonstration: filed at a district in June 2025, and moved to the ward by the reform.

They are old: the history of eight months begins long after the night in which the districts ended.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cli.demo.history.office import Office
from cli.demo.history.plan import Plan
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.clock import LOCAL
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from workflows.reform_files import REFORMS, read_reform

FIRST_DAY = dt.date(2025, 6, 16)
_NIGHT = dt.datetime(2025, 7, 1, 0, 5, tzinfo=LOCAL).astimezone(dt.UTC)
_REFORM = "2025-07-01.yaml"
_DISTRICT, _WARD = "MC-760-C", "26740"
_FILED = (("1.013225", 5), ("1.001612", 2))


def plans_before(chance: random.Random) -> Iterator[Plan]:
    """What was filed at the district in its last days, and goes on at the ward; one is still waiting for an answer."""
    for procedure, many in _FILED:
        for _ in range(many):
            day = FIRST_DAY + dt.timedelta(days=chance.choice((8, 9, 10, 11, 14)))
            filed = dt.datetime.combine(day, dt.time(8 + chance.randint(0, 7), chance.randint(0, 59)), LOCAL)
            yield Plan(procedure, _DISTRICT, _WARD, "counter", filed.astimezone(dt.UTC), "returned", 1.0)


def night_of_the_reform(office: Office) -> Iterator[dt.datetime]:
    """The night: the reform is planned and applied to whatever is open at the district."""
    yield _NIGHT
    reform = read_reform(REFORMS / _REFORM, office.runtime.catalogue.map)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        make_plan(office.runtime, reform, path)
        number = load_plan(office.runtime, read_plan(path))
    apply_all(office.runtime, open_run(office.runtime, number))
