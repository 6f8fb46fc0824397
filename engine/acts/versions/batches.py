"""Applies or reverts a whole version plan, batch after batch. A second call continues an interrupted run.

The batch size adapts so that a batch locks its dossiers for about ``LOCKED`` seconds, since a clerk who needs one of
them waits that long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.acts.versions.apply import apply_batch, begin_applying, finish_applying
from engine.acts.versions.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.versions.run import Moved, PlanRun
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.version_plans import ids_with
from engine.transaction import Runtime, UnitOfWork, in_transaction

Told = Callable[[Moved], Any]
Batch = Callable[[UnitOfWork, Sequence[int]], Moved]
LOCKED = 0.04
"""Seconds for which a batch should lock its dossiers."""
_SMALLEST, _FIRST, _LARGEST = 5, 10, 200
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

    def add(self, done: Moved) -> None:
        self.moved += done.moved
        self.stale += done.stale
        self.ended += done.ended
        self.busy += done.busy


def apply_all(runtime: Runtime, run: PlanRun, told: Told = lambda _: None, seconds: float = float("inf")) -> Tally:
    """Moves every waiting dossier of the plan; ``told`` gets the result of each batch.

    It begins no batch after ``seconds``; the next run goes on. Raises TooEarly, PlanNotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, partial(begin_applying, run=run))
    tally = _through(runtime, run, "waiting", lambda unit, ids: apply_batch(unit, run, ids), told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, partial(finish_applying, run=run))
    return tally


def revert_all(
    runtime: Runtime,
    run: PlanRun,
    legal: str,
    reason: str,
    told: Told = lambda _: None,
    seconds: float = float("inf"),
) -> Tally:
    """Moves back every moved dossier that was not changed since; ``stale`` counts the changed ones.

    It begins no batch after ``seconds``; the next run goes on. Raises PlanNotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, partial(begin_reverting, run=run))
    batch = partial(revert_batch, run=run, legal=legal, reason=reason)
    tally = _through(runtime, run, "done", lambda unit, ids: batch(unit, ids=ids), told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, partial(finish_reverting, run=run))
    return tally


def _through(runtime: Runtime, run: PlanRun, status: str, batch: Batch, told: Told, seconds: float) -> Tally:
    """Passes over all dossiers with a status, until a pass leaves none busy or the rounds are used up."""
    tally, latest, size = Tally(), time.monotonic() + seconds, float(_FIRST)
    for _ in range(_MOST_ROUNDS):
        tally.busy, after = 0, 0
        while page := _page(runtime, run, status, after):
            after = page[-1]
            while page:
                if time.monotonic() > latest:
                    return tally
                ids, page = page[: int(size)], page[int(size) :]
                done = in_transaction(runtime, SYSTEM_ACTOR, partial(_once, batch=batch, ids=ids))
                size = _fitting(size, len(ids), done.seconds)
                tally.add(done)
                told(done)
        if not tally.busy:
            break
    return tally


def _once(unit: UnitOfWork, batch: Batch, ids: Sequence[int]) -> Moved:
    return batch(unit, ids)


def _page(runtime: Runtime, run: PlanRun, status: str, after: int) -> list[int]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return ids_with(connection, run.id, status, after, _PAGE)


def _fitting(size: float, taken: int, seconds: float) -> float:
    """The next batch size, so that a batch locks for about ``LOCKED`` seconds."""
    ratio = LOCKED / max(seconds, 1e-6) * taken / size
    return min(max(size * min(max(ratio, 0.5), 1.5), _SMALLEST), _LARGEST)
