"""A thread waits for a slow client only so long, and less while others wait for a thread."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.gunicorn import patience
from adapters.gunicorn.patience import PatientSocket, SlowHead


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and a server's end; ``LOOK`` is as short as it can be."""
    monkeypatch.setattr(patience, "LOOK", 1)
    client, server = socket.socketpair()
    yield client, server
    client.close()
    server.close()


def impatient(monkeypatch: pytest.MonkeyPatch, *, calm: float = 1000.0, pressed: float = 1000.0) -> None:
    monkeypatch.setattr(patience, "CALM", (calm, 1e9))
    monkeypatch.setattr(patience, "PRESSED", (pressed, 1e9))


def test_what_is_there_is_read_however_little_time_is_left(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, calm=0.0)
    client, server = pair
    client.sendall(b"GET")
    assert PatientSocket(server, lambda: False).recv(100) == b"GET"


@pytest.mark.parametrize("pressed", [False, True])
def test_a_silent_client_is_given_up(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch, pressed: bool
) -> None:
    impatient(monkeypatch, **{"pressed" if pressed else "calm": 0.0})
    line = PatientSocket(pair[1], lambda: pressed)
    with pytest.raises(SlowHead):
        line.recv(100)
    line.head_is_read()
    with pytest.raises(TimeoutError):
        line.recv(100)


def test_a_byte_now_and_then_extends_nothing(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, calm=0.02)
    client, server = pair
    line = PatientSocket(server, lambda: _drip(client))
    monkeypatch.setattr(patience, "PRESSED", patience.CALM)
    with pytest.raises(SlowHead):
        for _ in range(2_000):
            line.recv(1)


def _drip(client: socket.socket) -> bool:
    client.sendall(b"x")
    return True


def test_each_request_has_its_own_time(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, calm=0.0)
    client, server = pair
    line = PatientSocket(server, lambda: False)
    with pytest.raises(SlowHead):
        line.recv(1)
    monkeypatch.setattr(patience, "CALM", (1000.0, 1e9))
    line.begin()
    client.sendall(b"x")
    assert line.recv(1) == b"x"


def test_a_client_that_does_not_read_is_treated_as_gone(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, calm=0.0)
    line = PatientSocket(pair[1], lambda: False)
    line.head_is_read()
    line.sendall(b"head")
    with pytest.raises(ConnectionResetError):
        line.sendall(bytes(50_000_000))


def test_all_of_an_answer_is_sent_and_the_rest_is_the_sockets_own(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    line = PatientSocket(server, lambda: False)
    line.sendall(b"answer")
    assert client.recv(100) == b"answer"
    assert line.fileno() == server.fileno()
    assert line.getsockname() == server.getsockname()
    line.settimeout(0.001)
    assert line.gettimeout() == 0.001
    with pytest.raises(TimeoutError):
        line.recv(1)
    line.settimeout(None)
    client.sendall(b"x")
    assert line.recv(1) == b"x"


def test_a_hurried_thread_keeps_what_the_client_does_not_take_at_once(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, calm=0.0)
    client, server = pair
    line = PatientSocket(server, lambda: False)
    line.begin(hurried=True)
    line.head_is_read()
    line.sendall(b"head")
    line.sendall(bytes(5_000_000))
    line.sendall(b"end")
    line.flush()
    assert line.unsent
    monkeypatch.setattr(patience, "CALM", (1000.0, 1e9))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_read, client, 5_000_007)
        line.hurried = False
        line.flush()
        assert not line.unsent
        read = reading.result(20)
    assert read == b"head" + bytes(5_000_000) + b"end"


def _read(client: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        read += client.recv(1_000_000)
    return read


def test_what_has_come_is_told_without_waiting(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    line = PatientSocket(server, lambda: False)
    assert line.come(10) is None
    assert line.come(10, within=1) is None
    client.sendall(b"x")
    assert line.come(10, within=1000) == b"x"
    client.close()
    assert line.come(10) == b""


def test_the_head_of_an_answer_comes_with_its_body(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    client.settimeout(5)
    line = PatientSocket(server, lambda: False)
    for _ in range(2):  # as with every further request on the connection
        line.begin()
        line.head_is_read()
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        assert not select.select([client], [], [], 0)[0]
        line.sendall(b"body")
        assert client.recv(100) == b"HTTP/1.1 200 OK\r\n\r\nbody"
        line.sendall(b"more")
        assert client.recv(100) == b"more"


def test_a_head_without_a_body_is_sent_at_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    client.settimeout(5)
    line = PatientSocket(server, lambda: False)
    line.head_is_read()
    line.sendall(b"head")
    line.flush()
    assert client.recv(100) == b"head"
    line.flush()
    line.sendall(b"of an error")  # nothing is held any more
    assert client.recv(100) == b"of an error"


def test_whatever_else_is_done_with_the_socket_comes_after_the_head(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    client.settimeout(5)
    line = PatientSocket(server, lambda: False)
    line.head_is_read()
    line.sendall(b"head")
    assert line.send(b"file") == 4
    assert client.recv(100) == b"headfile"
