"""Whatever ends the demonstration, none of its processes stays: web with its workers, worker, clock and Redis."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.installation.runtime import environment_over
from tests.installation.trial_content import TRIAL

ROOT = Path(__file__).parents[2]
SUPERVISED = """
import os, signal, sys, time
from pathlib import Path
from adapters.embedded_redis import embedded_redis
from cli.demo.processes import running
from cli.demo.stopping import stop_at_signals
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run where it is ignored
stop_at_signals()
data, port = Path(sys.argv[1]), int(sys.argv[2])
try:
    with embedded_redis(data) as url, running({"REDIS_URL": url}, data, port):
        print("up", flush=True)
        time.sleep(600)
except KeyboardInterrupt:
    print("ended in order", flush=True)
"""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
STARTED_WITHIN = 60.0  # seconds
ENDS_WITHIN = 60.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: signal.Signals(one).name)
def test_no_child_outlives_the_demonstration(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, **environment_over(TRIAL.sqlite(tmp_path), tmp_path), "WEB_CONCURRENCY": "2"}
    command = [sys.executable, "-c", SUPERVISED, str(tmp_path), str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "up\n"
        children = all_started(supervisor.pid)
        supervisor.send_signal(number)
        supervisor.wait(ENDS_WITHIN)
        left = survivors(children)
        in_order = "ended in order" in supervisor.stdout.read()
    assert left == []
    assert in_order is (number != signal.SIGKILL)  # the children end by themselves too, but without being asked


def test_the_demonstration_itself_ends_at_sigterm(tmp_path: Path) -> None:
    """Also while it still prepares, files its samples, or waits."""
    environment = {**os.environ, "MOTCUA_DATA": str(tmp_path), "DATABASE_URL": "", "LANG": "en_GB.UTF-8"}
    command = [sys.executable, "-m", "cli", "demo", "--dossiers", "20", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "Ctrl+C" in line:
                break
        children = all_started(demo.pid)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(ENDS_WITHIN) == 0
    assert survivors(children) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_started(pid: int) -> list[int]:
    """The descendants of a process, once they are six: Redis, worker, clock, the web process and its two workers.
    The web answers as soon as the first of its workers does."""
    deadline = time.monotonic() + STARTED_WITHIN
    while len(children := descendants(pid)) < 6:
        assert time.monotonic() < deadline, f"only {len(children)} processes run"
        time.sleep(0.05)
    return children


def descendants(pid: int) -> list[int]:
    """The children of a process, theirs, and so on."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parent = _parent_and_state(int(folder.name))
        if parent is not None:
            parents[int(folder.name)] = parent[0]
    found, level = [], [pid]
    while level:
        level = [child for child, parent in parents.items() if parent in level]
        found += level
    return found


def survivors(pids: list[int]) -> list[int]:
    """Those that still run after a while. A process that ended and that nobody has asked about is no survivor."""
    deadline = time.monotonic() + ENDS_WITHIN
    while True:
        left = [pid for pid in pids if (known := _parent_and_state(pid)) is not None and known[1] != "Z"]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def _parent_and_state(pid: int) -> tuple[int, str] | None:
    try:
        state, parent = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return int(parent), state
