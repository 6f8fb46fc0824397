"""The pages over a filled installation, and visitors who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL
from tests.web.site import Site
from web.app import register_pages

ONE_FACTOR = {"MOTCUA_SECOND_FACTOR": "0"}
"""Leaders sign in with one factor, but where a test is about the second one."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Pages and API over a filled SQLite database of its own."""
    with TRIAL.copy("sqlite", tmp_path) as url:
        yield from _opened(open_installation(url, tmp_path, pages=register_pages, **ONE_FACTOR))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both_sites(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The same over each kind of database."""
    with TRIAL.copy(request.param, tmp_path) as url:
        yield from _opened(open_installation(url, tmp_path, pages=register_pages, **ONE_FACTOR))


def _opened(installation: ServedInstallation) -> Iterator[Site]:
    yield Site(installation)
    installation.close()
