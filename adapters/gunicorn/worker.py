"""gunicorn's threads, which stay a moment with the connection that they have just answered.

gunicorn gives a kept connection back to its main thread after each answer and wakes another thread for the next
request: two changes of thread, a pipe and two calls of epoll for each. A clerk's proxy sends the next request of a busy
office within milliseconds on the same connection, and the thread that waits for it there is spared all of that.

This file alone reaches into gunicorn, which documents a worker class as something to choose, not to extend, and has no
hook around a connection or before the answer to an error. So methods of ``ThreadWorker`` are overridden
(``enqueue_req``, ``handle``, ``handle_request``, ``handle_error``), ``max_keepalived`` is computed, and
``conn.parser.unreader.buf`` is looked at for bytes that were read ahead. If gunicorn calls them otherwise, threads stay
too long or never, a busy process keeps its connections, and an unreadable request is answered in gunicorn's words.
tests/integration/test_staying_worker.py and test_unread_requests.py fail then; tests/unit/test_library_insides.py
compares the signatures.
"""

from __future__ import annotations

import select
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from adapters.gunicorn.load import WebLoads

STAY = 50
"""Milliseconds that a thread waits for the next request."""
AHEAD = 2
"""So many requests more than the freest process has under way are too many to keep every connection."""
LOADS = WebLoads()


class StayingWorker(ThreadWorker):  # type: ignore[misc]
    """As ``gthread``. At most half of the threads stay, and none while a request waits or the process is to stop."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._kept_at_most = 0
        self.place = LOADS.enter()  # left again by ``forget``, in the process that forks
        super().__init__(*arguments, **named)
        self._lock = threading.Lock()
        self._waiting = self._staying = self._under_way = 0

    @property
    def max_keepalived(self) -> int:
        """How many connections may rest before gunicorn closes one after its answer: none while another process is
        freer, so that its client comes to that one."""
        return 0 if LOADS.ahead(self.place) >= AHEAD else self._kept_at_most

    @max_keepalived.setter
    def max_keepalived(self, most: int) -> None:
        self._kept_at_most = most

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

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answers one request, which counts as under way meanwhile; whether the connection is kept."""
        self._count(1)
        try:
            return super().handle_request(req, conn)
        finally:
            self._count(-1)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answers bytes that are no request with the application's ``unparsable``, where it has one."""
        said = _Said()
        super().handle_error(req, said, addr, exc)
        _, status, reason = said.answer.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
        unparsable: Callable[[int, str], bytes] | None = getattr(self.wsgi, "unparsable", None)
        with suppress(OSError):  # who asked so may be gone
            write_nonblock(client, unparsable(int(status), reason) if unparsable else said.answer)

    def _count(self, more: int) -> None:
        with self._lock:
            self._under_way += more
            LOADS.count(self.place, self._under_way)

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


class _Said:
    """What gunicorn would say to a client."""

    answer = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, answer: bytes) -> None:
        self.answer = answer


def forget(worker: StayingWorker) -> None:
    """A process has ended, whatever ended it."""
    LOADS.leave(worker.place)
