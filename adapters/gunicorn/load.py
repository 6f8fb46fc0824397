"""How many requests each web process has under way: a byte for each, in memory that the processes share.

A connection stays with the process that took it, and a proxy sends the next request over the connection that it used
last. Two processes so easily share the work four to one, and the busy one makes its requests wait for each other while
a processor is free. Whoever sees that another is freer closes a connection after its answer; the next one is
taken by the freer process, which comes to it first.
"""

from __future__ import annotations

import mmap

PLACES = 128
_ABSENT = 255
_MOST = _ABSENT - 1


class WebLoads:
    """Made before the processes are forked. A process counts at its own place only."""

    def __init__(self) -> None:
        self._counts = mmap.mmap(-1, PLACES)
        self._counts[:] = bytes([_ABSENT]) * PLACES

    def enter(self) -> int | None:
        """A place for a process that is about to be forked; none where all are taken."""
        place = self._counts.find(_ABSENT.to_bytes())
        if place < 0:
            return None
        self._counts[place] = 0
        return place

    def leave(self, place: int | None) -> None:
        """The process that counted there has ended."""
        if place is not None:
            self._counts[place] = _ABSENT

    def count(self, place: int | None, under_way: int) -> None:
        """So many requests are under way there now."""
        if place is not None:
            self._counts[place] = min(under_way, _MOST)

    def ahead(self, place: int | None) -> int:
        """How many more requests are under way there than where the fewest are; 0 for the freest process."""
        if place is None:
            return 0
        counts = self._counts[:]
        return counts[place] - min(counts)
