"""Hands that are quicker than the line: what a page asks by itself never undoes or refuses what the person does."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from cli.demo.samples import result_on_paper
from tests.installation.town import COUNTER, LEADER, OFFICER
from tests.web.browser.journeys import Journeys

RESULT = {"name": "ket-qua.pdf", "mimeType": "application/pdf", "buffer": result_on_paper()}
STEP = "form[action$='/actions'] button[name=action][value={}]"


def test_a_step_before_the_opening_is_noted_is_no_conflict_with_oneself(journeys: Journeys) -> None:
    known, town = journeys.town.known["accepted"], journeys.town
    page = journeys.staff(COUNTER).go(f"/ho-so/{known.code}")
    page.click(STEP.format("forward"))
    expect(page.locator("#said")).to_be_visible()
    came = journeys.staff(OFFICER)
    held: list[Route] = []
    came.page.route("**/opening", lambda route: held.append(route))
    page = came.go(f"/ho-so/{known.code}")
    page.click(STEP.format("submit"))
    page.wait_for_timeout(300)
    assert len(held) == 1 and town.state(known) == "checking", "the step waits for the new version"
    held[0].continue_()
    expect(page.locator("#said")).to_be_visible()
    assert town.state(known) == "signing" and town.told(known).count("submit") == 1


def test_a_paper_is_asked_for_once_and_keeps_the_chosen_file(journeys: Journeys) -> None:
    known = journeys.town.known["to_sign"]
    page = journeys.staff(LEADER).go("/ky")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.headers.get("x-part") == "xem" else None)
    link = page.locator(f"#cho-ky a[data-pane][href*='{known.code}']")
    if link.get_attribute("aria-current"):
        page.evaluate("document.querySelectorAll('#cho-ky a').forEach(one => one.removeAttribute('aria-current'))")
    link.click(delay=50)
    expect(link).to_have_attribute("aria-current", "true")
    page.set_input_files("[name=tep]", RESULT)  # type: ignore[arg-type]  # a file in memory
    page.wait_for_timeout(500)
    assert len(asked) == 1
    assert page.evaluate("document.querySelector('[name=tep]').files.length") == 1
