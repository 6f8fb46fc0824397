"""Counts the requests in progress of each gunicorn process, so that a busy one can shed connections.

A connection stays with the process that accepted it, and a proxy sends the next request over the connection that it
used last. So two processes easily share the work four to one, and requests wait in the busy one while a processor is
idle. A process that is busier than another closes a connection after its answer. The next connection is accepted by
the less busy process, which reaches it first.
"""

from __future__ import annotations

import mmap

PLACES = 128
_ABSENT = 255
_MOST = _ABSENT - 1


class WebLoads:
    """The counts, a byte each, in shared memory. It is created before the fork; a process writes its own place only."""

    def __init__(self) -> None:
        self._counts = mmap.mmap(-1, PLACES)
        self._counts[:] = bytes([_ABSENT]) * PLACES

    def enter(self) -> int | None:
        """Takes a place for a process that is about to be forked; None when all are taken."""
        place = self._counts.find(_ABSENT.to_bytes())
        if place < 0:
            return None
        self._counts[place] = 0
        return place

    def leave(self, place: int | None) -> None:
        """Frees the place of a process that has ended."""
        if place is not None:
            self._counts[place] = _ABSENT

    def count(self, place: int | None, under_way: int) -> None:
        """Sets the number of requests in progress at a place."""
        if place is not None:
            self._counts[place] = min(under_way, _MOST)

    def ahead(self, place: int | None) -> int:
        """The number of requests in progress there above that of the least busy process; 0 for that one."""
        if place is None:
            return 0
        counts = self._counts[:]
        return counts[place] - min(counts)
