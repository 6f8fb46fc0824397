"""Running a plan to its end, batch after batch. What is broken off anywhere is taken up by calling the same again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.acts.apply_reform import Done, Run, apply_batch, begin_applying, finish_applying
from engine.acts.revert_reform import begin_reverting, finish_reverting, revert_batch
from engine.rules.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction

Told = Callable[[Done], Any]
_MOST_ROUNDS = 50
"""How often dossiers that somebody was working on are tried again before the run ends without them."""


@dataclass(slots=True)
class Tally:
    """What a run did. ``busy`` dossiers were being worked on to the end: run it again."""

    moved: int = 0
    stale: int = 0
    ended: int = 0
    busy: int = 0


def apply_all(runtime: Runtime, run: Run, told: Told = lambda _: None) -> Tally:
    """Moves every dossier of the plan that waits. Raises TooEarly, NotReady."""
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_applying(unit, run))
    tally = _rounds(runtime, partial(apply_batch, run=run), told)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_applying(unit, run))
    return tally


def revert_all(runtime: Runtime, run: Run, reason: str, told: Told = lambda _: None) -> Tally:
    """Takes every moved dossier back that nobody touched since. ``stale`` counts the touched. Raises NotReady."""
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_reverting(unit, run))
    tally = _rounds(runtime, partial(revert_batch, run=run, reason=reason), told)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_reverting(unit, run))
    return tally


def _rounds(runtime: Runtime, batch: Callable[..., tuple[Done, int | None]], told: Told) -> Tally:
    """Passes over all that waits until nothing does, or those left stay busy."""
    tally = Tally()
    for _ in range(_MOST_ROUNDS):
        after: int | None = 0
        tally.busy = 0
        while after is not None:
            done, after = in_transaction(runtime, SYSTEM_ACTOR, _above(batch, after))
            tally.moved += done.moved
            tally.stale += done.stale
            tally.ended += done.ended
            tally.busy += done.busy
            told(done)
        if not tally.busy:
            break
    return tally


def _above(
    batch: Callable[..., tuple[Done, int | None]], after: int
) -> Callable[[UnitOfWork], tuple[Done, int | None]]:
    return lambda unit: batch(unit, after=after)
