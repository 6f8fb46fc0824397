"""The tutorial does what it says: its commands run, its changes are made, its pages have what it names.

Nothing stands here that the text does not say. ``bin/setup`` alone is not run, since the test runs in what it made, and
the demonstration gets a free port.
"""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.web.browser.lesson import Click, Commands, Dialogue, Edit, steps_of
from tests.web.browser.lesson_hands import Hands
from tests.web.browser.lesson_terminal import Terminal
from tests.web.browser.visitor import visitor

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
DEMO = "motcua demo"


def test_a_newcomer_follows_every_step(chromium: Browser, tmp_path: Path) -> None:
    steps = steps_of(TEXT)
    assert sum(isinstance(one, Edit) for one in steps) >= 5 and sum(isinstance(one, Click) for one in steps) >= 50
    port = _free_port()
    with ExitStack() as stack:
        terminal = Terminal(ROOT, tmp_path)
        hands: Hands | None = None
        for step in steps:
            if isinstance(step, Commands) and DEMO in step.text:
                stack.enter_context(_ended(Terminal(ROOT, tmp_path).start(step, DEMO, f"--port {port}")))
                base = f"http://127.0.0.1:{port}"
                came = stack.enter_context(visitor(chromium, base))
                came.context.set_default_timeout(60_000)
                hands = Hands(came.page, base, tmp_path / "practice")
            elif isinstance(step, Commands):
                terminal.run(step)
            elif isinstance(step, Dialogue):
                terminal.ask(step)
            elif isinstance(step, Edit):
                terminal.edit(step)
            else:
                assert hands is not None, "the demonstration was not started"
                hands.do(step)


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ends the demonstration as ``Ctrl`` ``C`` does."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
