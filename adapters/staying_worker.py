"""gunicorn's threads, which stay a moment with the connection that they have just answered.

gunicorn gives a kept connection back to its main thread after each answer and wakes another thread for the next
request: two changes of thread, a pipe and two calls of epoll for each. A clerk's proxy sends the next request of a busy
office within milliseconds on the same connection, and the thread that waits for it there is spared all of that.
"""

from __future__ import annotations

import select
import ssl
import threading
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

STAY = 50
"""Milliseconds that a thread waits for the next request."""


class StayingWorker(ThreadWorker):  # type: ignore[misc]
    """As ``gthread``. At most half of the threads stay, and none while a request waits or the process is to stop."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._lock = threading.Lock()
        self._waiting = self._staying = 0

    def enqueue_req(self, conn: Any) -> None:
        """Lets a thread answer a connection that has something to say."""
        with self._lock:
            self._waiting += 1
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answers requests on a connection, in a thread of the pool; what gunicorn is to do with it then."""
        with self._lock:
            self._waiting -= 1
        while True:
            kept = super().handle(conn)
            if kept is not True or not self._another_comes(conn):
                return kept

    def _another_comes(self, conn: Any) -> bool:
        with self._lock:
            if not self.alive or self._waiting or self._staying >= self.cfg.threads // 2:
                return False
            self._staying += 1
        try:
            if conn.parser.unreader.buf.getvalue():  # sent along with the one before
                return True
            if isinstance(conn.sock, ssl.SSLSocket):  # may hold what it has read already
                return False
            waiting = select.poll()
            waiting.register(conn.sock, select.POLLIN)
            return bool(waiting.poll(STAY))
        finally:
            with self._lock:
                self._staying -= 1
