"""The hands of a newcomer at the browser: they find on the page what a tutorial calls by its label."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

from tests.web.browser.lesson import Click

SHOWN_AT = "http://127.0.0.1:8000"
"""The address in the text; the test has another port."""
_WITHIN = 60.0  # seconds for a page on a busy machine


@dataclass
class Hands:
    """``base`` is the address of the pages, ``folder`` where files lie. ``noted`` is what was copied from a page."""

    page: Page
    base: str
    folder: Path
    noted: dict[str, str] = field(default_factory=dict)

    def do(self, step: Click) -> None:
        """Does one clause. Raises AssertionError with the line of the text where the page has no such thing."""
        try:
            self._do(step.words)
        except (Error, AssertionError) as error:
            raise AssertionError(f"line {step.line}: {step.words}\n{error}\n{self.page.url}") from error

    def _do(self, words: dict[str, str]) -> None:
        page = self.page
        if "address" in words:
            page.goto(words["address"].replace(SHOWN_AT, self.base))
        elif "open_noted" in words:
            page.goto(self.noted[words["which"]])
        elif "value" in words:
            self._box(words["box"]).fill(words["value"])
        elif "noted" in words:
            self._box(words["noted_box"]).fill(self.noted[words["noted"]])
        elif "name" in words:
            term = page.locator("dt", has_text=re.compile(f"^{re.escape(words['term'])}$"))
            self.noted[words["name"]] = term.locator("xpath=following-sibling::dd[1]").inner_text().strip()
        elif "dossier" in words:
            row = page.locator("main tr, main li", has_text=words["dossier"]).filter(has=page.locator("a")).first
            self._press(row.locator("a").first)
        elif "button" in words:
            self._press(self._called(words["button"], "nav" if "place" in words else "main"))
        elif "tick" in words:
            page.get_by_label(words["tick"], exact=True).check()
        elif "choice" in words:
            self._box(words["choice"]).select_option(label=words["option"])
        elif "upload" in words:
            self._box(words["upload"]).set_input_files(self.folder / words["file"])
        else:
            expect(page.locator("body")).to_contain_text(words["said"], timeout=_WITHIN * 1000)

    def _box(self, label: str) -> Locator:
        """What is filled in under a label; words in brackets may follow the label on the page."""
        named = re.compile(rf"^\s*{re.escape(label)}\s*(\(.*\))?\s*$")
        return self.page.locator("main").get_by_label(named).first

    def _press(self, what: Locator) -> None:
        what.click()
        self.page.wait_for_load_state()

    def _called(self, label: str, room: str) -> Locator:
        """The button or link of this name in a part of the page, else on the whole page; its key may follow."""
        named = re.compile(rf"^\s*{re.escape(label)}(\s+(\d|[a-z]|Ctrl \w+|Ctrl\s*Enter)|\s+\d+ hồ sơ)?\s*$")
        until = time.monotonic() + _WITHIN
        while time.monotonic() < until:
            for place in (self.page.locator(room), self.page.locator("body")):
                for kind in ("button", "link"):
                    for one in place.get_by_role(kind, name=named).all():
                        if one.is_visible() and one.is_enabled():
                            return one
            time.sleep(0.2)
        raise AssertionError(f"no button or link is called {label}")
