"""Web processes to measure, started as our own children and ended by their ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS, THREADS = 2, 8
STARTS_WITHIN = 180.0  # seconds; a start takes five of a free processor


@dataclass(frozen=True, slots=True)
class Served:
    """A listening web process."""

    pid: int
    port: int


@contextmanager
def ours(environment: Mapping[str, str], folder: Path, server: str = "gunicorn") -> Iterator[Served]:
    """``motcua serve``, as an installation runs it."""
    command = [sys.executable, "-m", "cli", *_serve(server)]
    with _running(lambda port: [*command, "--port", str(port)], environment, folder / "ours.log") as one:
        yield one


@contextmanager
def of_checkout(checkout: Path, environment: Mapping[str, str], log: Path) -> Iterator[Served]:
    """``motcua serve`` of another checkout, with that checkout's own Python."""
    command = [str(checkout / ".venv/bin/motcua"), *_serve("gunicorn")]
    with _running(lambda port: [*command, "--port", str(port)], environment, log, checkout) as one:
        yield one


def _serve(server: str) -> list[str]:
    return ["serve", "--workers", str(WORKERS), "--threads", str(THREADS), "--server", server]


@contextmanager
def plain(application: str, environment: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """Another WSGI application under gunicorn with as many processes and threads."""

    def command(port: int) -> list[str]:
        shape = ["--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS), "--keep-alive", "5"]
        bind = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        return [sys.executable, "-m", "gunicorn", *shape, *bind, "--no-control-socket", application]

    with _running(command, environment, folder / f"{application.split(':')[0]}.log") as one:
        yield one


@contextmanager
def beside(command: str, environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    """``motcua worker`` or ``motcua clock``; its process id."""
    with (folder / f"{command}.log").open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "cli", command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield child.pid
    finally:
        _end(child)


@contextmanager
def _running(
    command: Callable[[int], list[str]], environment: Mapping[str, str], log: Path, folder: Path | None = None
) -> Iterator[Served]:
    port = _free_port()
    with log.open("ab") as output:
        child = subprocess.Popen(
            command(port),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_listens(port, child, log)
        yield Served(child.pid, port)
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(40)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _wait_until_it_listens(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < latest:
        if child.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the web process did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
