"""A pool of idle connections, so that a batch of notices to one receiver need not connect for each."""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Line = TypeVar("Line")


class KeptLines(Generic[Line]):
    """Idle connections by receiver, kept for ``seconds`` at most. Threads may share a pool.

    A connection that was taken belongs to the caller until ``keep``. The other end may have closed it meanwhile.
    """

    def __init__(self, close: Callable[[Line], object], *, seconds: float = 5.0) -> None:
        """``close`` closes a connection; its exceptions are ignored."""
        self._close, self._seconds = close, seconds
        self._idle: dict[Hashable, list[tuple[float, Line]]] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle, close)

    def take(self, receiver: Hashable) -> Line | None:
        """The connection to a receiver that was used last; None when there is none."""
        with self._lock:
            self._drop_old()
            resting = self._idle.get(receiver)
            return resting.pop()[1] if resting else None

    def keep(self, receiver: Hashable, line: Line) -> None:
        """Gives a reusable connection back to the pool."""
        with self._lock:
            self._drop_old()
            self._idle.setdefault(receiver, []).append((time.monotonic(), line))

    def _drop_old(self) -> None:
        oldest = time.monotonic() - self._seconds
        for receiver, resting in list(self._idle.items()):
            while resting and resting[0][0] < oldest:
                _quietly(self._close, resting.pop(0)[1])
            if not resting:
                del self._idle[receiver]


def _close_all(idle: dict[Hashable, list[tuple[float, Line]]], close: Callable[[Line], object]) -> None:
    for resting in idle.values():
        for _, line in resting:
            _quietly(close, line)
    idle.clear()


def _quietly(close: Callable[[Line], object], line: Line) -> None:
    with contextlib.suppress(Exception):
        close(line)
