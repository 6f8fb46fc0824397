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

from tests.installation.demonstration import PREPARED

ROOT = Path(__file__).parents[2]
SUPERVISED = """
import os, signal, sys, time
from pathlib import Path
from adapters.embedded_redis import embedded_redis
from cli.demo import processes
from cli.demo.stopping import stop_at_signals
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run where it is ignored
stop_at_signals()
data, port, processes.sys.executable = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
try:
    with embedded_redis(data) as url, processes.running({"REDIS_URL": url}, data, port):
        print("up", flush=True)
        time.sleep(600)
except KeyboardInterrupt:
    print("ended in order", flush=True)
"""
SMALL = f"""#!{sys.executable} -IS
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[-1]) if "serve" in sys.argv else 0)) as server:
    while True:
        with server.accept()[0] as asked:
            asked.recv(4096)
            asked.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
"""
"""A program that starts at once in place of Python: it answers as the web process, or waits."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
STARTED_WITHIN = 60.0  # seconds
ENDS_WITHIN = 60.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: signal.Signals(one).name)
def test_no_child_outlives_its_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    """Redis, and three processes that stand for web, worker and clock."""
    small = tmp_path / "small"
    small.write_text(SMALL)
    small.chmod(0o755)
    command = [sys.executable, "-c", SUPERVISED, str(tmp_path), str(free_port()), str(small)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "up\n"
        children = all_started(supervisor.pid, 4)
        supervisor.send_signal(number)
        supervisor.wait(ENDS_WITHIN)
        left = survivors(children)
        in_order = "ended in order" in supervisor.stdout.read()
    assert left == []
    assert in_order is (number != signal.SIGKILL)  # the children end by themselves too, but without being asked


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: signal.Signals(one).name)
def test_no_process_outlives_the_demonstration(tmp_path: Path, number: signal.Signals) -> None:
    """The real processes: Redis, worker, clock, the web process and its two workers."""
    data = tmp_path / "demo"
    data.mkdir()
    Path(PREPARED.sqlite(tmp_path).removeprefix("sqlite:///")).rename(data / "motcua.sqlite")
    environment = {**os.environ, "MOTCUA_DATA": str(data), "DATABASE_URL": "", "LANG": "en_GB.UTF-8"}
    command = [sys.executable, "-m", "cli", "demo", "--dossiers", "0", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert any("Ctrl+C" in line for line in demo.stdout)
        children = all_started(demo.pid, 6)
        demo.send_signal(number)
        assert demo.wait(ENDS_WITHIN) == (0 if number == signal.SIGTERM else -number)
    assert survivors(children) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_started(pid: int, count: int) -> list[int]:
    """The descendants of a process, once they are so many. The web answers as soon as the first of its workers does."""
    deadline = time.monotonic() + STARTED_WITHIN
    while len(children := descendants(pid)) < count:
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
