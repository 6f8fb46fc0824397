"""Random acts on every shipped procedure, beside a model that reads the release as plain data (tests/model).

Both must refuse the same with the same code and stand alike after every step: state, version, holder, offices, clocks,
due moments, papers, fees, questions, journal and notices. The process forgets all it knows between steps, and another
process reads everything anew. Hypothesis chooses the walks, and how short one may be that still shows a difference.

    pytest tests/integration/test_model_of_procedures.py                                 a walk a procedure and database
    pytest tests/integration/test_model_of_procedures.py --hypothesis-profile=explore    twenty times as much
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.model.house import House, postgres_house, shipped, sqlite_house
from tests.model.walk import Walk

WALKS = max(1, settings().max_examples // 100)
STEPS = 20
PROCEDURES = [release.procedure for release in shipped()]
SEEDS = st.integers(0, 2**32)
_names = count(1)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        with sqlite_house(folder) as made:
            yield made
    else:
        with postgres_house(folder, f"house_{worker_id}_{next(_names)}") as made:
            yield made


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_engine_does_what_the_model_says(house: House, procedure: str) -> None:
    @settings(max_examples=WALKS, suppress_health_check=list(HealthCheck))
    @given(steps=st.just(STEPS) | st.integers(1, STEPS), seed=SEEDS)
    def walks(steps: int, seed: int) -> None:
        luck = random.Random(f"{procedure} {house.kind} {seed}")
        Walk(luck, house, procedure).run(steps, restart=lambda number: number % 5 == 4)

    walks()


def test_a_fresh_process_sees_what_the_model_says(house: House) -> None:
    walk = Walk(random.Random(house.kind), house, "2.002621")
    walk.run(25, restart=lambda number: False)
    walk.compare_in_a_fresh_process()
