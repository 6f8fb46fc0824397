"""Somebody who has no mouse: presses keys, and counts those that are no data."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page

_MOST = 40
"""Presses after which a field is not reached by going on."""


@dataclass
class Keyboard:
    """``pressed`` counts every key and chord that is no data; ``log`` names them."""

    page: Page
    pressed: int = 0
    log: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        """A key or chord, as in ``Control+Enter``."""
        self.pressed += 1
        self.log.append(key)
        self.page.keyboard.press(key)

    def data(self, text: str) -> None:
        """Types into the field that has the focus; of a list, chooses the entry."""
        if self.page.evaluate("document.activeElement.tagName") == "SELECT":
            self.page.locator(":focus").select_option(text)
        else:
            self.page.keyboard.insert_text(text)

    def go_to(self, name: str, *, by: str) -> None:
        """Goes on with a key until the field of this name has the focus."""
        for _ in range(_MOST):
            if self.page.evaluate("document.activeElement.name") == name:
                return
            before = self.page.evaluate("document.activeElement.name")
            self.press(by)
            self.page.wait_for_function("before => document.activeElement.name !== before", arg=before, timeout=2_000)
        raise AssertionError(f"{name} is not reached: {self.log}")
