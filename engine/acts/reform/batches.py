"""Applies or reverts a whole plan, batch after batch. A second call continues an interrupted run.

On PostgreSQL a batch of regular cases is one statement (``at_once``), and three batches run in parallel: one is
prepared here while the others are written, which keeps two processors busy (docs/reform.md).
"""

from __future__ import annotations

from operator import attrgetter

from engine.acts.reform.apply import apply_batch, begin_applying, finish_applying
from engine.acts.reform.at_once import Regular, apply_at_once
from engine.acts.reform.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.reform.run import Run, ids_standing
from engine.acts.rounds import Page, Rounds, Sizes, Tally, Told
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.planned_moves import Planned, planned_after
from engine.transaction import Runtime, in_transaction

SIZES = Sizes(fewest=50, first=100, most=500)


def apply_all(
    runtime: Runtime,
    run: Run,
    told: Told = lambda _: None,
    seconds: float = float("inf"),
    *,
    at_once: bool = True,
) -> Tally:
    """Moves every waiting dossier of the plan; ``told`` gets the result of each batch.

    It begins no batch after ``seconds``; the next call goes on. ``at_once=False`` takes the long way for all of them,
    to compare the two. Raises TooEarly, NotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_applying(unit, run))
    if at_once and runtime.database.dialect.name == "postgresql":
        tally = _at_once(runtime, run).through(told, seconds)
    else:
        page = _standing(run, "waiting")
        tally = Rounds(runtime, page, int, lambda unit, ids: apply_batch(unit, run, ids), SIZES).through(told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_applying(unit, run))
    return tally


def revert_all(
    runtime: Runtime, run: Run, reason: str, told: Told = lambda _: None, seconds: float = float("inf")
) -> Tally:
    """Moves back every moved dossier that was not changed since; ``stale`` counts the changed ones.

    It begins no batch after ``seconds``; the next call goes on. Raises NotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: begin_reverting(unit, run))
    page = _standing(run, "done")
    rounds = Rounds(runtime, page, int, lambda unit, ids: revert_batch(unit, run, ids, reason), SIZES)
    tally = rounds.through(told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: finish_reverting(unit, run))
    return tally


def _at_once(runtime: Runtime, run: Run) -> Rounds[Planned]:
    regular = Regular(runtime.catalogue, run)
    return Rounds(
        runtime,
        lambda connection, after, limit: planned_after(connection, run.id, after, limit),
        attrgetter("id"),
        lambda unit, planned: apply_at_once(unit, run, regular, planned),
        SIZES,
        rest=lambda unit, ids: apply_batch(unit, run, ids),
    )


def _standing(run: Run, status: str) -> Page[int]:
    return lambda connection, after, limit: ids_standing(connection, run, status, after, limit)
