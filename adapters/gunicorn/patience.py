"""A socket to a client with an end to waiting: whoever sends or takes bytes too slowly gives the thread back.

The time that a thread waits for one request is limited by what has come: some seconds, and more for each kilobyte. A
byte now and then does not extend it. While other connections wait for a thread, slow ones get less of it, so that a
handful of dripping clients does not stop an office.
"""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Callable
from typing import Any

CALM = (15.0, 8_000)
"""Seconds that a thread waits for one request altogether, and bytes a second that extend them."""
PRESSED = (3.0, 64_000)
"""The same while other connections wait for a thread."""
LOOK = 250  # milliseconds after which a waiting thread looks whether others wait


class SlowHead(Exception):
    """The head of a request did not arrive in time."""


class PatientSocket:
    """A connected socket. ``pressed`` tells whether other connections wait for a thread; the rest is the socket's."""

    def __init__(self, line: socket.socket, pressed: Callable[[], bool]) -> None:
        self._line, self._pressed = line, pressed
        self.in_head = True
        self._waited, self._moved = 0.0, 0
        self._holds, self._held = False, b""

    def begin(self) -> None:
        """Begins the time of the next request."""
        self.in_head, self._waited, self._moved = True, 0.0, 0

    def head_is_read(self) -> None:
        """Begins the time of the body and of the answer, whose head waits for what is sent after it."""
        self.in_head, self._waited, self._moved = False, 0.0, 0
        self._holds = True

    def fileno(self) -> int:
        """The descriptor, for pollers."""
        return self._line.fileno()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Up to ``size`` bytes. Raises SlowHead or TimeoutError when the client takes too long altogether."""
        if flags or self._line.gettimeout() is not None:  # a bound of the caller's own
            return self._line.recv(size, flags)
        while True:
            try:
                data = self._line.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait(select.POLLIN)
                continue
            self._moved += len(data)
            return data

    def sendall(self, data: bytes) -> None:
        """Sends everything. A client that takes it too slowly is treated as one that went away (ECONNRESET).

        gunicorn sends the head of an answer and its body one after the other, which wakes the client twice: what is
        sent first after ``head_is_read`` is held until the next part, or until ``flush``.
        """
        if self._holds:
            self._holds, self._held = False, data
            return
        rest, self._held = memoryview(self._held + data), b""
        while rest:
            try:
                sent = self._line.send(rest, socket.MSG_DONTWAIT)
            except BlockingIOError:
                try:
                    self._wait(select.POLLOUT)
                except (SlowHead, TimeoutError):
                    raise ConnectionResetError(errno.ECONNRESET, "the client takes the answer too slowly") from None
                continue
            self._moved += sent
            rest = rest[sent:]

    def flush(self) -> None:
        """Sends what is held; nothing is held from here on."""
        self._holds = False
        if self._held:
            self.sendall(b"")

    def _wait(self, event: int) -> None:
        """Waits until the socket is ready, while the client has time left."""
        poller = select.poll()
        poller.register(self._line, event)
        while True:
            began = time.monotonic()
            ready = poller.poll(LOOK)
            self._waited += time.monotonic() - began
            if self._waited > self._allowed():
                raise SlowHead if self.in_head else TimeoutError("the client is too slow")
            if ready:
                return

    def _allowed(self) -> float:
        seconds, rate = PRESSED if self._pressed() else CALM
        return seconds + self._moved / rate

    def __getattr__(self, name: str) -> Any:
        if self._held:  # whatever else is done with the socket comes after it
            self.flush()
        return getattr(self._line, name)
