"""axe-core in the page: what of WCAG 2.2 A and AA, and of its best practices, the page breaks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.web.browser.visitor import Theme

AXE = Path(__file__).resolve().parents[1] / "axe" / "axe.min.js"
_PHONE: ViewportSize = {"width": 360, "height": 640}
_TABLET: ViewportSize = {"width": 768, "height": 768}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_LAYOUT = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
"""Rules about colours and places, which theme and width change; the others ask what the elements say."""
_OTHER: dict[Theme, Theme] = {"light": "dark", "dark": "light"}
_RUN = """
async options => {
  const found = await axe.run(document, {...options, resultTypes: ['violations']});
  return found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 4).map(node =>
    node.target.join(' ') + ' – ' + (node.any[0] || node.all[0] || node.none[0] || {}).message).join(' | ')}`);
}
"""

_SQUEEZED = """
() => [...document.querySelectorAll('main :is(dd, td, tbody th, li, p, label)')].filter(one =>
  one.checkVisibility() && one.clientWidth > 1 && one.textContent.trim().length > 6 && !one.closest('svg, .sr, thead')
  && !one.querySelector('.sr')
  && (one.clientWidth < 40 || one.clientWidth < 80 && one.clientHeight > 130))
  .slice(0, 4).map(one => `“${one.textContent.trim().slice(0, 30)}” stands in ${one.clientWidth} pixels`)
"""  # a few letters, or a syllable, a line


def findings(page: Page) -> list[str]:
    """What axe-core finds at the width of a desk and of a phone, and of layout in the other theme too.

    A page that has to be scrolled sideways on a phone is a finding as well, and so are words that are
    squeezed into a column of letters or syllables, there or on a tablet. The page stays as wide as it was.
    """
    return half_of_findings(page) + half_of_findings(page, on_phone=True)


def half_of_findings(page: Page, *, on_phone: bool = False) -> list[str]:
    """Asks every rule at one width, and those of layout at the other width in the other theme.

    The two halves together ask every rule at both widths, and those of layout in both themes at both. So a page that is
    opened in two languages is asked one half in each.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_itself())
    before, theme = page.viewport_size, _theme(page)
    assert before is not None
    found = []
    for other in (False, True):
        narrow = on_phone is not other
        page.set_viewport_size(_PHONE if narrow else before)
        if other:
            page.emulate_media(color_scheme=_OTHER[theme])
        where = ("on a phone: " if narrow else "") + ("in the other theme: " if other else "")
        found += [where + line for line in page.evaluate(_RUN, {"runOnly": _LAYOUT if other else _TAGS})]
        found += _too_wide(page) + _squeezed(page, "on a phone") if narrow else []
    page.set_viewport_size(_TABLET)
    found += _squeezed(page, "on a tablet")
    page.set_viewport_size(before)
    page.emulate_media(color_scheme=theme)
    return found


def _theme(page: Page) -> Theme:
    return "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"


def _too_wide(page: Page) -> list[str]:
    width = int(page.evaluate("document.documentElement.scrollWidth"))
    return [f"on a phone: the page is {width} pixels wide"] if width > _PHONE["width"] else []


def _squeezed(page: Page, where: str) -> list[str]:
    return [f"{where}: {line}" for line in page.evaluate(_SQUEEZED)]


@cache
def axe_itself() -> str:
    """The script, which a page may also be given before its own ones."""
    return AXE.read_text(encoding="utf-8")
