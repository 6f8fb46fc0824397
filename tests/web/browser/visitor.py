"""Somebody at a browser: a context of their own, and everything that must never happen in it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response

from tests.web.browser.serving import DOOR

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
WIDE, PHONE = (1366, 768), (360, 640)
_REPORT = """
addEventListener('securitypolicyviolation', event =>
  console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`))
"""
_PARTS = """
() => [...performance.getEntriesByType('resource').map(one => [one.initiatorType, one.encodedBodySize]),
       ...[...document.querySelectorAll('link[rel=icon]')].map(() => ['icon', 500])]
"""  # the icon is asked for and stands in no timing; it has half a kilobyte
_LOADING = "Failed to load resource"  # the browser's line for each answer from 400 on; _answered looks at these


@dataclass
class Visitor:
    """One person's browser. ``complaints`` holds what is wrong by itself, whatever the test is about."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    shown: Response | None = None
    """The answer that the last visit of ``go`` ended with."""

    def go(self, path: str, status: int = 200) -> Page:
        """Opens an address; the answer must have this status."""
        answer = self.page.goto(self.base + path)
        assert answer is not None, f"{path} was not loaded"
        assert answer.status == status, f"{path}: {answer.status}, not {status}"
        self.shown = answer
        return self.page

    def become(self, token: str) -> None:
        """Gives the browser a session of pages."""
        self.page.goto(self.base + DOOR + token)

    def at(self) -> str:
        """Where the browser stands: path and query."""
        address = urlsplit(self.page.url)
        return address.path + (f"?{address.query}" if address.query else "")

    def weight(self) -> Weight:
        """What the last visit of ``go`` brought; a proxy compresses the page itself as it is done here.

        Nothing may come from the browser's cache, see ``forget``.
        """
        assert self.shown is not None
        parts = [(kind, int(size)) for kind, size in self.page.evaluate(_PARTS)]
        total = len(gzip.compress(self.shown.body(), 6)) + sum(size for _, size in parts)
        return Weight(1 + len(parts), total, sum(size for kind, size in parts if kind == "script"))

    def forget(self) -> None:
        """Turns the browser's cache off: each visit of this page is a first one."""
        self.context.new_cdp_session(self.page).send("Network.setCacheDisabled", {"cacheDisabled": True})

    def fine(self, *forgive: str) -> list[str]:
        """What was wrong by itself until now, without complaints that contain one of ``forgive``; then forgets it."""
        told = [one for one in self.complaints if not any(word in one for word in forgive)]
        self.complaints.clear()
        return told

    def second_tab(self) -> Page:
        """Another tab with the same session."""
        return self._watched(self.context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        return page

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and not request.url.startswith(self.base):
            self.complaints.append(f"request to another host: {request.url}")

    def _answered(self, answer: Response) -> None:
        part = answer.request.resource_type != "document"
        if answer.status >= 500 or (part and answer.status >= 400):
            self.complaints.append(f"{answer.status} for {answer.request.method} {answer.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_LOADING):
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")


@dataclass(frozen=True)
class Weight:
    """Requests, and bytes compressed: of everything, and of scripts."""

    requests: int
    total: int
    script: int


def back(page: Page) -> None:
    """The back button. On the page of a refused form a browser first asks whether to send it again."""
    try:
        page.go_back()
    except Error as error:
        if "ERR_CACHE_MISS" not in str(error):
            raise


@contextmanager
def visitor(
    browser: Browser,
    base: str,
    language: str = "vi",
    *,
    size: tuple[int, int] = WIDE,
    theme: Theme = "light",
    scripts: bool = True,
    forgive: tuple[str, ...] = (),
) -> Iterator[Visitor]:
    """A visitor who asks for pages in ``language``; fails at its end for every complaint that contains none of
    ``forgive``."""
    options: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": theme}
    context = browser.new_context(
        **options,
        locale=LOCALES[language],
        timezone_id="Asia/Ho_Chi_Minh",
        java_script_enabled=scripts,
        service_workers="block",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    try:
        context.add_init_script(_REPORT)
        context.add_init_script("window.print = () => {}")  # nobody would close the printer's dialog
        made = Visitor(context, context.new_page(), base)
        made._watched(made.page)
        context.on("request", made._asked)
        context.on("response", made._answered)
        context.on("console", made._said)
        yield made
    finally:
        context.close()
    wrong = made.fine(*forgive)
    assert not wrong, "\n".join(wrong)
