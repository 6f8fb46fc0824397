"""Loads an approved plan file into the database, so that applying it survives any interruption.

A later plan of the same reform replaces an earlier one for all dossiers not moved yet: new dossiers, changed ones, and
those that wait for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import and_, insert, select, update

from engine.errors import Conflict
from engine.reform.document import PlanFile
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.plans import reform_groups, reform_items, reforms
from engine.store.sql.bulk import insert_rows
from engine.transaction import Runtime, UnitOfWork, in_transaction

BATCH = 2000
_STATUS = {"moves": "waiting", "person": "person"}


class NotApplicable(Conflict):
    """Some dossiers would be left without an office."""

    code = "reform-not-applicable"
    vi = "Kế hoạch còn {count} hồ sơ không có cơ quan tiếp nhận, ví dụ {example}. Sửa tệp cải cách rồi lập lại."
    en = "The plan leaves {count} dossiers without an office, e.g. {example}. Correct the reform and plan again."


def load_plan(runtime: Runtime, plan: PlanFile) -> int:
    """Loads the plan and returns its id; an interrupted load continues. Raises NotApplicable.

    A loaded plan is left unchanged, except that a reverted one becomes ``ready`` again if it had moved nothing.
    """
    left = plan.summary["dossiers"]["without"]
    if left:
        raise NotApplicable(count=left, example=plan.summary["without"][0]["code"])
    reform_id, state = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _begin(unit, plan))
    if state != "loading":
        return reform_id
    for batch in _batches(plan.items()):
        in_transaction(runtime, SYSTEM_ACTOR, partial(_add_items, reform_id=reform_id, items=batch))
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _finish(unit, reform_id, plan.reform.code))
    return reform_id


def _begin(unit: UnitOfWork, plan: PlanFile) -> tuple[int, str]:
    known = select(reforms.c.id, reforms.c.state).where(reforms.c.digest == plan.digest)
    found = unit.begin().execute(known).one_or_none()
    if found is not None:
        return found.id, _taken_up(unit, found.id) if found.state == "reverted" else found.state
    row = {
        "code": plan.reform.code,
        "date": plan.reform.date,
        "digest": plan.digest,
        "document": msgspec.to_builtins(plan.reform),
        "summary": plan.summary,
        "state": "loading",
        "loaded_at": unit.now,
    }
    reform_id = unit.begin().execute(insert(reforms).returning(reforms.c.id), row).scalar_one()
    rows = [
        {"reform_id": reform_id, "number": number, "document": group.to_data()}
        for number, group in enumerate(plan.groups)
    ]
    for batch in _batches(rows):
        insert_rows(unit.begin(), reform_groups, batch)
    return int(reform_id), "loading"


def _taken_up(unit: UnitOfWork, reform_id: int) -> str:
    """The state of a reverted plan that is loaded again: ``ready`` if it had moved nothing, else still ``reverted``."""
    mine = and_(reform_items.c.reform_id == reform_id, reform_items.c.status.in_(("reverted", "touched")))
    if unit.begin().execute(select(reform_items.c.dossier_id).where(mine).limit(1)).first() is not None:
        return "reverted"
    unit.begin().execute(update(reforms).where(reforms.c.id == reform_id).values(state="ready"))
    return "ready"


def _add_items(unit: UnitOfWork, reform_id: int, items: list[dict[str, Any]]) -> None:
    rows = [
        {
            "reform_id": reform_id,
            "dossier_id": one["id"],
            "version": one["version"],
            "province": one["province"],
            "passages": one["passages"],
            "place": one["place"],
            "status": _STATUS[one["outcome"]],
        }
        for one in items
    ]
    insert_rows(unit.begin(), reform_items, rows, new_only=True)


def _finish(unit: UnitOfWork, reform_id: int, code: str) -> None:
    """Marks the plan as ``ready``, and the unmoved dossiers of earlier plans of the reform as ``replaced``."""
    earlier = select(reforms.c.id).where(reforms.c.code == code, reforms.c.id < reform_id)
    unmoved = and_(reform_items.c.reform_id.in_(earlier), reform_items.c.status.in_(("waiting", "person", "stale")))
    unit.begin().execute(update(reform_items).where(unmoved).values(status="replaced"))
    unit.begin().execute(update(reforms).where(reforms.c.id == reform_id).values(state="ready"))


def _batches(given: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    whole = iter(given)
    while batch := list(islice(whole, BATCH)):
        yield batch
