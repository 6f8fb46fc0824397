"""gunicorn's threads, which stay a moment with the connection that they have just answered.

gunicorn gives a kept connection back to its main thread after each answer and wakes another thread for the next
request: two changes of thread, a pipe and two calls of epoll for each. A clerk's proxy sends the next request of a busy
office within milliseconds on the same connection, and the thread that waits for it there is spared all of that.
"""

from __future__ import annotations

import select
import ssl
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

STAY = 50
"""Milliseconds that a thread waits for the next request, as long as there are no more connections than threads."""


class StayingWorker(ThreadWorker):  # type: ignore[misc]
    """As ``gthread``. A thread leaves at once when others may need it, or when the process is to stop."""

    def handle(self, conn: Any) -> Any:
        """Answers requests on a connection, in a thread of the pool; what gunicorn is to do with it then."""
        while True:
            kept = super().handle(conn)
            if kept is not True or not self._another_comes(conn):
                return kept

    def _another_comes(self, conn: Any) -> bool:
        if not self.alive or self.nr_conns > self.cfg.threads or isinstance(conn.sock, ssl.SSLSocket):
            return False
        if conn.parser.unreader.buf.getvalue():  # sent along with the one before
            return True
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(STAY))
