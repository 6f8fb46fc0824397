"""Applies or reverts a whole version plan, batch after batch. A second call continues an interrupted run."""

from __future__ import annotations

from functools import partial

from engine.acts.rounds import Batch, Rounds, Sizes, Tally, Told
from engine.acts.versions.apply import apply_batch, begin_applying, finish_applying
from engine.acts.versions.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.versions.run import PlanRun
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.version_plans import ids_with
from engine.transaction import Runtime, in_transaction

SIZES = Sizes(fewest=5, first=10, most=200)
"""A batch locks its dossiers before it works on each, so it is smaller than one of a reform."""


def apply_all(runtime: Runtime, run: PlanRun, told: Told = lambda _: None, seconds: float = float("inf")) -> Tally:
    """Moves every waiting dossier of the plan; ``told`` gets the result of each batch.

    It begins no batch after ``seconds``; the next run goes on. Raises TooEarly, PlanNotReady.
    """
    in_transaction(runtime, SYSTEM_ACTOR, partial(begin_applying, run=run))
    tally = _rounds(runtime, run, "waiting", lambda unit, ids: apply_batch(unit, run, ids)).through(told, seconds)
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
    tally = _rounds(runtime, run, "done", lambda unit, ids: batch(unit, ids=ids)).through(told, seconds)
    in_transaction(runtime, SYSTEM_ACTOR, partial(finish_reverting, run=run))
    return tally


def _rounds(runtime: Runtime, run: PlanRun, status: str, batch: Batch[int]) -> Rounds[int]:
    """The passes over the dossiers of the plan with a status."""
    return Rounds(
        runtime,
        lambda connection, after, limit: ids_with(connection, run.id, status, after, limit),
        int,
        batch,
        SIZES,
    )
