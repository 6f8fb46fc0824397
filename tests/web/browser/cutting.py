"""A line to the server that breaks in the middle of what a browser sends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Line:
    """``base`` is the server's address through the line. ``after``: the bytes of a post after which it breaks."""

    base: str
    after: int | None = None
    broken: int = 0


@contextmanager
def line_to(base: str) -> Iterator[Line]:
    """A line to the server at ``base``, whole until ``after`` is set."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        line = Line(f"http://127.0.0.1:{door.getsockname()[1]}")
        threading.Thread(target=_open, args=(door, base, line), daemon=True).start()
        yield line
        door.shutdown(socket.SHUT_RDWR)


def _open(door: socket.socket, base: str, line: Line) -> None:
    address = urlsplit(base)
    while True:
        try:
            came, _ = door.accept()
        except OSError:
            return
        server = socket.create_connection((str(address.hostname), int(address.port or 0)))
        threading.Thread(target=_carry, args=(came, server, line), daemon=True).start()
        threading.Thread(target=_carry, args=(server, came, None), daemon=True).start()


def _carry(given: socket.socket, taken: socket.socket, line: Line | None) -> None:
    """Carries bytes one way until an end closes; with ``line`` a post is cut after its bytes."""
    sent: int | None = None
    try:
        while part := given.recv(1024):
            if line is not None and line.after is not None:
                sent = 0 if part.startswith(b"POST ") else sent
                if sent is not None and sent + len(part) > line.after:
                    line.broken += 1
                    break
                sent = None if sent is None else sent + len(part)
            taken.sendall(part)
    except OSError:
        pass
    finally:
        for end in (given, taken):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
