"""An open load: requests arrive at a fixed rate, whether those before are answered or not.

Every latency is counted from the moment at which the request was to arrive, so that a server that stands still for a
second is charged with all who came in that second, not with one. One thread with an event loop, bare sockets and kept
connections, since the generator shares the machine with what it measures.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 64
LOST_AFTER = 30.0  # seconds without an answer
GIVES_UP_AT = 30.0  # seconds of arrivals that wait for a connection: going on would measure nothing but the line


@dataclass(slots=True)
class Asked:
    """One request: of what kind, its bytes, and what is to be told its answer."""

    kind: str
    request: bytes
    told: Callable[[int, bytes], None]
    due: float = 0.0
    again: bool = False


@dataclass(slots=True)
class Stream:
    """Requests that arrive evenly, so many a second."""

    rate: float
    ask: Callable[[], Asked]


@dataclass(slots=True)
class Seen:
    """Seconds from due arrival to answer by kind; answers that were none of 2xx by kind and status (0: lost).

    ``seconds`` are those in which requests arrived; ``gave_up``: fewer than asked for, since ever more waited.
    ``late``: by how many the generator itself was behind at most, which its latencies hold.
    """

    latencies: dict[str, array[float]] = field(default_factory=dict)
    wrong: Counter[tuple[str, int]] = field(default_factory=Counter)
    examples: dict[tuple[str, int], bytes] = field(default_factory=dict)
    seconds: float = 0.0
    gave_up: bool = False
    late: float = 0.0

    def percentile(self, kind: str, share: float) -> float:
        """In milliseconds; every kind where ``kind`` is empty."""
        ordered = sorted(one for key, ones in self.latencies.items() if kind in ("", key) for one in ones)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


class Load:
    """Carries the streams to the port for some seconds. ``run`` may be called again; what is seen is told each time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._seen = Seen()
        self._free: list[_Wire] = []
        self._waiting: deque[Asked] = deque()
        self._busy: set[_Wire] = set()
        self._opening = 0

    async def run(self, streams: Sequence[Stream], seconds: float) -> Seen:
        """What was seen of the requests that arrived in so many seconds."""
        seen = self._seen = Seen()
        start = time.perf_counter()
        until = start + seconds
        due = [start + index / (len(streams) * stream.rate) for index, stream in enumerate(streams)]
        most = GIVES_UP_AT * sum(stream.rate for stream in streams)
        while (soonest := min(due)) < until:
            now = time.perf_counter()
            if soonest > now:
                await asyncio.sleep(soonest - now)
                continue
            which = due.index(soonest)
            seen.late = max(seen.late, now - soonest)
            asked = streams[which].ask()
            asked.due = soonest
            due[which] += 1 / streams[which].rate
            self._send(asked)
            if len(self._waiting) > most:
                seen.gave_up = True
                self._waiting.clear()
                break
        seen.seconds = time.perf_counter() - start
        latest = time.perf_counter() + LOST_AFTER
        while (self._busy or self._waiting) and time.perf_counter() < latest:
            await asyncio.sleep(0.02)
        for wire in list(self._busy):
            wire.give_up()
        return seen

    def close(self) -> None:
        for wire in [*self._free, *self._busy]:
            wire.close()

    def _send(self, asked: Asked) -> None:
        if self._free:
            self._free.pop().send(asked)
            return
        self._waiting.append(asked)
        self._open_one_more()

    def _open_one_more(self) -> None:
        if len(self._busy) + self._opening < CONNECTIONS:
            self._opening += 1
            asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        try:
            _, wire = await asyncio.get_running_loop().create_connection(lambda: _Wire(self), "127.0.0.1", self._port)
        except OSError:
            if self._waiting:
                self.answered(self._waiting.popleft(), 0, b"nobody listens")
            return
        finally:
            self._opening -= 1
        self.next(wire)

    def next(self, wire: _Wire) -> None:
        """The connection is free: the longest waiting request goes over it."""
        self._busy.discard(wire)
        if self._waiting:
            wire.send(self._waiting.popleft())
        else:
            self._free.append(wire)

    def sent(self, wire: _Wire) -> None:
        self._busy.add(wire)

    def answered(self, asked: Asked, status: int, body: bytes) -> None:
        self._seen.latencies.setdefault(asked.kind, array("d")).append(time.perf_counter() - asked.due)
        if not 200 <= status < 300:
            self._seen.wrong[asked.kind, status] += 1
            self._seen.examples.setdefault((asked.kind, status), body[:300])
        asked.told(status, body)

    def gone(self, wire: _Wire, asked: Asked | None) -> None:
        """The server closed the connection: one that rested is forgotten; a request under way is sent once more."""
        self._busy.discard(wire)
        if wire in self._free:
            self._free.remove(wire)
        if asked is not None and not asked.again:
            asked.again = True
            self._send(asked)
        elif asked is not None:
            self.answered(asked, 0, b"the connection was closed twice")
        if self._waiting:
            self._open_one_more()


class _Wire(asyncio.Protocol):
    """One kept connection: a request at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._asked: Asked | None = None
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, asked: Asked) -> None:
        assert self._transport is not None
        self._asked, self._data = asked, b""
        self._load.sent(self)
        self._transport.write(asked.request)

    def data_received(self, data: bytes) -> None:
        self._data += data
        end = self._data.find(b"\r\n\r\n")
        if end < 0 or self._asked is None:
            return
        head = self._data[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._data) < end + 4 + length:
            return
        asked, self._asked = self._asked, None
        body = self._data[end + 4 : end + 4 + length]
        self._load.answered(asked, int(head[9:12]), body)
        if b"connection: close" in head:
            self.close()
            self._load.gone(self, None)
        else:
            self._load.next(self)

    def connection_lost(self, exc: Exception | None) -> None:
        asked, self._asked = self._asked, None
        self._load.gone(self, asked)

    def give_up(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self._load.answered(asked, 0, b"no answer")
        self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
