"""Keeps what indicators ask of papers and fees beside each dossier, for those that have changed since the last time."""

from __future__ import annotations

import time

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.kept_facts import keep_facts
from engine.transaction import Runtime, UnitOfWork, in_transaction

BATCH = 2_000


def keep_facts_of_all(runtime: Runtime, seconds: float, batch: int = BATCH) -> int:
    """Works through the dossiers by id, batch by batch, for about ``seconds``; returns how many batches were written.

    What it does not reach waits for the next time. Safe to run in several processes and to end at any moment.
    """

    def keep(unit: UnitOfWork) -> int | None:
        return keep_facts(unit.begin(), after, batch, unit.catalogue.results)

    after, batches, latest = 0, 0, time.monotonic() + seconds
    while time.monotonic() < latest:
        last = in_transaction(runtime, SYSTEM_ACTOR, keep)
        if last is None:
            break
        after, batches = last, batches + 1
    return batches
