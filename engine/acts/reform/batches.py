"""Applies or reverts a whole plan, batch after batch. A second call continues an interrupted run.

On PostgreSQL three batches run in parallel: one is computed here while the others are written, which keeps two
processors busy (docs/reform.md). The batch size adapts so that a batch locks its dossiers for about ``LOCKED`` seconds,
since a clerk who needs one of them waits that long.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from engine.acts.reform.apply import apply_batch, begin_applying, finish_applying
from engine.acts.reform.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.reform.run import Done, Run, ids_standing
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction

Told = Callable[[Done], Any]
Batch = Callable[[UnitOfWork, Sequence[int]], Done]
LOCKED = 0.04
"""Seconds for which a batch should lock its dossiers."""
_SMALLEST, _FIRST, _LARGEST = 50, 100, 500
_PAGE = 10_000  # ids read by one query
_MOST_ROUNDS = 50
"""The number of passes, with retries of locked dossiers, before the run ends without them."""


@dataclass(slots=True)
class Tally:
    """The numbers of dossiers of a run by outcome. ``busy`` ones stayed locked to the end: run it again for them."""

    moved: int = 0
    stale: int = 0
    ended: int = 0
    busy: int = 0


def apply_all(runtime: Runtime, run: Run, told: Told = lambda _: None, seconds: float = float("inf")) -> Tally:
    """Moves every waiting dossier of the plan; ``told`` gets the result of each batch.

    It begins no batch after ``seconds``; the next call goes on. Raises TooEarly, NotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_applying(unit, run))
    tally = _Rounds(runtime, run, "waiting", lambda unit, ids: apply_batch(unit, run, ids)).through(told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_applying(unit, run))
    return tally


def revert_all(
    runtime: Runtime, run: Run, reason: str, told: Told = lambda _: None, seconds: float = float("inf")
) -> Tally:
    """Moves back every moved dossier that was not changed since; ``stale`` counts the changed ones.

    It begins no batch after ``seconds``; the next call goes on. Raises NotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_reverting(unit, run))
    tally = _Rounds(runtime, run, "done", lambda unit, ids: revert_batch(unit, run, ids, reason)).through(told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_reverting(unit, run))
    return tally


class _Rounds:
    """Repeated passes over all dossiers with a status, until a pass leaves none busy or the rounds are used up."""

    def __init__(self, runtime: Runtime, run: Run, status: str, batch: Batch) -> None:
        self._runtime, self._run, self._status, self._batch = runtime, run, status, batch
        self._lanes = 3 if runtime.database.dialect.name == "postgresql" else 1  # SQLite has one writer
        self._size = float(_FIRST)
        self._latest = float("inf")

    def through(self, told: Told, seconds: float) -> Tally:
        tally, self._latest = Tally(), time.monotonic() + seconds
        for _ in range(_MOST_ROUNDS):
            tally.busy = 0
            for done in self._round():
                tally.moved += done.moved
                tally.stale += done.stale
                tally.ended += done.ended
                tally.busy += done.busy
                told(done)
            if not tally.busy or time.monotonic() > self._latest:
                break
        return tally

    def _round(self) -> Iterator[Done]:
        under_way: deque[Future[Done]] = deque()
        with ThreadPoolExecutor(self._lanes) as lanes:
            for ids in self._batches():
                under_way.append(lanes.submit(self._timed, ids))
                if len(under_way) > self._lanes:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()

    def _batches(self) -> Iterator[list[int]]:
        """The ids batch by batch; the duration of the last batches decides the size of the next one."""
        ids: list[int] = []
        after, more = 0, True
        while (ids or more) and time.monotonic() <= self._latest:
            size = int(self._size)
            if more and len(ids) < size:
                page = self._page(ids[-1] if ids else after)
                more = len(page) == _PAGE
                ids += page
            if batch := ids[:size]:
                yield batch
                after = batch[-1]
                del ids[:size]

    def _page(self, after: int) -> list[int]:
        with self._runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            return ids_standing(connection, self._run, self._status, after, _PAGE)

    def _timed(self, ids: Sequence[int]) -> Done:
        done = in_transaction(self._runtime, SYSTEM_ACTOR, lambda unit: self._batch(unit, ids))
        ratio = LOCKED / max(time.monotonic() - done.held_since, 1e-6) * len(ids) / self._size
        self._size = min(max(self._size * min(max(ratio, 0.5), 1.5), _SMALLEST), _LARGEST)
        return done
