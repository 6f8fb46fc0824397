"""The pages in the week of the reform of July 2025, with two administrators and a leader of the province."""

from __future__ import annotations

import pytest

from tests.installation.world import World
from tests.web.admin.units.june_pages import june_pages
from tests.web.desk.conftest import Office


@pytest.fixture
def june(world: World) -> Office:
    return june_pages(world)
