"""Runs the other systems of ``motcua demo --connected``: each a program of ``tests/doubles``, a process of its own.

``cli.demo.other_sides`` names them, and says what connects an installation to each.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from urllib3.exceptions import HTTPError

from adapters.tied_child import tied
from cli.demo.other_sides import DOUBLES, Double, Place
from engine.errors import Refusal

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 30.0  # seconds


class NoDoubles(Refusal):
    """The doubles are not there, or do not start."""

    code = "demo-no-doubles"
    status = 500
    vi = "Không chạy được hệ thống giả {name}. --connected cần bản mã nguồn đầy đủ; xem {log}."
    en = "The double {name} does not start. --connected needs a full checkout of the source; see {log}."


@contextmanager
def connected(data: Path, base: str, *, lively: bool) -> Iterator[Mapping[str, str]]:
    """Runs every double until the block ends, tells each about the installation at ``base``, and gives the settings
    that connect it. Raises NoDoubles.

    Each keeps what it knows, and its port, in ``<data>/doubles/<name>``, so a demonstration that is started again finds
    it. ``lively``: the installation lives in the present, and is given samples.
    """
    environment: dict[str, str] = {}
    addresses: dict[str, str] = {}
    click.echo("Hệ thống khác, đều là giả (other systems, all of them doubles):")
    with ExitStack() as stack:
        for double in DOUBLES:
            folder = data / "doubles" / double.name
            fresh = not folder.exists()
            addresses[double.name] = address = stack.enter_context(_running(double, folder))
            place = Place(data=data, base=base, addresses=addresses, lively=lively, fresh=fresh)
            try:
                environment |= double.connect(address, place)
            except (HTTPError, OSError) as error:
                raise NoDoubles(name=double.name, log=folder / "log") from error
            click.echo(f"  {double.what}: {address}")
            pages = ", ".join(f"{base}{page}" for page in double.pages.split(", ") if page)
            click.echo(f"    {pages}{'   ' if pages else ''}{double.trial.format(at=address)}")
        yield environment


@contextmanager
def _running(double: Double, folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    log, port = folder / "log", _port(folder / "port")
    command = [sys.executable, "-m", double.module, "--port", str(port), "--folder", str(folder)]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program, with fixed arguments
            tied(command), cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=output, stderr=output
        )
    try:
        _wait(double, process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(double: Double, process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    latest = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < latest and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_double/alive", timeout=1).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError as error:
            raise NoDoubles(name=double.name, log=log) from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NoDoubles(name=double.name, log=log)


def _port(kept: Path) -> int:
    """The port of the last time, if nobody has it: certificates name the address of the authority; else a free one."""
    for wanted in (int(kept.read_text()) if kept.exists() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
            kept.write_text(str(port))
            return port
    raise AssertionError("some port is free")
