"""An installation whose clock a test moves, and which asks leaders and administrators for a second factor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.runtime import NOW
from tests.installation.served import open_installation
from tests.installation.trial_content import TRIAL
from tests.web.site import Site
from web.app import register_pages


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> dt.datetime:
        return self.at

    def on(self, **how: int) -> None:
        self.at += dt.timedelta(**how)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def strict(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """Asks for second factors, and limits guessing."""
    with TRIAL.copy(request.param, tmp_path) as url:
        installation = open_installation(url, tmp_path, now=clock, pages=register_pages, MOTCUA_RATE_LIMITS="1")
        yield Site(installation)
        installation.close()


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """Asks for one factor."""
    with TRIAL.copy("sqlite", tmp_path) as url:
        installation = open_installation(url, tmp_path, now=clock, pages=register_pages, MOTCUA_SECOND_FACTOR="0")
        yield Site(installation)
        installation.close()
