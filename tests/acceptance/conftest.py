"""An installation on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.served import ServedInstallation, open_installation, served_copy
from tests.installation.trial_content import TRIAL


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[ServedInstallation]:
    """The interface over a filled SQLite database."""
    opened = served_copy(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInstallation]:
    """One installation for all tests of a module that change nothing, or do not mind what others changed."""
    opened = served_copy(tmp_path_factory.mktemp("installation"))
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both_installations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedInstallation]:
    """The interface over each kind of database."""
    with TRIAL.copy(request.param, tmp_path) as url:
        opened = open_installation(url, tmp_path)
        yield opened
        opened.close()
