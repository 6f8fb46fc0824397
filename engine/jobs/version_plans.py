"""Moves the dossiers of loaded version plans from the first day of each version on."""

from __future__ import annotations

import time

from engine.acts.rounds import Tally
from engine.acts.versions.batches import apply_all
from engine.acts.versions.run import open_plan
from engine.clock import civil_day
from engine.store.version_plans import every_plan
from engine.transaction import Runtime


def apply_due(runtime: Runtime, seconds: float = 20.0) -> dict[str, Tally]:
    """Goes on with every plan whose version has taken effect; returns the results by digest.

    It begins no batch after ``seconds``; the next run goes on.
    """
    latest, done = time.monotonic() + seconds, dict[str, Tally]()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        waiting = [row.id for row in every_plan(connection) if row.state in ("ready", "applying")]
    for plan_id in waiting:
        run = open_plan(runtime, plan_id)
        if run.day <= civil_day(runtime.now()):
            done[run.digest] = apply_all(runtime, run, seconds=latest - time.monotonic())
    return done
