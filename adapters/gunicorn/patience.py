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
        line.setblocking(True)  # ours never block: each call says so
        self._line, self._pressed = line, pressed
        self.in_head, self.hurried, self.leaving, self.closed = True, False, False, False
        self._waited, self._moved = 0.0, 0
        self._bound: float | None = None
        self._holds, self._held = False, b""

    @property
    def unsent(self) -> bool:
        """Whether a part of an answer still waits to be sent."""
        return bool(self._held)

    def begin(self, hurried: bool = False) -> None:
        """Begins the time of the next request. Who is ``hurried`` keeps what the client does not take at once."""
        self.in_head, self._waited, self._moved = True, 0.0, 0
        self.hurried = hurried

    def head_is_read(self) -> None:
        """Begins the time of the body and of the answer, whose head waits for what is sent after it."""
        self.in_head, self._waited, self._moved = False, 0.0, 0
        self._holds = True

    def fileno(self) -> int:
        """The descriptor, for pollers."""
        return self._line.fileno()

    def setblocking(self, flag: bool) -> None:
        """Does nothing: to the caller this socket waits, and only so long."""

    def settimeout(self, seconds: float | None) -> None:
        """Bounds what each single wait may take, besides the time of the request."""
        self._bound = seconds

    def gettimeout(self) -> float | None:
        """What ``settimeout`` was last given."""
        return self._bound

    def come(self, size: int, within: int = 0) -> bytes | None:
        """Up to ``size`` bytes that are there or come within milliseconds. None: there are none; b"": an end."""
        try:
            return self._line.recv(size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return self.come(size) if within and self._ready(select.POLLIN, within) else None
        except OSError:  # the client is gone
            return b""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Up to ``size`` bytes. Raises SlowHead or TimeoutError when the client takes too long altogether."""
        if flags:
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
        sent first after ``head_is_read`` is held until the next part, or until ``flush``. So is what a hurried thread
        could not send at once.
        """
        if self._holds:
            self._holds, self._held = False, data
            return
        rest, self._held = memoryview(self._held + data), b""
        while rest:
            try:
                sent = self._line.send(rest, socket.MSG_DONTWAIT)
            except BlockingIOError:
                if self.hurried:
                    self._held = bytes(rest)
                    return
                try:
                    self._wait(select.POLLOUT)
                except (SlowHead, TimeoutError):
                    raise ConnectionResetError(errno.ECONNRESET, "the client takes the answer too slowly") from None
                continue
            self._moved += sent
            rest = rest[sent:]

    def flush(self) -> None:
        """Sends what is held; nothing is held from here on, but by who is hurried."""
        self._holds = False
        if self._held:
            self.sendall(b"")

    def _wait(self, event: int) -> None:
        """Waits until the socket is ready, while the client has time left."""
        bound = None if self._bound is None else time.monotonic() + self._bound
        while True:
            began = time.monotonic()
            if bound is not None and began > bound:
                raise TimeoutError("nothing came within the time that the caller gave")
            ready = self._ready(event, LOOK if bound is None else min(LOOK, int((bound - began) * 1000) + 1))
            self._waited += time.monotonic() - began
            if self._waited > self._allowed():
                raise SlowHead if self.in_head else TimeoutError("the client is too slow")
            if ready:
                return

    def _ready(self, event: int, milliseconds: int) -> bool:
        poller = select.poll()
        poller.register(self._line, event)
        return bool(poller.poll(milliseconds))

    def _allowed(self) -> float:
        seconds, rate = PRESSED if self._pressed() else CALM
        return seconds + self._moved / rate

    def __getattr__(self, name: str) -> Any:
        if self._held:  # whatever else is done with the socket comes after it
            self.flush()
        return getattr(self._line, name)
