"""Starts web, worker and clock of the demonstration as child processes, and ends them by process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import urllib3

from adapters.tied_child import tied
from engine.errors import Refusal

STARTS_WITHIN = 60.0  # seconds
ENDS_WITHIN = 15.0


class NotStarted(Refusal):
    """The web process did not come up."""

    code = "demo-not-started"
    status = 500
    vi = "Tiến trình web không khởi động được; xem {log}."
    en = "The web process did not start; see {log}."


@contextmanager
def running(environment: Mapping[str, str], data: Path, port: int) -> Iterator[None]:
    """Runs web, worker and clock until the block ends; their output goes to ``<data>/*.log``. Raises NotStarted."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        for name, arguments in (("web", ["serve", "--port", str(port)]), ("worker", ["worker"]), ("clock", ["clock"])):
            (data / f"{name}.log").touch(mode=0o600)
            with (data / f"{name}.log").open("ab") as log:
                children.append(
                    subprocess.Popen(  # noqa: S603 — our own program, with fixed arguments
                        tied([sys.executable, "-m", "cli", *arguments]),
                        env={**os.environ, **environment},
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                    )
                )
        _wait_until_ready(port, children[0], data / "web.log")
        yield
    finally:
        _end(children)


def _wait_until_ready(port: int, web: subprocess.Popen[bytes], log: Path) -> None:
    http = urllib3.PoolManager(timeout=2, retries=False)
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and web.poll() is None:
        try:
            if http.request("GET", f"http://127.0.0.1:{port}/readyz").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.1)
    raise NotStarted(log=str(log))


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Sends SIGTERM to each child, waits, and kills those that do not end."""
    for child in reversed(children):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + ENDS_WITHIN
    for child in reversed(children):
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
