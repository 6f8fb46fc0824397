"""The threads of the web server stay with a connection, and leave it as soon as others need them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
APPLICATION = """
import threading

def app(environ, start_response):
    told = str(threading.get_ident()).encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""
THREADS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a gunicorn with one process and three threads, whose answers name the thread that gave them."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "threads_told.py").write_text(APPLICATION)
    listening = folder / "web.sock"
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "adapters.staying_worker.StayingWorker"]
    command += ["--threads", str(THREADS), "--bind", f"unix:{listening}", "--no-control-socket"]
    command += ["--log-level", "warning", "--pythonpath", str(folder), "threads_told:app"]
    child = subprocess.Popen(command)
    try:
        for _ in range(300):
            if listening.exists():
                break
            time.sleep(0.05)
        yield listening
    finally:
        child.terminate()
        child.wait(30)


class Caller:
    """One kept connection."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        self._socket.connect(str(path))

    def ask(self, times: int = 1) -> list[bytes]:
        """Sends so many requests at once; which threads answered."""
        self._socket.sendall(ASK * times)
        answers, read = [], b""
        while len(answers) < times:
            read += self._socket.recv(65536)
            while b"\r\n\r\n" in read:
                head, _, rest = read.partition(b"\r\n\r\n")
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
