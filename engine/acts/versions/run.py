"""A loaded version plan while it is applied or reverted: its version, its orders, and its dossiers by outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, bindparam, select, update

from engine.dossier.case import Case
from engine.dossier.read_many import read_cases
from engine.errors import Conflict, NotFound
from engine.rules.procedure.machine import Workflow
from engine.rules.versions.fates import Orders
from engine.store.dossiers import dossiers
from engine.store.rows import VersionPlanRow
from engine.store.version_plans import plan_row, version_items
from engine.transaction import Runtime, UnitOfWork
from engine.versions.document import SeenWorld


class PlanNotReady(Conflict):
    """The plan's state does not allow this."""

    code = "version-plan-not-ready"
    vi = "Kế hoạch phiên bản {plan} đang ở trạng thái {state}."
    en = "The version plan {plan} is in the state {state}."


@dataclass(frozen=True, slots=True)
class PlanRun:
    """One loaded plan. ``published`` says that loading it published the version."""

    id: int
    state: str
    digest: str
    workflow: Workflow
    orders: Orders
    seen: SeenWorld
    published: bool

    @property
    def day(self) -> dt.date:
        """The first day of the version."""
        return self.workflow.release.effective.start


def open_plan(runtime: Runtime, plan_id: int) -> PlanRun:
    """The plan with this id. Raises NotFound."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        row = plan_row(connection, plan_id)
    if row is None:
        raise NotFound(what=f"version plan {plan_id}")
    return _run_of(runtime, row)


def _run_of(runtime: Runtime, row: VersionPlanRow) -> PlanRun:
    return PlanRun(
        row.id,
        row.state,
        row.digest,
        runtime.catalogue.workflow(row.release),
        msgspec.convert(row.document["orders"], Orders),
        msgspec.convert(row.document["seen"], SeenWorld),
        bool(row.document.get("published")),
    )


class Standing(NamedTuple):
    """A dossier of a plan that this transaction has locked: its case, and what the plan says about it."""

    case: Case
    planned_version: int
    state: str
    target: str | None
    entry: int | None
    before: dict[str, Any] | None


_PLANNED = tuple(version_items.c[name] for name in ("version", "state", "target", "entry", "before"))


def lock_standing(unit: UnitOfWork, run: PlanRun, status: str, ids: Sequence[int]) -> list[Standing]:
    """The dossiers of ``ids`` that still have the status, locked; those that another transaction has are left out."""
    mine = and_(version_items.c.plan_id == run.id, version_items.c.status == status, dossiers.c.id.in_(ids))
    wanted = select(dossiers.c.code, *_PLANNED).select_from(version_items)
    wanted = wanted.join(dossiers, dossiers.c.id == version_items.c.dossier_id).where(mine).order_by(dossiers.c.id)
    rows = unit.begin().execute(wanted.with_for_update(of=dossiers, skip_locked=True)).all()
    cases = read_cases(unit, [row.code for row in rows], along=("documents", "fees", "ledger"))
    planned = {row.code: row[1:] for row in rows}
    return [Standing(case, *planned[case.code]) for case in cases]


_SETTLED = ("status", "target", "entry", "before")


def settle(unit: UnitOfWork, run: PlanRun, outcomes: Sequence[dict[str, Any]]) -> None:
    """Writes what became of dossiers: ``dossier``, ``status``, ``target``, ``entry`` and ``before`` of each."""
    if not outcomes:
        return
    mine = and_(version_items.c.plan_id == run.id, version_items.c.dossier_id == bindparam("dossier"))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _SETTLED}
    rows = [{"dossier": one["dossier"], **{f"new_{name}": one.get(name) for name in _SETTLED}} for one in outcomes]
    unit.begin().execute(update(version_items).where(mine).values(**values, at=unit.now), rows)
