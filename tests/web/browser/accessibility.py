"""axe-core in the page: what of WCAG 2.2 A and AA, and of its best practices, the page breaks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "axe" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """
async options => {
  const found = await axe.run(document, {...options, resultTypes: ['violations']});
  return found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 4).map(node =>
    node.target.join(' ') + ' – ' + (node.any[0] || node.all[0] || node.none[0] || {}).message).join(' | ')}`);
}
"""


def findings(page: Page) -> list[str]:
    """What axe-core finds, in the theme that the page shows and then, of contrasts only, in the other one."""
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, {"runOnly": _TAGS})
    dark = bool(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
    page.emulate_media(color_scheme="light" if dark else "dark")
    only: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    found += [f"other theme: {line}" for line in page.evaluate(_RUN, only)]
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")
