"""Short requests have a lane of their own: they wait for no long request and for no slow client."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.gunicorn.patience import PatientSocket
from adapters.gunicorn.worker import AHEAD, LOADS, LaneWorker, forget

ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOWLY = ASK.replace(b"/", b"/slowly", 1)
HELD = ASK.replace(b"/", b"/short/held", 1)
SHORT = ASK.replace(b"GET /", b"POST /short", 1).replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc")
APPLICATION = """
import os, threading, time

def app(environ, start_response):
    while environ["PATH_INFO"] in ("/slowly", "/short/held") and not os.path.exists("{released}"):
        time.sleep(0.01)  # until the test lets it end
    told = f"{{os.getpid()}} {{threading.get_ident()}}".encode()
    if environ["PATH_INFO"] in ("/body", "/short"):
        try:
            told += b" " + environ["wsgi.input"].read()
        except OSError as error:
            told = type(error).__name__.encode()
    if environ["PATH_INFO"] == "/short/long":
        told = bytes(50_000_000)
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]

app.is_short = lambda method, path: path.startswith("/short")
"""
THREADS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a gunicorn with one process and three threads, whose answers name process and thread."""
    with _served(tmp_path_factory.mktemp("served"), processes=1, threads=THREADS) as listening:
        yield listening


@contextmanager
def _served(folder: Path, processes: int, threads: int, before: str = "", keep: int = 60) -> Iterator[Path]:
    (folder / "threads_told.py").write_text(before + APPLICATION.format(released=folder / "released"))
    listening = folder / "web.sock"
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "adapters.gunicorn.worker.LaneWorker"]
    command += ["--workers", str(processes), "--threads", str(threads), "--bind", f"unix:{listening}"]
    command += [
        "--keep-alive",
        str(keep),
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
            with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(listening))
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

    def ask(self, times: int = 1, what: bytes = ASK) -> list[bytes]:
        """Sends so many requests at once; which processes and threads answered."""
        self._socket.sendall(what * times)
        return self.answers(times)

    def begin(self, what: bytes = SLOWLY) -> None:
        """Sends a request that is answered once the file ``released`` is there."""
        self._socket.sendall(what)

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
        return self.answers(1)[0]

    def answers(self, times: int) -> list[bytes]:
        """The next so many answers."""
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


def test_a_short_request_waits_for_no_long_one(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=THREADS) as listening:
        working = [Caller(listening) for _ in range(3 * THREADS)]
        for caller in working:
            caller.begin()
        asking = Caller(listening)
        for _ in range(3):
            assert asking.ask(what=SHORT)[0].endswith(b" abc")
        (tmp_path / "released").touch()
        assert all(caller.finish() for caller in working)
        for caller in (asking, *working):
            caller.close()


def test_where_the_whole_lane_waits_another_thread_takes_connections(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=6) as listening:
        held = [Caller(listening) for _ in range(4)]  # three threads are the lane
        for caller in held:
            caller.begin(HELD)
        asking = Caller(listening)
        assert asking.ask(what=SHORT)[0].endswith(b" abc")
        assert asking.ask() and asking.ask()
        (tmp_path / "released").touch()
        assert all(caller.finish() for caller in held)
        for caller in (asking, *held):
            caller.close()


def test_short_requests_are_answered_by_the_thread_that_finds_them(server: Path) -> None:
    callers = [Caller(server) for _ in range(THREADS)]
    threads = {caller.ask(what=SHORT)[0].split()[1] for caller in callers for _ in range(4)}
    others = {caller.ask()[0].split()[1] for caller in callers for _ in range(4)}
    assert len(threads) == 1 and not threads & others
    for caller in callers:
        caller.close()


@pytest.mark.parametrize("cut", [1, 20, SHORT.index(b"abc"), len(SHORT) - 1])
def test_a_request_in_parts_is_whole(server: Path, cut: int) -> None:
    caller = Caller(server)
    for _ in range(2):
        caller.send(SHORT[:cut])
        time.sleep(0.05)  # longer than the lane waits for a body
        caller.send(SHORT[cut:])
        assert caller.finish().endswith(b" abc")
    caller.close()


@pytest.mark.parametrize("length", ["3", "99999", "100000", "3\r\nContent-Length: 3", "+3"])
def test_a_body_that_does_not_come_holds_up_no_short_request(tmp_path: Path, length: str) -> None:
    head = SHORT.partition(b"Content-Length")[0] + f"Content-Length: {length}\r\n\r\n".encode()
    with _served(tmp_path, processes=1, threads=2) as listening:
        waiting = [Caller(listening) for _ in range(2)]
        for caller in waiting:
            caller.send(head)
        asking = Caller(listening)
        assert asking.ask(what=SHORT)[0].endswith(b" abc")
        for caller in (asking, *waiting):
            caller.close()


