"""The gunicorn worker class: a lane for short requests, and threads for all others.

Plain gunicorn has one thread that finds readable connections and gives each to a thread of a pool, which gives it back
after the answer: for every request two changes of thread and a pipe. And with as many threads as slow clients and
uploads need, all of them take the interpreter from each other when many short requests come.

Here a few threads, the lane, each take the next readable connection themselves (``adapters.gunicorn.lines``). A request
that has come whole, and that the application names short (``is_short``), they answer at once. Every other request, and
every client that keeps one waiting, goes to the threads of the pool. So an action waits for no page and for no slow
client, and those who wait are served in the order in which they came.

This file alone depends on gunicorn's internals. gunicorn documents a worker class as something to choose, not to
extend, and has no hook around a connection or before the answer to an error. So methods of ``ThreadWorker`` are
overridden (``init_process``, ``run``, ``get_thread_pool``, ``enqueue_req``, ``handle_request``, ``handle_error``,
``murder_keepalived``, ``_cap_keepalive``), ``max_keepalived`` is computed, settings become plain attributes,
``conn.sock`` is replaced by a socket with a deadline (``adapters.gunicorn.patience``), and ``conn.parser.unreader``
gets what was read ahead. If gunicorn calls them differently, connections are not served or never end, a busy process
keeps them, or an unparsable request gets gunicorn's own answer. tests/integration/test_gunicorn_worker.py and
test_unparsable_requests.py fail then; tests/unit/test_library_insides.py compares the signatures.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import inf
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from adapters.gunicorn.lines import Lines
from adapters.gunicorn.load import WebLoads
from adapters.gunicorn.patience import PatientSocket, SlowHead

AHEAD = 2
"""With so many requests more than the least busy process, a process closes connections after their answer."""
AT_ONCE = 65_536
"""Bytes of a request that are read before it is known what it is."""
BODY_FOLLOWS = 2
"""Milliseconds that the lane waits for a body that was sent after its head."""
RELIEF = 1.0
"""After so many seconds in which every thread of the lane was busy, another takes connections, as long as some come."""
LINGER = 2.0
"""Seconds that a client has to close its side after the last answer, as RFC 9112, 9.6 asks for."""
LOADS = WebLoads()
_REQUEST = re.compile(rb"([A-Z]+) ([^ ?]+)(?:\?[^ ]*)? HTTP/1\.1\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,5})[ \t]*\r\n", re.IGNORECASE)


class LaneWorker(ThreadWorker):  # type: ignore[misc]
    """``gthread`` whose threads take connections themselves: half of them, the lane, answer short requests only."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._kept_at_most = 0
        self.place = LOADS.enter()  # freed by ``forget``, in the parent process
        super().__init__(*arguments, **named)
        self._lanes = max(1, self.cfg.threads // 2)
        self._lock = threading.Lock()
        self._queued = self._under_way = self._relieving = 0

    @property
    def max_keepalived(self) -> int:
        """The number of idle connections above which gunicorn closes one after its answer: it knows of none.

        So this is 0 when there are too many, and while another process is less busy, so that the client reconnects to
        that one.
        """
        many = self.lines.resting >= self._kept_at_most
        return 0 if many or LOADS.ahead(self.place) >= AHEAD else self._kept_at_most

    @max_keepalived.setter
    def max_keepalived(self, most: int) -> None:
        self._kept_at_most = most

    def init_process(self) -> None:
        """Begins to serve. Settings change no more: as plain attributes they cost no search at each use."""
        self.cfg.__dict__.update((name, setting.get()) for name, setting in self.cfg.settings.items())
        self.lines = Lines()
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The threads: those of the lane, and at least one other."""
        return ThreadPoolExecutor(max_workers=max(self.cfg.threads, self._lanes + 1))

    def run(self) -> None:
        """Serves until told to stop, and then what has begun."""
        for _ in range(self._lanes):
            self.tpool.submit(self._lane)
        try:
            super().run()
        finally:
            self.lines.close()

    def enqueue_req(self, conn: Any) -> None:
        """Takes on a new connection."""
        conn.sock = PatientSocket(conn.sock, self._others_wait)
        self._rest(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """Closes the connections that have rested for too long, or all. gunicorn calls it once a second or oftener."""
        for conn in self.lines.overdue(inf if force else time.monotonic()):
            self._close(conn)
        spare = self.cfg.threads - self._lanes - 1
        if self._relieving < spare and self.lines.unattended(RELIEF) and not force:
            with self._lock:
                self._relieving += 1
            self.tpool.submit(self._relieve)

    def _cap_keepalive(self, deadline: float) -> None:
        self.lines.hasten(deadline)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answers one request, which counts as in progress meanwhile; returns whether the connection is kept."""
        self._count(begun=1)
        conn.sock.head_is_read()
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock.flush()
            self._count(begun=-1)

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
            client.sendall(unparsable(int(status), reason) if unparsable else said.answer)

    def _relieve(self) -> None:
        """Does for a while what the lane does, which waits for a lock or for the database."""
        self._lane(RELIEF)
        with self._lock:
            self._relieving -= 1

    def _lane(self, patience: float = -1) -> None:
        """What a thread of the lane does."""
        while (conn := self.lines.next(patience)) is not None:
            try:
                self._begin(conn)
            except Exception:  # of one connection: the thread serves the others on
                self.log.exception("A connection failed")
                self._leave(conn, ended=True)

    def _begin(self, conn: Any) -> None:
        """Reads what has come; answers a short request, and gives any other to the pool."""
        data = conn.sock.come(AT_ONCE)
        if data and not conn.sock.leaving:
            self._take_up(conn, self._with_body(conn, data))
            return
        self._count()
        if data is None:
            self.lines.rest(conn, conn.timeout)
        else:
            self._leave(conn, ended=not data)

    def _take_up(self, conn: Any, data: bytes) -> None:
        """Begins a request of which this much has come."""
        conn.init()
        conn.parser.unreader.unread(data)
        if self._is_short(data):
            conn.sock.begin(hurried=True)
            self._after(conn, self.handle(conn))
        else:
            self._queue(conn)

    def _with_body(self, conn: Any, data: bytes) -> bytes:
        """Some clients send a body just after its head: then with it."""
        if data.endswith(b"\r\n\r\n") and data.startswith(b"POST ") and b"\r\nExpect:" not in data:
            data += conn.sock.come(AT_ONCE, BODY_FOLLOWS) or b""
        return data

    def _is_short(self, data: bytes) -> bool:
        """Whether this is one whole request of those that the application names short."""
        named: Callable[[str, str], bool] | None = getattr(self.wsgi, "is_short", None)
        first = _REQUEST.match(data)
        if named is None or first is None or not named(first[1].decode(), first[2].decode("latin-1")):
            return False
        head, gap, body = data.partition(b"\r\n\r\n")
        lengths, told = _LENGTH.findall(head + b"\r\n"), head.lower()
        if not gap or b"chunked" in told or told.count(b"content-length") != len(lengths):
            return False  # also of a length that is long, odd or told twice
        return len(body) == sum(map(int, lengths))

    def _queue(self, conn: Any) -> None:
        self._count(queued=1)
        self.tpool.submit(self._in_pool, conn)

    def _in_pool(self, conn: Any) -> None:
        """Answers one request of any kind."""
        self._count(queued=-1)
        try:
            conn.sock.begin()
            self._after(conn, self.handle(conn))
        except Exception:  # the pool would keep it to itself
            self.log.exception("A connection failed")
            self._leave(conn, ended=True)

    def _after(self, conn: Any, kept: Any) -> None:
        """What becomes of a connection after an answer."""
        if conn.sock.unsent:
            self.tpool.submit(self._send_rest, conn, kept)
        elif not kept:
            self._leave(conn)
        elif conn.parser.unreader.buf.getvalue():  # the next request came with this one
            self._queue(conn)
        else:
            self._rest(conn)

    def _send_rest(self, conn: Any, kept: Any) -> None:
        """Sends what the client did not take at once."""
        conn.sock.hurried = False
        try:
            conn.sock.flush()
        except OSError:
            kept = False
        self._after(conn, kept)

    def _rest(self, conn: Any) -> None:
        seconds = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
        self.lines.rest(conn, time.monotonic() + seconds)

    def _leave(self, conn: Any, ended: bool = False) -> None:
        """Ends a connection: at once when the client has ended it, else when the client does, or is late."""
        if ended:
            self.method_queue.defer(self._close, conn)
            return
        if not conn.sock.leaving:
            conn.sock.leaving, conn.timeout = True, time.monotonic() + LINGER
            with suppress(OSError):  # the client has ended it meanwhile, as the next look will tell
                conn.sock.shutdown(socket.SHUT_WR)
        self.lines.rest(conn, conn.timeout)

    def _close(self, conn: Any) -> None:
        """Closes a connection, once; in the main thread, which alone counts them."""
        if not conn.sock.closed:
            conn.sock.closed = True
            self.nr_conns -= 1
            conn.close()

    def _others_wait(self) -> bool:
        return self._queued > 0

    def _count(self, begun: int = 0, queued: int = 0) -> None:
        with self._lock:
            self._under_way += begun
            self._queued += queued
            LOADS.count(self.place, self._under_way + self._queued + self.lines.ready)


_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Said:
    """A stand-in for a socket that captures gunicorn's answer to an error."""

    answer = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, answer: bytes) -> None:
        self.answer = answer


def forget(worker: LaneWorker) -> None:
    """Frees the place of a process that has ended, for whatever reason."""
    LOADS.leave(worker.place)
