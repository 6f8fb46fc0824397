"""A house on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.house import House, fill, open_house, runtime_over, sqlite_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The interface over a filled SQLite database."""
    opened = open_house(sqlite_house(tmp_path), tmp_path)
    yield opened
    opened.runtime.database.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both_houses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The interface over each kind of database."""
    if request.param == "sqlite":
        url = sqlite_house(tmp_path)
    else:
        url = request.getfixturevalue("postgres_url")
        fill(runtime_over(url, tmp_path))
    opened = open_house(url, tmp_path)
    yield opened
    opened.runtime.database.dispose()
