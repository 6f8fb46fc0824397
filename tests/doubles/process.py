"""Starts a double as a process of its own, on a free port of the loopback interface, and ends that process."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.doubles.server import Server

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds; a machine with much to do starts slowly


@dataclass(frozen=True, slots=True)
class Running:
    """A double that answers at ``address`` (``http://127.0.0.1:PORT``)."""

    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Ends it at once, as a power failure does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(module: str, folder: Path, port: int = 0) -> Iterator[Running]:
    """The double ``module`` (such as ``tests.doubles.portal``), which keeps what it knows in ``folder``."""
    port = port or free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    double = Running(f"http://127.0.0.1:{port}", process)
    try:
        _wait(double)
        yield double
    finally:
        double.kill()


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(double: Running) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if double.process.poll() is not None:
            raise RuntimeError(f"the double ended with {double.process.returncode} before it answered")
        try:
            urllib.request.urlopen(f"{double.address}/_double/alive", timeout=1).close()  # noqa: S310 - loopback
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the double did not answer within {PATIENCE} seconds")


def serve(made: Callable[[Path], Flask]) -> None:
    """The ``main`` of a double: answers with the program that ``made`` gives for the folder, until it is ended."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--folder", type=Path, required=True)
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    Server(given.port, made(given.folder)).serve_forever()
