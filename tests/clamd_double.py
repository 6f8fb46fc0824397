"""A double that speaks the protocol of ClamAV's daemon on a unix or TCP socket, and can misbehave as one does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ClamdDouble:
    """One thread that answers one connection after the other. ``manner`` says how; ``got`` keeps what was scanned."""

    def __init__(self, listening: socket.socket, address: str) -> None:
        self.address, self.manner = address, "well"
        self.got: list[bytes] = []
        self.longest = 25_000_000
        self._listening = listening
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ClamdDouble:
        self._listening.settimeout(0.05)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._listening.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    self._answer(connection)
                except OSError:
                    continue

    def _answer(self, connection: socket.socket) -> None:
        if self.manner == "silent":
            self._stop.wait(3)
            return
        command = _until_zero(connection)
        if self.manner in ("closes", "nonsense", "endless"):
            answers = {"closes": b"", "nonsense": b"stream: maybe\0", "endless": b"x" * 100_000}
            connection.sendall(answers[self.manner])
            return
        if command == b"zPING":
            connection.sendall(b"PONG\0")
            return
        assert command == b"zINSTREAM", command
        content = b""
        while size := int.from_bytes(_exactly(connection, 4), "big"):
            content += _exactly(connection, size)
            if len(content) > self.longest:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.got.append(content)
        if self.manner == "cut":
            connection.sendall(b"stream: OK")
            return
        connection.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@contextmanager
def clamd_double(folder: Path, *, tcp: bool = False) -> Iterator[ClamdDouble]:
    """A double on a unix socket in ``folder``, or on a free port of loopback."""
    if tcp:
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(folder / "clamd.sock"))
        listening.listen()
        address = f"unix://{folder / 'clamd.sock'}"
    with ClamdDouble(listening, address) as double:
        yield double


def _until_zero(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0"):
        found += _exactly(connection, 1)
    return found[:-1]


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = connection.recv(size - len(found))
        if not piece:
            raise ConnectionError("the client left")
        found += piece
    return found
