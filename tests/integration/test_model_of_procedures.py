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

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.model.real_installation import RealInstallation, open_real, shipped
from tests.model.walk import Walk

WALKS = max(1, settings().max_examples // 100)
STEPS = 20
PROCEDURES = [release.procedure for release in shipped()]
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealInstallation]:
    with open_real(request.param, tmp_path_factory.mktemp("installation")) as made:
        yield made


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_engine_does_what_the_model_says(installation: RealInstallation, procedure: str) -> None:
    @settings(max_examples=WALKS, suppress_health_check=list(HealthCheck))
    @given(steps=st.just(STEPS) | st.integers(1, STEPS), seed=SEEDS)
    def walks(steps: int, seed: int) -> None:
        luck = random.Random(f"{procedure} {installation.kind} {seed}")
        Walk(luck, installation, procedure).run(steps, restart=lambda number: number % 5 == 4)

    walks()


def test_a_fresh_process_sees_what_the_model_says(installation: RealInstallation) -> None:
    walk = Walk(random.Random(installation.kind), installation, "2.002621")
    walk.run(25, restart=lambda number: False)
    walk.compare_in_a_fresh_process()
