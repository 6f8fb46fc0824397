"""The installation is killed at random, process by process, while it works: nothing is lost, doubled or half-changed.

``bin/faults`` does the same for as long as wanted, with a table of how fast the installation recovered.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.run import run
from tests.faults.staff import around_the_wards
from tests.faults.trouble import FORK, REDIS, WEB, WORKER

ACTS = int(os.environ.get("MOTCUA_FAULT_ACTS", "800"))


@pytest.mark.postgresql
def test_nothing_is_lost_or_doubled_under_kills_on_postgresql() -> None:
    report = run("postgresql", acts=ACTS, seed=2, shipped=around_the_wards())
    assert report.broken == [], report.table()
    assert report.acts >= ACTS
    assert {strike.kind for strike in report.strikes} >= {WEB, FORK, WORKER, REDIS}


def test_nothing_is_lost_or_doubled_under_kills_on_sqlite() -> None:
    report = run("sqlite", acts=ACTS // 4, seed=3, shipped=around_the_wards())
    assert report.broken == [], report.table()
