"""A house on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.acceptance.house import House, open_house, postgres_house, sqlite_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The interface over a filled SQLite database."""
    opened = open_house(sqlite_house(tmp_path), tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both_houses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The interface over each kind of database."""
    with nullcontext(sqlite_house(tmp_path)) if request.param == "sqlite" else postgres_house() as url:
        opened = open_house(url, tmp_path)
        yield opened
        opened.close()
