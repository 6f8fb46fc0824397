"""The machine's own Chromium, driven by Playwright: one browser a process, one context a visitor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""The first is the same Chromium without the parts that draw its own window: a page takes four tenths less."""
WHERE = "MOTCUA_CHROMIUM"
"""Names the program where it is none of ``NAMES``."""
_QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--font-render-hinting=none",
)


def program() -> str | None:
    """The path of the browser's program; None where the machine has none."""
    return next((found for name in (os.environ.get(WHERE), *NAMES) if name and (found := shutil.which(name))), None)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A browser without a window, without background requests, ended with the block."""
    arguments = [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()