def test_a_connection_is_counted_out_once() -> None:
    worker, (ours, theirs) = LaneWorker.__new__(LaneWorker), socket.socketpair()
    worker.nr_conns = 2
    conn = SimpleNamespace(sock=PatientSocket(ours, lambda: False), close=ours.close)
    worker._close(conn)
    worker._close(conn)
    assert worker.nr_conns == 1
    theirs.close()


def test_a_short_request_that_does_not_end_holds_up_no_other(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=THREADS) as listening:
        dripping = [Caller(listening) for _ in range(2 * THREADS)]
        for caller in dripping:
            caller.send(SHORT[:-1])
        asking = Caller(listening)
        began = time.monotonic()
        assert asking.ask(what=SHORT)
        assert time.monotonic() - began < 2  # PRESSED lets each of them have 3 s
        for caller in (asking, *dripping):
            caller.close()


def test_a_client_that_does_not_take_its_answer_holds_up_no_other(server: Path) -> None:
    deaf = Caller(server)
    deaf.send(ASK.replace(b"/", b"/short/long", 1))
    asking = Caller(server)
    for _ in range(3):
        assert asking.ask(what=SHORT)
    assert len(deaf.finish()) == 50_000_000
    assert deaf.ask(what=SHORT)
    for caller in (asking, deaf):
        caller.close()


def test_a_client_that_leaves_its_side_open_holds_up_no_new_one(server: Path) -> None:
    leaving = [Caller(server) for _ in range(4)]
    for caller in leaving:
        caller.send(ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        caller.finish()
        assert not caller.kept
    began = time.monotonic()
    asking = Caller(server)
    assert asking.ask()
    assert time.monotonic() - began < 1  # gunicorn's own main thread waits 2 s for each
    for caller in (asking, *leaving):
        caller.close()


def test_a_connection_at_rest_ends(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=THREADS, keep=1) as listening:
        silent, asked = Caller(listening), Caller(listening)
        assert asked.ask(what=SHORT)
        assert silent.read_all() == asked.read_all() == b""
        silent.close()
        asked.close()


def test_a_stop_ends_what_has_begun_and_no_connection_keeps_it(tmp_path: Path) -> None:
    with _served(tmp_path, processes=1, threads=THREADS) as listening:
        resting, working = Caller(listening), Caller(listening)
        assert resting.ask(what=SHORT)
        working.begin()
        resting.ask()  # so the other has been taken as well
        process = int(resting.ask()[0].split()[0])
        os.kill(process, signal.SIGTERM)
        latest = time.monotonic() + 20
        while resting.kept and time.monotonic() < latest:  # until the signal has been seen
            assert resting.ask(what=SHORT)[0].endswith(b" abc")
        assert not resting.kept
        (tmp_path / "released").touch()
        assert working.finish()
        assert working.read_all() == b""
        latest = time.monotonic() + 20
        while Path(f"/proc/{process}").exists() and time.monotonic() < latest:
            time.sleep(0.05)  # until the process has ended
        assert not Path(f"/proc/{process}").exists()
        for caller in (resting, working):
            caller.close()


def test_an_answer_without_a_body_is_sent_too(server: Path) -> None:
    caller = Caller(server)
    for _ in range(2):
        caller.send(ASK.replace(b"GET", b"HEAD"))
        assert b"content-length" in caller.receive().lower()
    assert len(caller.ask()) == 1
    caller.close()


@pytest.mark.parametrize("what", [ASK, SHORT, ASK + SHORT, SHORT + ASK])
def test_requests_sent_together_are_all_answered(server: Path, what: bytes) -> None:
    caller = Caller(server)
    caller.send(what * 5)
    assert len(caller.answers(5 * what.count(b"HTTP/1.1"))) == 5 * what.count(b"HTTP/1.1")
    caller.close()


def test_more_connections_than_threads_are_all_served(server: Path) -> None:
    callers = [Caller(server) for _ in range(THREADS * 3)]
    for _ in range(3):
        for caller in callers:
            assert caller.ask()
    for caller in callers:
        caller.close()


def test_a_process_with_more_to_do_than_another_lets_its_connections_go(tmp_path: Path) -> None:
    with _served(tmp_path, processes=2, threads=4 * AHEAD) as listening:
        callers, by_process = list[Caller](), defaultdict[bytes, list[Caller]](list)
        while len(callers) < 100 and max(map(len, by_process.values()), default=0) <= 4 * AHEAD:
            callers.append(Caller(listening))
            process = callers[-1].ask()[0].split()[0]
            if callers[-1].kept:  # on a busy machine requests end a moment after their answer, and may look like many
                by_process[process].append(callers[-1])
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
    ended = LaneWorker.__new__(LaneWorker)
    ended.place = LOADS.enter()
    forget(ended)
    assert LOADS.enter() == ended.place
    forget(ended)
