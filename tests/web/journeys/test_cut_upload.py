"""The connection breaks while a browser sends a file: nothing is stored, and sending it again stores it once."""

from __future__ import annotations

import gc

import pytest
from playwright.sync_api import Browser, Error, Page

from cli.demo.samples import result_on_paper
from tests.web.browser.cutting import line_to
from tests.web.browser.journeys import Journeys
from tests.web.browser.visitor import PHONE, visitor

DRAWING = {"name": "ban-ve.pdf", "mimeType": "application/pdf", "buffer": result_on_paper()}


# Werkzeug leaves the temporary file of a part that broke off to the garbage collector, which closes it with a warning.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_nothing_is_stored_and_the_second_try_works_once(journeys: Journeys, chromium: Browser) -> None:
    known, town = journeys.town.known["supplement"], journeys.town
    with line_to(journeys.base) as line, visitor(chromium, line.base, size=PHONE) as came:
        came.go(f"/h/{known.token}")
        before = town.told(known)
        line.after = 3_000
        title = came.go(f"/h/{known.code}/bo-sung").title()
        try:
            _send(came.page)
        except Error as error:
            assert "ERR_" in str(error)
        came.page.wait_for_load_state()
        assert line.broken > 0 and came.page.title() != title, "the browser says that it did not arrive"
        assert town.state(known) == "supplement" and town.told(known) == before
        line.after = None
        _send(came.go(f"/h/{known.code}/bo-sung"))
        assert came.at() == f"/h/{known.code}" and town.state(known) == "checking"
        told = town.told(known)
        assert [told.count(one) - before.count(one) for one in ("add_document", "resubmit")] == [1, 1]
    gc.collect()


def _send(page: Page) -> None:
    page.set_input_files("input[type=file]", DRAWING)  # type: ignore[arg-type]  # a file in memory
    with page.expect_navigation():
        page.click("button[name=do][value=send]")
