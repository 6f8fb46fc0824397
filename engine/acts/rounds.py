"""Passes over the dossiers of a plan (of a reform or a version), batch after batch in several lanes, until none is left
that somebody works on.

A batch that cannot move all of its dossiers may leave some to the long way, whose batches go between the others. The
size of a batch adapts so that it locks its dossiers for about ``LOCKED`` seconds, since a clerk who needs one of them
waits that long.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction

LOCKED = 0.04
"""Seconds for which a batch should lock its dossiers."""
_PAGE = 10_000  # dossiers read by one query
_MOST_ROUNDS = 50
"""The number of passes, with retries of locked dossiers, before the run ends without them."""


@dataclass(frozen=True, slots=True)
class Done:
    """The numbers of dossiers of one batch by outcome; ``held_since`` (``time.monotonic``) is when it began to lock.

    ``left`` are the dossiers that the one statement of a batch leaves to the long way.
    """

    moved: int = 0
    stale: int = 0
    ended: int = 0
    busy: int = 0
    held_since: float = 0.0
    left: tuple[int, ...] = ()

    @property
    def settled(self) -> int:
        return self.moved + self.stale + self.ended


@dataclass(slots=True)
class Tally:
    """The numbers of dossiers of a run by outcome. ``busy`` ones stayed locked to the end: run it again for them."""

    moved: int = 0
    stale: int = 0
    ended: int = 0
    busy: int = 0

    def add(self, done: Done) -> None:
        """Adds the numbers of one batch."""
        self.moved += done.moved
        self.stale += done.stale
        self.ended += done.ended
        self.busy += done.busy


class Sizes(NamedTuple):
    """How many dossiers a batch has: the fewest, the first one, and the most."""

    fewest: int
    first: int
    most: int


T = TypeVar("T")
Page = Callable[[Connection, int, int], list[T]]
"""The next dossiers above an id, at most so many, in order of their ids."""
Batch = Callable[[UnitOfWork, Sequence[T]], Done]
Told = Callable[[Done], object]
"""Gets the result of each batch."""


class Rounds(Generic[T]):
    """The passes of one run: ``page`` reads the dossiers, ``number`` gives the id of one, ``batch`` moves some.

    ``rest`` moves those that ``batch`` left, by their ids.
    """

    def __init__(
        self,
        runtime: Runtime,
        page: Page[T],
        number: Callable[[T], int],
        batch: Batch[T],
        sizes: Sizes,
        rest: Batch[int] | None = None,
    ) -> None:
        self._runtime, self._page, self._number = runtime, page, number
        self._batch = _Sized(runtime, batch, sizes)
        self._rest = _Sized(runtime, rest, sizes) if rest else None
        self._left: list[int] = []
        self._lanes = 3 if runtime.database.dialect.name == "postgresql" else 1  # SQLite has one writer
        self._latest = float("inf")

    def through(self, told: Told, seconds: float) -> Tally:
        """Goes over all dossiers until a pass leaves none busy; ``told`` gets the result of each batch.

        It begins no batch after ``seconds``.
        """
        tally, self._latest = Tally(), time.monotonic() + seconds
        for _ in range(_MOST_ROUNDS):
            tally.busy = 0
            for done in self._round():
                tally.add(done)
                told(done)
            if not tally.busy or self._is_late():
                break
        return tally

    def _round(self) -> Iterator[Done]:
        with ThreadPoolExecutor(self._lanes) as lanes:
            yield from self._done(lanes, self._jobs())
            yield from self._done(lanes, self._jobs_left(1))

    def _done(self, lanes: ThreadPoolExecutor, jobs: Iterable[Callable[[], Done]]) -> Iterator[Done]:
        under_way: deque[Future[Done]] = deque()
        for job in jobs:
            under_way.append(lanes.submit(job))
            if len(under_way) > self._lanes:
                yield self._settled(under_way.popleft())
        while under_way:
            yield self._settled(under_way.popleft())

    def _settled(self, batch: Future[Done]) -> Done:
        done = batch.result()
        self._left += done.left
        return done

    def _jobs(self) -> Iterator[Callable[[], Done]]:
        """The batches of all pages, and those of the long way as soon as one is full."""
        for page in self._pages():
            while page and not self._is_late():
                size = self._batch.size
                yield partial(self._batch, page[:size])
                del page[:size]
                if self._rest is not None:
                    yield from self._jobs_left(self._rest.size)
            if page:
                return

    def _jobs_left(self, least: int) -> Iterator[Callable[[], Done]]:
        """The batches of the long way, while at least so many dossiers were left to it."""
        while self._rest is not None and len(self._left) >= least and not self._is_late():
            size = self._rest.size
            ids, self._left = self._left[:size], self._left[size:]
            yield partial(self._rest, ids)

    def _pages(self) -> Iterator[list[T]]:
        """The pages; a thread reads the next one while this one is worked on."""
        with ThreadPoolExecutor(1) as ahead:
            page = self._read(0)
            while page:
                coming = ahead.submit(self._read, self._number(page[-1])) if len(page) == _PAGE else None
                yield page
                page = coming.result() if coming else []

    def _read(self, after: int) -> list[T]:
        with self._runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            return self._page(connection, after, _PAGE)

    def _is_late(self) -> bool:
        return time.monotonic() > self._latest


class _Sized(Generic[T]):
    """A way to move a batch, each in its transaction, and the size that the duration of the last ones asks for."""

    def __init__(self, runtime: Runtime, batch: Batch[T], sizes: Sizes) -> None:
        self._runtime, self._batch, self._sizes, self._size = runtime, batch, sizes, float(sizes.first)

    @property
    def size(self) -> int:
        return int(self._size)

    def __call__(self, items: Sequence[T]) -> Done:
        done = in_transaction(self._runtime, SYSTEM_ACTOR, lambda unit: self._batch(unit, items))
        ratio = LOCKED / max(time.monotonic() - done.held_since, 1e-6) * len(items) / self._size
        self._size = min(max(self._size * min(max(ratio, 0.5), 1.5), self._sizes.fewest), self._sizes.most)
        return done
