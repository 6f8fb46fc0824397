"""Everything is restarted in turn while people act: no request fails for good, and none is done twice."""

from __future__ import annotations

import shutil

import pytest

from tests.faults.rolling import roll


@pytest.mark.postgresql
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not on this machine: Debian's nginx-light")
def test_a_rolling_restart_loses_and_doubles_nothing() -> None:
    report = roll(acts=120, rounds=1)
    assert report.broken == [], report.table()
    assert report.acts >= 120
    assert [name for name, _ in report.steps] == ["1. web", "1. web-2", "1. clock", "1. worker", "1. worker-2"]
