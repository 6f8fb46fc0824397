"""axe-core in the page: what of WCAG 2.2 A and AA, and of its best practices, the page breaks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = Path(__file__).resolve().parents[1] / "axe" / "axe.min.js"
_PHONE: ViewportSize = {"width": 360, "height": 640}
_TABLET: ViewportSize = {"width": 768, "height": 768}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """
async options => {
  const found = await axe.run(document, {...options, resultTypes: ['violations']});
  return found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 4).map(node =>
    node.target.join(' ') + ' – ' + (node.any[0] || node.all[0] || node.none[0] || {}).message).join(' | ')}`);
}
"""

_SQUEEZED = """
() => [...document.querySelectorAll('main :is(dd, td, tbody th, li, p, label)')].filter(one =>
  one.clientWidth > 1 && one.textContent.trim().length > 6 && !one.closest('svg, .sr, thead')
  && !one.querySelector('.sr')
  && (one.clientWidth < 40 || one.clientWidth < 80 && one.clientHeight > 130))
  .slice(0, 4).map(one => `“${one.textContent.trim().slice(0, 30)}” stands in ${one.clientWidth} pixels`)
"""  # a few letters, or a syllable, a line


def findings(page: Page) -> list[str]:
    """What axe-core finds at the width of a desk and of a phone, and of contrasts in the other theme too.

    A page that has to be scrolled sideways on a phone is a finding as well, and so are words that are
    squeezed into a column of letters or syllables, there or on a tablet. The page stays as wide as it was.
    """
    page.evaluate(_source())
    before = page.viewport_size
    found = _run(page, "")
    page.set_viewport_size(_PHONE)
    found += _run(page, "on a phone: ")
    width = int(page.evaluate("document.documentElement.scrollWidth"))
    if width > _PHONE["width"]:
        found.append(f"on a phone: the page is {width} pixels wide")
    found += [f"on a phone: {line}" for line in page.evaluate(_SQUEEZED)]
    page.set_viewport_size(_TABLET)
    found += [f"on a tablet: {line}" for line in page.evaluate(_SQUEEZED)]
    if before is not None:
        page.set_viewport_size(before)
    return found


def _run(page: Page, where: str) -> list[str]:
    dark = bool(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
    found = [where + line for line in page.evaluate(_RUN, {"runOnly": _TAGS})]
    page.emulate_media(color_scheme="light" if dark else "dark")
    contrast: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    found += [f"{where}in the other theme: {line}" for line in page.evaluate(_RUN, contrast)]
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")
