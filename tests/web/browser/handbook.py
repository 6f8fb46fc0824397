"""The pictures of the handbook: pages of the town, as Chromium shows them in each language."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page

from tests.web.browser.journeys import Journeys
from tests.web.browser.sights import SIGHTS
from tests.web.browser.visitor import LOCALES

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "handbook" / "pictures"
DESK, PHONE = (1024, 620), (400, 640)
PICTURES: dict[str, tuple[str, tuple[int, int]]] = {
    "today": ("today-counter", DESK),
    "queue": ("queue", DESK),
    "intake": ("intake-birth", DESK),
    "dossier": ("dossier-running", DESK),
    "sign": ("sign", DESK),
    "leader-today": ("today-leader", DESK),
    "citizen-start": ("start", PHONE),
    "citizen-status": ("status-running", PHONE),
    "citizen-supplement": ("supplement", PHONE),
}
"""The sight that each picture shows, and how much of it."""
QUALITY = 35


def make_pictures(journeys: Journeys) -> None:
    """Makes every picture again."""
    by_name = {sight.name: sight for sight in SIGHTS}
    for language in LOCALES:
        (FOLDER / language).mkdir(parents=True, exist_ok=True)
        for name, (shown, size) in PICTURES.items():
            came = journeys.seated(by_name[shown].who or "", language)
            came.page.set_viewport_size({"width": size[0], "height": size[1]})
            page = by_name[shown].open(came, journeys.town.known)
            (FOLDER / language / f"{name}.webp").write_bytes(_webp(page))


def _webp(page: Page) -> bytes:
    """What is seen of the page; Playwright itself writes no WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    session.detach()
    return base64.b64decode(shot["data"])
