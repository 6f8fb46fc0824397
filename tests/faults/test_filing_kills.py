"""Some hundred inbound filings with duplicates, and kills of every process at random moments: each is filed once."""

from __future__ import annotations

from pathlib import Path

from tests.faults.filing_run import Run
from tests.installation.world import World


def test_each_filing_is_filed_once_whoever_is_killed(world: World, tmp_path: Path) -> None:
    told = Run(world, tmp_path, 150).run(kills=8, seconds=600)
    assert told.wrong == [] and told.kills.total() == 8 and told.told > told.filings
    world.check()
