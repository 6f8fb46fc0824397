"""The connections at rest, and those on which something has come, for several threads that each take the next one.

A connection is watched for one event, then it belongs to the thread that took it, until that thread lets it rest again.
Taking one wakes no other thread, and whoever has waited longest is next.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any

MOST = 64
"""Connections taken note of at once."""
_ONCE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT


class Lines:
    """The connections of a process. Each has a ``sock``, and in ``timeout`` the monotonic moment when its rest ends."""

    def __init__(self) -> None:
        self._poll, self._lock = select.epoll(), threading.Lock()
        self._resting: dict[int, Any] = {}  # in the order in which they began to rest
        self._ready: deque[Any] = deque()
        self._asleep, self._open = 0, True
        self._asked_at = time.monotonic()
        self._ended, self._end = os.pipe()
        self._poll.register(self._ended, select.EPOLLIN)

    @property
    def resting(self) -> int:
        """How many connections nobody has taken."""
        return len(self._resting)

    @property
    def ready(self) -> int:
        """How many are known to have something to read, and to wait for a thread."""
        return len(self._ready)

    def rest(self, conn: Any, until: float) -> None:
        """Watches a connection until something comes, or until the moment ``until``."""
        conn.timeout = until
        with self._lock:
            self._resting[conn.sock.fileno()] = conn
            self._watch(conn)  # before ``overdue`` can take it, and its number may go to another

    def next(self, patience: float = -1) -> Any:
        """The connection that has been readable for longest, as soon as there is one.

        None after ``close``, and when nothing came for so many seconds of ``patience``.
        """
        while True:
            with self._lock:
                if not self._open:
                    return None
                self._asked_at = time.monotonic()
                if self._ready:
                    return self._ready.popleft()
                self._asleep += 1
            events = self._poll.poll(patience, MOST)
            with self._lock:
                self._asleep -= 1
                if not events:
                    return None
                came = [conn for number, _ in events if (conn := self._resting.pop(number, None))]
                if came:
                    self._leave(came[1:])
                    return came[0]

    def unattended(self, seconds: float) -> bool:
        """Whether for so long no thread has asked for the next connection, nor waits for one."""
        return not self._asleep and time.monotonic() - self._asked_at > seconds

    def overdue(self, moment: float) -> list[Any]:
        """Takes those whose rest has ended by a moment."""
        with self._lock:
            found = [number for number, conn in self._resting.items() if conn.timeout <= moment]
            return [self._resting.pop(number) for number in found]

    def hasten(self, until: float) -> None:
        """Ends every rest at ``until`` at the latest."""
        with self._lock:
            for conn in self._resting.values():
                conn.timeout = min(conn.timeout, until)

    def close(self) -> None:
        """Lets every thread go that waits in ``next`` or comes back to it."""
        self._open = False
        os.write(self._end, b"\0")

    def _leave(self, others: list[Any]) -> None:
        """Leaves connections that came together to the others: who sleeps is woken, who works takes them later."""
        for place, conn in enumerate(others):
            if place < self._asleep:
                self._resting[conn.sock.fileno()] = conn
                self._watch(conn)
            else:
                self._ready.append(conn)

    def _watch(self, conn: Any) -> None:
        try:
            self._poll.modify(conn.sock.fileno(), _ONCE)
        except FileNotFoundError:  # for the first time
            with suppress(FileExistsError):
                self._poll.register(conn.sock.fileno(), _ONCE)
