"""The town behind a real server, and visitors in Chromium. Without a browser on the machine the journeys are skipped;
``bin/test`` installs one, or fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.web.browser.chromium import browser, program
from tests.web.browser.journeys import Journeys, opened_journeys


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this worker."""
    path = program()
    if path is None:
        pytest.skip("no browser: install the package 'chromium', or name the program in MOTCUA_CHROMIUM")
    with browser(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_journeys(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journeys]:
    """One town for the tests of a module that only look."""
    with ExitStack() as stack:
        yield opened_journeys(chromium, tmp_path_factory.mktemp("town"), stack)


@pytest.fixture
def journeys(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journeys]:
    """A town of one's own. Whatever is wrong by itself in any visitor's browser fails at the end."""
    with ExitStack() as stack:
        yield opened_journeys(chromium, tmp_path_factory.mktemp("town"), stack)
