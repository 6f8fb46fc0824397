"""The gunicorn worker class: its threads wait a moment for the next request on the connection just answered.

Plain gunicorn gives a kept-alive connection back to its main thread after each answer, and wakes another thread for the
next request: two thread switches, a pipe and two calls of epoll for each. The proxy of a busy office sends the next
request within milliseconds on the same connection, so a thread that waits for it saves all of that.

This file alone depends on gunicorn's internals. gunicorn documents a worker class as something to choose, not to
extend, and has no hook around a connection or before the answer to an error. So methods of ``ThreadWorker`` are
overridden (``init_process``, ``enqueue_req``, ``handle``, ``handle_request``, ``handle_error``), ``max_keepalived`` is
computed, settings become plain attributes,
``conn.sock`` is replaced by a socket with a deadline (``adapters.gunicorn.patience``), and
``conn.parser.unreader.buf`` is read to find bytes that were read ahead. If gunicorn calls them differently, threads
wait too long or never, a busy process keeps its connections, or an unparsable request gets gunicorn's own answer.
tests/integration/test_gunicorn_worker.py and test_unparsable_requests.py fail then; tests/unit/test_library_insides.py
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
from adapters.gunicorn.patience import PatientSocket, SlowHead

STAY = 50
"""Milliseconds that a thread waits for the next request."""
AHEAD = 2
"""With so many requests more than the least busy process, a process closes connections after their answer."""
LOADS = WebLoads()


class StayingWorker(ThreadWorker):  # type: ignore[misc]
    """``gthread`` with threads that wait: at most half of them, and none while a request is queued or a stop is due."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._kept_at_most = 0
        self.place = LOADS.enter()  # freed by ``forget``, in the parent process
        super().__init__(*arguments, **named)
        self._lock = threading.Lock()
        self._waiting = self._staying = self._under_way = 0

    @property
    def max_keepalived(self) -> int:
        """The number of idle connections above which gunicorn closes one after its answer.

        It is 0 while another process is less busy, so that the client reconnects to that one.
        """
        return 0 if LOADS.ahead(self.place) >= AHEAD else self._kept_at_most

    @max_keepalived.setter
    def max_keepalived(self, most: int) -> None:
        self._kept_at_most = most

    def init_process(self) -> None:
        """Begins to serve. Settings change no more: as plain attributes they cost no search at each use."""
        self.cfg.__dict__.update((name, setting.get()) for name, setting in self.cfg.settings.items())
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Queues a readable connection for a thread of the pool."""
        if not isinstance(conn.sock, PatientSocket) and not self.cfg.is_ssl:
            conn.sock = PatientSocket(conn.sock, self._others_wait)
        with self._lock:
            self._waiting += 1
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answers requests on a connection, in a thread of the pool; returns what gunicorn does with it next."""
        with self._lock:
            self._waiting -= 1
        while True:
            if isinstance(conn.sock, PatientSocket):
                conn.sock.begin()
            kept = super().handle(conn)
            if kept is not True or not self._another_comes(conn):
                return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answers one request, which counts as in progress meanwhile; returns whether the connection is kept."""
        self._count(1)
        if isinstance(conn.sock, PatientSocket):
            conn.sock.head_is_read()
        try:
            kept = super().handle_request(req, conn)
        finally:
            if isinstance(conn.sock, PatientSocket):
                conn.sock.flush()
            self._count(-1)
        return kept

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answers bytes that are no request by the application's ``unparsable``, where it has one."""
        said = _Said()
        if isinstance(exc, SlowHead):
            said.answer = _TOO_SLOW
        else:
            super().handle_error(req, said, addr, exc)
        _, status, reason = said.answer.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
        unparsable: Callable[[int, str], bytes] | None = getattr(self.wsgi, "unparsable", None)
        with suppress(OSError):  # the client may have closed the connection
            write_nonblock(client, unparsable(int(status), reason) if unparsable else said.answer)

    def _others_wait(self) -> bool:
        return self._waiting > 0

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
            if conn.parser.unreader.buf.getvalue():  # pipelined with the last request
                return True
            if isinstance(conn.sock, ssl.SSLSocket):  # poll does not see bytes that TLS has decrypted already
                return False
            waiting = select.poll()
            waiting.register(conn.sock, select.POLLIN)
            return bool(waiting.poll(STAY))
        finally:
            with self._lock:
                self._staying -= 1


_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Said:
    """A stand-in for a socket that captures gunicorn's answer to an error."""

    answer = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, answer: bytes) -> None:
        self.answer = answer


def forget(worker: StayingWorker) -> None:
    """Frees the place of a process that has ended, for whatever reason."""
    LOADS.leave(worker.place)
