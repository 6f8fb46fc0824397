"""The threads of the web server stay with a connection, and leave it as soon as others need them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.gunicorn.worker import AHEAD, LOADS, StayingWorker, forget

ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOWLY = ASK.replace(b"/", b"/slowly", 1)
APPLICATION = """
import os, threading, time

def app(environ, start_response):
    while environ["PATH_INFO"] == "/slowly" and not os.path.exists("{released}"):
        time.sleep(0.01)  # until the test lets it end
    told = f"{{os.getpid()}} {{threading.get_ident()}}".encode()
    if environ["PATH_INFO"] == "/body":
        try:
            environ["wsgi.input"].read()
        except OSError as error:
            told = type(error).__name__.encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""
THREADS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a gunicorn with one process and three threads, whose answers name process and thread."""
    with _served(tmp_path_factory.mktemp("served"), processes=1, threads=THREADS) as listening:
        yield listening


@contextmanager
def _served(folder: Path, processes: int, threads: int, before: str = "") -> Iterator[Path]:
    (folder / "threads_told.py").write_text(before + APPLICATION.format(released=folder / "released"))
    listening = folder / "web.sock"
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "adapters.gunicorn.worker.StayingWorker"]
    command += ["--workers", str(processes), "--threads", str(threads), "--bind", f"unix:{listening}"]
    command += [
        "--keep-alive",
        "60",
        "--no-control-socket",
        "--log-level",
        "warning",
        "--pythonpath",
        str(folder),
        "threads_told:app",
    ]
    child = subprocess.Popen(command)
    try:
        for _ in range(300):
            if listening.exists():
                break
            time.sleep(0.05)  # until gunicorn listens
        yield listening
    finally:
        (folder / "released").touch()
        child.terminate()
        child.wait(30)


class Caller:
    """One kept connection."""

    def __init__(self, path: Path) -> None:
        self.kept = True
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        self._socket.connect(str(path))

    def ask(self, times: int = 1) -> list[bytes]:
        """Sends so many requests at once; which processes and threads answered."""
        self._socket.sendall(ASK * times)
        return self._answers(times)

    def begin(self) -> None:
        """Sends a request that is answered once the file ``released`` is there."""
        self._socket.sendall(SLOWLY)

    def send(self, part: bytes) -> None:
        """Sends a part of a request."""
        self._socket.sendall(part)

    def receive(self) -> bytes:
        """What comes next."""
        return self._socket.recv(65536)

    def read_all(self) -> bytes:
        """Everything until the server closes the connection."""
        read = b""
        while received := self._socket.recv(65536):
            read += received
        return read

    def finish(self) -> bytes:
        return self._answers(1)[0]

    def _answers(self, times: int) -> list[bytes]:
        answers, read = [], b""
        while len(answers) < times:
            received = self._socket.recv(65536)
            assert received, "the connection was closed without an answer"
            read += received
            while b"\r\n\r\n" in read:
                head, _, rest = read.partition(b"\r\n\r\n")
                self.kept = b"connection: close" not in head.lower()
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                if len(rest) < length:
                    break
                answers.append(rest[:length])
                read = rest[length:]
        return answers

    def close(self) -> None:
        self._socket.close()


def test_requests_that_follow_at_once_are_answered_by_one_thread(server: Path) -> None:
    caller = Caller(server)
    caller.ask()  # whichever takes the new connection
    assert len({caller.ask()[0] for _ in range(12)}) == 1
    caller.close()


def test_an_answer_without_a_body_is_sent_too(server: Path) -> None:
    caller = Caller(server)
    for _ in range(2):
        caller.send(ASK.replace(b"GET", b"HEAD"))
        assert b"content-length" in caller.receive().lower()
    assert len(caller.ask()) == 1
    caller.close()


def test_requests_sent_together_are_all_answered(server: Path) -> None:
    caller = Caller(server)
    assert len(caller.ask(5)) == 5
    caller.close()


def test_more_connections_than_threads_are_all_served(server: Path) -> None:
    callers = [Caller(server) for _ in range(THREADS * 3)]
    for _ in range(3):
        for caller in callers:
            assert caller.ask()
    for caller in callers:
        caller.close()


def test_a_process_with_more_to_do_than_another_lets_its_connections_go(tmp_path: Path) -> None:
    with _served(tmp_path, processes=2, threads=2 * AHEAD) as listening:
        callers, by_process = [Caller(listening) for _ in range(4 * AHEAD)], defaultdict[bytes, list[Caller]](list)
        for caller in callers:
            process = caller.ask()[0].split()[0]
            if caller.kept:  # on a busy machine requests end a moment after their answer, and may look like many
                by_process[process].append(caller)
        asking, *others = max(by_process.values(), key=len)
        working, resting = others[:AHEAD], others[AHEAD:]
        for caller in working:
            caller.begin()
        latest = time.monotonic() + 20
        while asking.kept and time.monotonic() < latest:
            asking.ask()
        assert not asking.kept
        (tmp_path / "released").touch()
        assert all(caller.finish() for caller in working)
        assert any(caller.ask() and caller.kept for caller in resting)
        for caller in callers:
            caller.close()


DRIPPED_ON = """
from adapters.gunicorn import patience
patience.PRESSED, patience.LOOK = (0.2, 64_000), 20
"""


def test_dripping_connections_do_not_stop_the_others(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=THREADS, before=DRIPPED_ON) as listening:
        dripping = [Caller(listening) for _ in range(3 * THREADS)]
        for caller in dripping:
            caller.send(b"GET / HTTP/1.1\r\nHost: ")
        asking = Caller(listening)
        assert asking.ask()
        given_up = [caller.read_all() for caller in dripping[:THREADS]]
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in given_up), given_up
        for caller in (asking, *dripping):
            caller.close()


def test_a_slow_body_is_given_up_as_well(tmp_path: Path) -> None:
    before = DRIPPED_ON + "patience.CALM = patience.PRESSED\n"
    with _served(tmp_path, processes=1, threads=1, before=before) as listening:
        dripping = Caller(listening)
        dripping.send(b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab")
        assert b"TimeoutError" in dripping.read_all()
        dripping.close()


def test_a_process_that_ended_is_forgotten() -> None:
    ended = StayingWorker.__new__(StayingWorker)
    ended.place = LOADS.enter()
    forget(ended)
    assert LOADS.enter() == ended.place
    forget(ended)
