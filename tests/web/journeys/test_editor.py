"""An administrator writes a procedure in the editor: completion, hover, findings while typing, fixes, saving; and the
same without scripts. The policy of content stays as strict as on every page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.installation.town import ADMIN
from tests.web.browser.journeys import Journeys
from tests.web.browser.sights_of_editor import DRAFTS, draft_of_land, edit

CONTENT, FINDING = "#soan-thao .cm-content", "#soan-thao .cm-lintRange-error"


def _file(page: Page) -> str:
    return str(page.locator("#text").input_value())


def _type_after(page: Page, line: str, words: str) -> None:
    """Types where a line that begins so ends."""
    page.evaluate(
        """line => {
             const view = document.getElementById('soan-thao').view;
             const found = [...view.state.doc.toString().matchAll(/.*/g)].find(one => one[0].startsWith(line));
             view.dispatch({selection: {anchor: found.index + found[0].length}, scrollIntoView: true});
             view.focus();
           }""",
        line,
    )
    page.keyboard.type(words)


def test_a_file_is_written_with_help_and_saved(shared_journeys: Journeys) -> None:
    came = shared_journeys.staff(ADMIN)
    draft_of_land(came)
    page = came.go(f"{DRAFTS}/1")
    page.wait_for_selector(CONTENT)
    expect(page.locator("#text")).to_be_hidden()

    # Completion knows the keys of a state, and the states that the file declares.
    _type_after(page, "  submit:", "\nsen_back: {fr")
    option = page.locator("#soan-thao .cm-tooltip-autocomplete li")
    expect(option.first).to_contain_text("from")
    page.keyboard.press("Escape")
    page.keyboard.type("om: chec")
    expect(option.first).to_contain_text("checking")
    option.filter(has_text="checking").first.click()
    expect(page.locator("#text")).to_have_value(re.compile(r"\n  sen_back: \{from: checking"))
    edit(page, ("\n  sen_back: {from: checking", ""))

    # Hover tells what a key means.
    page.click("#muc a[data-line] >> nth=0")
    page.locator(CONTENT).get_by_text("procedure", exact=True).first.hover()
    expect(page.locator("#soan-thao .cm-about")).to_contain_text("mã thủ tục")

    # A mistyped word is found beside its line, and mended from the list.
    edit(page, ("clock: paused", "clok: paused"))
    expect(page.locator("#con-loi")).to_contain_text("clok")
    assert page.locator("#the .count-late").inner_text().strip().startswith("1")
    expect(page.locator("#ke-hoach [aria-disabled]")).to_be_visible()
    page.click("#con-loi a[data-line]")
    expect(page.locator(FINDING)).to_have_text("clok")
    page.click("#con-loi button[data-mend]")
    expect(page.locator("#con-loi")).to_have_count(0)
    assert "clok" not in _file(page)

    # A letter that is a key of the desk stays in the text; Ctrl+S saves.
    _type_after(page, "# yaml", " n j k")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Đã lưu bản nháp")
    assert " n j k" in _file(page)


def test_the_same_without_scripts(shared_journeys: Journeys) -> None:
    came = shared_journeys.staff(ADMIN, "en", scripts=False)
    page = came.go(DRAFTS)
    page.select_option("#phien_ban", index=0)
    page.click("#tu-phien-ban button")
    page.fill("#text", _file(page).replace("clock: paused", "clok: paused", 1))
    page.click("#tep button")
    expect(page.locator("#con-loi")).to_contain_text('Did you mean "clock"?')
    expect(page.locator("#dong .finding").first).to_be_visible()
    page.locator("#dong .finding button").first.click()
    expect(page.locator("#con-loi")).to_have_count(0)
    assert "clok" not in _file(page)
    page.click("[data-save]")
    expect(page.locator("#said")).to_contain_text("saved")
