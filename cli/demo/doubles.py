"""The other systems of ``motcua demo --connected``: each a program of ``tests/doubles``, a process of its own.

To add one, add a line to ``DOUBLES``: its module, and the settings that connect an installation to its address.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.tied_child import tied
from engine.errors import Refusal

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 30.0  # seconds


class NoDoubles(Refusal):
    """The doubles are not there, or do not start."""

    code = "demo-no-doubles"
    status = 500
    vi = "Không chạy được hệ thống giả {name}. --connected cần bản mã nguồn đầy đủ; xem {log}."
    en = "The double {name} does not start. --connected needs a full checkout of the source; see {log}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """One other system: its short name, its module, what it is in two languages, and the settings by its address."""

    name: str
    module: str
    what: str
    settings: Callable[[str], Mapping[str, str]]


def _portal(address: str) -> Mapping[str, str]:
    return {
        "MOTCUA_PORTAL_URL": address,
        "MOTCUA_PORTAL_USER": "motcua",
        "MOTCUA_PORTAL_PASSWORD": "portal-of-the-tests",
        "MOTCUA_PORTAL_AGENCY": "H79",
    }


DOUBLES = (
    Double(
        name="portal",
        module="tests.doubles.portal",
        what="Cổng Dịch vụ công quốc gia (the national portal)",
        settings=_portal,
    ),
)


@contextmanager
def connected(data: Path) -> Iterator[Mapping[str, str]]:
    """Runs every double until the block ends, and gives the settings that connect to them. Raises NoDoubles.

    Each keeps what it knows in ``<data>/doubles/<name>``, so a demonstration that is started again finds it.
    """
    environment: dict[str, str] = {}
    with ExitStack() as stack:
        for double in DOUBLES:
            address = stack.enter_context(_running(double, data / "doubles" / double.name))
            environment |= double.settings(address)
            click.echo(f"  {double.what}: {address}")
        yield environment


@contextmanager
def _running(double: Double, folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    log, port = folder / "log", _free_port()
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
