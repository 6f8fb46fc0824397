"""The way back: dossiers that nobody touched since they were moved get their offices of before; the others are listed.

The journal keeps both entries. The citizen is told again who handles the dossier. Like applying, this runs in batches
and may be broken off and taken up anywhere.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import and_, select, update

from engine.acts.apply_reform import BATCH, Done, NotReady, Run
from engine.acts.follow_office import return_to_office
from engine.case import open_case_by_id
from engine.record import record
from engine.rules.reform import VERIFICATION
from engine.store.dossiers import dossiers, verifications
from engine.store.plans import reform_items, reforms
from engine.transaction import UnitOfWork

_MOMENTS = ("due_at", "promised_at")


def begin_reverting(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as being reverted, and takes the clerks back who followed. Raises NotReady."""
    mine = select(reforms.c.state).where(reforms.c.id == run.id).with_for_update()
    state = unit.connection.execute(mine).scalar_one()
    if state not in ("applying", "applied", "reverting"):
        raise NotReady(plan=run.digest[:12], state=state)
    for member in run.members:
        if member["to"] is not None:
            return_to_office(unit, member, run.reform.date)
    unit.connection.execute(update(reforms).where(reforms.c.id == run.id).values(state="reverting"))


def revert_batch(
    unit: UnitOfWork, run: Run, reason: str, after: int = 0, limit: int = BATCH
) -> tuple[Done, int | None]:
    """Takes the next moved dossiers above ``after`` back; what became of them (``stale``: touched since, left as they
    are), and the last id looked at (None: there were no more)."""
    done = and_(reform_items.c.reform_id == run.id, reform_items.c.status == "done", reform_items.c.dossier_id > after)
    items = unit.connection.execute(
        select(reform_items).where(done).order_by(reform_items.c.dossier_id).limit(limit)
    ).all()
    if not items:
        return Done(), None
    ids = [one.dossier_id for one in items]
    which = select(dossiers.c.id, dossiers.c.version).where(dossiers.c.id.in_(ids)).order_by(dossiers.c.id)
    free = {row.id: row.version for row in unit.connection.execute(which.with_for_update(skip_locked=True))}
    moved = touched = 0
    for item in items:
        if item.dossier_id not in free:
            continue
        untouched = free[item.dossier_id] == item.entry
        if untouched:
            _take_back(unit, run, item.dossier_id, item.entry, item.before, reason)
            moved += 1
        else:
            touched += 1
        mine = {"reform_id": run.id, "dossier_id": item.dossier_id}
        status = "reverted" if untouched else "touched"
        unit.writes.update(reform_items, {"status": status, "at": unit.now}, mine)
    return Done(moved, touched, 0, len(items) - moved - touched), items[-1].dossier_id


def finish_reverting(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as reverted, once no moved dossier is left."""
    done = and_(reform_items.c.reform_id == run.id, reform_items.c.status == "done")
    if unit.connection.execute(select(reform_items.c.dossier_id).where(done).limit(1)).first() is None:
        values = {"state": "reverted", "finished_at": unit.now}
        unit.connection.execute(update(reforms).where(reforms.c.id == run.id).values(values))


def _take_back(unit: UnitOfWork, run: Run, dossier_id: int, entry: int, before: dict[str, Any], reason: str) -> None:
    case = open_case_by_id(unit, dossier_id)
    columns = {
        name: dt.datetime.fromisoformat(value) if name in _MOMENTS and value is not None else value
        for name, value in before["columns"].items()
    }
    case.change(**columns)
    for desk, office in before["asked"].items():
        number = int(desk.removeprefix(f"{VERIFICATION}:"))
        unit.connection.execute(update(verifications).where(verifications.c.id == number).values(office=office))
    data = {"reform": run.reform.code, "plan": run.digest, "reverts": entry}
    record(case, "reform_revert", data=data, private={"reason": reason}, events=[("action", "transfer")])
