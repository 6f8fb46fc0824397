"""Moves the dossiers of a loaded version plan, in batches of one transaction each.

A dossier that did not change since the plan moves as planned. One that went on since is decided again by the file and
the orders that were approved; where they do not move it, it becomes ``stale`` and needs a new plan. A dossier that
another transaction has locked is left for a later batch.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from engine.acts.migrate_dossier import move_case
from engine.acts.rounds import Done
from engine.acts.versions.run import PlanNotReady, PlanRun, Standing, lock_standing, settle
from engine.errors import Conflict
from engine.rules.versions.fates import fate
from engine.store.version_plans import ids_with, version_plans
from engine.transaction import UnitOfWork
from engine.versions.reader import found_in

KEPT = (
    "release",
    "state",
    "portal",
    "clock",
    "holder_role",
    "holder_office",
    "pauses",
    "term",
    "step_due_at",
    "due_at",
    "promised_at",
)
"""The columns that a move may change, whose old values a revert needs."""


class TooEarly(Conflict):
    """The version has not taken effect yet."""

    code = "version-too-early"
    vi = "Phiên bản có hiệu lực từ {date}; hôm nay là {today}, chưa chuyển hồ sơ được."
    en = "The version takes effect on {date}; today is {today}, so no dossier can move yet."


def begin_applying(unit: UnitOfWork, run: PlanRun) -> None:
    """Marks the plan as ``applying``. Raises TooEarly, PlanNotReady."""
    if unit.today < run.day:
        raise TooEarly(date=run.day.isoformat(), today=unit.today.isoformat())
    mine = version_plans.c.id == run.id
    state = unit.begin().execute(select(version_plans.c.state).where(mine).with_for_update()).scalar_one()
    if state not in ("ready", "applying", "applied"):
        raise PlanNotReady(plan=run.digest[:12], state=state)
    if state == "ready":
        unit.begin().execute(update(version_plans).where(mine).values(state="applying", started_at=unit.now))


def apply_batch(unit: UnitOfWork, run: PlanRun, ids: Sequence[int]) -> Done:
    """Moves those dossiers of ``ids`` that still wait; returns their numbers by outcome. Raises OutsideCalendar."""
    held_since = time.monotonic()
    standing = lock_standing(unit, run, "waiting", ids)
    outcomes: list[dict[str, Any]] = []
    for one in standing:
        outcome, target = _outcome(run, one)
        told: dict[str, Any] = {"dossier": one.case.id, "status": outcome, "target": target}
        if outcome == "done" and target is not None:
            told |= _moved(one, run, target)
            unit.flush()  # each dossier's writes are one statement of a known shape
        outcomes.append(told)
    settle(unit, run, outcomes)
    count = Counter(one["status"] for one in outcomes)
    busy = len(ids) - len(standing)
    return Done(count["done"], count["stale"], count["ended"], busy, held_since)


def finish_applying(unit: UnitOfWork, run: PlanRun) -> None:
    """Marks the plan as ``applied`` when no dossier waits."""
    if not ids_with(unit.begin(), run.id, "waiting", 0, 1):
        mine = update(version_plans).where(version_plans.c.id == run.id, version_plans.c.state == "applying")
        unit.begin().execute(mine.values(state="applied", finished_at=unit.now))


def _outcome(run: PlanRun, one: Standing) -> tuple[str, str | None]:
    """``done`` and the state that the dossier moves to, else ``stale`` or ``ended``, with the planned state.

    An order for the single dossier was given for the step in which it stood.
    """
    row = one.case.row
    if row["finished_at"] is not None:
        return "ended", one.target
    if row["version"] == one.planned_version:
        return "done", one.target
    ordered_elsewhere = row["code"] in run.orders.dossiers and row["state"] != one.state
    if row["release"] == run.workflow.digest or ordered_elsewhere:
        return "stale", one.target
    now = fate(found_in(row).seen, one.case.release, run.workflow.release, run.orders)
    return ("done", now.target) if now.outcome == "moves" else ("stale", one.target)


def _moved(one: Standing, run: PlanRun, target: str) -> dict[str, Any]:
    was: Mapping[str, Any] = one.case.row.copy()
    more = {"plan": run.digest, "states": [was["state"], target]}
    number = move_case(one.case, run.workflow, target, recompute=run.orders.recompute, more=more)
    now: Mapping[str, Any] = one.case.row
    kept = {name: _stored(was[name]) for name in KEPT if was[name] != now[name]}
    return {"entry": number, "before": kept}


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value
