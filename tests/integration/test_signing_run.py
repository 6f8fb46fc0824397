"""Forty results signed remotely in batches, with refusals, a provider that restarts and workers that are killed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.signatures import run
from tests.installation.world import World


def test_everything_has_its_outcome_once_and_every_file_validates(world: World, tmp_path: Path) -> None:
    figures = run(world, tmp_path, 40, refuse=0.1, batch=10, kills=2, say=lambda what: None)
    assert (figures.asked, figures.signed + figures.refused) == (40, 40)
    assert 0 < figures.refused < 12 and figures.moved_on == figures.signed
    assert (figures.restarts, figures.kills) == (2, 2)
    assert figures.invalid == () and figures.found == figures.changed > 0
    if figures.invalid_by_pdfsig is not None:  # poppler's second opinion, where it is installed
        assert figures.invalid_by_pdfsig == () and figures.found_by_pdfsig == figures.changed
