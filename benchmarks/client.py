"""The load: a number of clients, each with one kept connection, sending one request after the other.

Requests are bytes made by the caller and answers are read no further than needed, so that the client takes little of
the machine that it shares with what it measures.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST = 30.0  # seconds until a request counts as lost


@dataclass(slots=True)
class Tally:
    """What a load saw: the seconds each answered request took, and answers that were not 200, by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: dict[int, int] = field(default_factory=dict)
    example: bytes = b""

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


class Connection:
    """One kept HTTP/1.1 connection; opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises OSError when nobody answers."""
        for last in (False, True):
            try:
                if self._socket is None:
                    self._socket = socket.create_connection(("127.0.0.1", self._port), LONGEST)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket.sendall(request)
                return self._answer()
            except OSError:
                self.close()
                if last:
                    raise
        raise OSError

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _answer(self) -> tuple[int, bytes]:
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(data) < end + 4 + length:
            data += self._more()
        self._rest = data[end + 4 + length :]
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), data[end + 4 : end + 4 + length]

    def _more(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionResetError("closed by the server")
        return part


Client = Callable[[], tuple[bytes, Callable[[int, bytes], None]]]
"""Gives the next request, and what is to be told its answer."""


def load(port: int, clients: list[Client], seconds: float) -> Tally:
    """Runs all clients beside each other for so long."""
    tally, lock = Tally(), threading.Lock()
    begin = threading.Barrier(len(clients) + 1)
    latest = [0.0]

    def run(client: Client) -> None:
        connection = Connection(port)
        latencies: list[float] = []
        wrong: dict[int, int] = {}
        example = b""
        begin.wait()
        while time.perf_counter() < latest[0]:
            request, told = client()
            started = time.perf_counter()
            status, body = connection.ask(request)
            latencies.append(time.perf_counter() - started)
            if status != 200:
                wrong[status] = wrong.get(status, 0) + 1
                example = example or body[:400]
            told(status, body)
        connection.close()
        with lock:
            tally.latencies += latencies
            for status, count in wrong.items():
                tally.wrong[status] = tally.wrong.get(status, 0) + count
            tally.example = tally.example or example

    threads = [threading.Thread(target=run, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    latest[0] = started + seconds
    begin.wait()
    for thread in threads:
        thread.join(seconds + LONGEST + 5)
    tally.seconds = time.perf_counter() - started
    return tally


def request(
    method: str,
    path: str,
    body: bytes = b"",
    token: str = "",
    key: str = "",
    version: int | None = None,
    *,
    address: str = "",
    kind: str = "application/json",
) -> bytes:
    """One HTTP request as bytes; ``address`` is the one that a proxy says it came from."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if address:
        lines.append(f"X-Forwarded-For: {address}")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if version is not None:
        lines.append(f'If-Match: "{version}"')
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
