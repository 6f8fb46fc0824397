"""The two halves of ``accessibility``: together they look at both widths in both themes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser.accessibility import half_of_findings

PAGE = """<!doctype html><html lang="en"><head><title>A page</title><style>
.only {{ display: none }}
@media {where} {{ p {{ color: #777; background: #888 }} .only {{ display: block }} }}
</style></head><body><main><h1>A heading</h1><p>Words</p><img class="only" src="data:," width="9" height="9"></main>
</body></html>"""
DESK, PHONE = "(min-width: 401px)", "(max-width: 400px)"


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(color_scheme="light", viewport={"width": 1366, "height": 768}) as context:
        yield context.new_page()


@pytest.mark.parametrize(
    ("theme", "width", "on_phone"),
    [("light", DESK, False), ("dark", PHONE, False), ("light", PHONE, True), ("dark", DESK, True)],
)
def test_a_faint_colour_is_seen_by_one_half(page: Page, theme: str, width: str, on_phone: bool) -> None:
    page.set_content(PAGE.format(where=f"(prefers-color-scheme: {theme}) and {width}"))
    [seen] = [line for line in half_of_findings(page, on_phone=on_phone) if "color-contrast" in line]
    assert ("phone" in seen, "other theme" in seen) == (width == PHONE, theme == "dark")
    assert [line for line in half_of_findings(page, on_phone=not on_phone) if "color-contrast" in line] == []
    assert page.viewport_size == {"width": 1366, "height": 768}


@pytest.mark.parametrize(("width", "on_phone"), [(DESK, False), (PHONE, True)])
def test_what_only_one_width_shows_is_asked_every_rule_there(page: Page, width: str, on_phone: bool) -> None:
    page.set_content(PAGE.format(where=width))
    assert any("image-alt" in line for line in half_of_findings(page, on_phone=on_phone))
    assert not any("image-alt" in line for line in half_of_findings(page, on_phone=not on_phone))
