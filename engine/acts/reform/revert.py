"""Reverts an applied plan: dossiers unchanged since their move get their former offices; the others are ``touched``.

The journal keeps both entries. The applicant is notified again of the office that handles the dossier. Like applying,
it runs in batches, and an interrupted run can continue at any batch.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import select, update

from engine.acts.follow_office import return_to_office
from engine.acts.reform.contacts import publish_contacts_of_before
from engine.acts.reform.move_dossiers import Movement
from engine.acts.reform.run import NotReady, Run, ids_standing, rows_standing
from engine.acts.rounds import Done
from engine.store.plans import reforms
from engine.transaction import UnitOfWork


def begin_reverting(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as ``reverting``, and restores the clerks' memberships and the offices' contact data.

    Raises NotReady.
    """
    mine = select(reforms.c.state).where(reforms.c.id == run.id).with_for_update()
    state = unit.begin().execute(mine).scalar_one()
    if state not in ("applying", "applied", "reverting"):
        raise NotReady(plan=run.digest[:12], state=state)
    for member in run.members:
        if member["to"] is not None:
            return_to_office(unit, member, run.reform.date)
    publish_contacts_of_before(unit, run)
    unit.begin().execute(update(reforms).where(reforms.c.id == run.id).values(state="reverting"))


def revert_batch(unit: UnitOfWork, run: Run, ids: Sequence[int], reason: str) -> Done:
    """Moves dossiers back; returns their numbers by outcome (``stale``: changed since the move and left unchanged)."""
    rows = rows_standing(unit, run, "done", ids)
    movement, untouched = Movement(unit, run.id), set[int]()
    for row in rows:
        if row.case.row["version"] == row.entry and row.before is not None:
            data = {"reform": run.reform.code, "plan": run.digest, "reverts": row.entry}
            movement.move_back(row.case, data, reason, row.before)
            untouched.add(row.case.id)
        else:
            movement.leave(row.case, "touched", row.entry, row.before)
    held_since = time.monotonic()
    done = movement.write()
    return Done(len(done & untouched), len(done - untouched), 0, len(ids) - len(done), held_since)


def finish_reverting(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as ``reverted`` when no moved dossier is left."""
    if not ids_standing(unit.begin(), run, "done", 0, 1):
        values = {"state": "reverted", "finished_at": unit.now}
        unit.begin().execute(update(reforms).where(reforms.c.id == run.id).values(values))
