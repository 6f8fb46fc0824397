"""A forecast looked at in the browser."""

from __future__ import annotations

import pytest

from engine.queries import what_if
from tests.installation.town import ADMIN
from tests.web.browser.accessibility import half_of_findings
from tests.web.browser.journeys import Journeys
from tests.web.browser.visitor import LOCALES

BIRTH = "1.001193"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The town has a handful of past births; the server is in this process."""
    monkeypatch.setattr(what_if, "FEWEST", 1)


@pytest.mark.parametrize("language", LOCALES)
def test_a_forecast_is_reached_from_the_procedure_and_seen(journeys: Journeys, language: str) -> None:
    town = journeys.town
    town.at("2026-03-20 09:00")
    came = journeys.seated(ADMIN, language)
    page = came.go(f"/quan-tri/thu-tuc/{BIRTH}")
    page.click(f"a[href='/quan-tri/thu-tuc/{BIRTH}/neu-nhu']")
    with page.expect_navigation():
        page.click("form[data-main] button[type=submit]")
    assert page.locator("#ty-le svg").count() == 1 and page.locator("#buoc tbody tr").count() >= 2
    assert half_of_findings(page, on_phone=language == "en") == []
    assert came.fine() == []


def test_it_works_without_scripts(journeys: Journeys) -> None:
    journeys.town.at("2026-03-20 09:00")
    page = journeys.staff(ADMIN, scripts=False).go(f"/quan-tri/thu-tuc/{BIRTH}/neu-nhu")
    page.select_option("#nguoi", "1")
    page.click("form[data-main] button[type=submit]")
    page.wait_for_selector("#ty-le svg")
    assert "nguoi=1" in page.url and page.locator("#nguoi option[selected]").get_attribute("value") == "1"
