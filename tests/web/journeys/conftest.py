"""The town behind a real server, and visitors in Chromium. Without a browser on the machine the journeys are skipped;
``bin/test`` installs one, or fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from cli.demo.people import PASSWORD
from tests.installation.town import Town, open_town
from tests.web.browser.chromium import browser, program
from tests.web.browser.serving import served
from tests.web.browser.visitor import Visitor, visitor


@dataclass
class Journeys:
    """A town with its address, and the people who open it: ``visit()`` is somebody with a browser of their own."""

    town: Town
    base: str
    visit: Callable[..., Visitor]

    def staff(self, username: str, language: str = "vi", **options: Any) -> Visitor:
        """Somebody of the staff who has signed in."""
        came = self.visit(language, **options)
        sign_in(came, username)
        return came


def sign_in(came: Visitor, username: str, password: str = PASSWORD) -> None:
    """Signs in through the page, as a person does."""
    page = came.go("/dang-nhap")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/dang-nhap" not in address)


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
        yield _journeys(chromium, tmp_path_factory.mktemp("town"), stack)


@pytest.fixture
def journeys(chromium: Browser, tmp_path: Path) -> Iterator[Journeys]:
    """A town of one's own. Whatever is wrong by itself in any visitor's browser fails at the end."""
    with ExitStack() as stack:
        yield _journeys(chromium, tmp_path, stack)


def _journeys(chromium: Browser, folder: Path, stack: ExitStack) -> Journeys:
    town = stack.enter_context(open_town(folder))
    base = stack.enter_context(served(town.app))

    def visit(language: str = "vi", **options: Any) -> Visitor:
        return stack.enter_context(visitor(chromium, base, language, **options))

    return Journeys(town, base, visit)
