"""Takes an applied version plan back: dossiers unchanged since their move get their former version, state and term; the
others are ``touched``. The version that the plan published ends, and the one before it is in force again.

The journal keeps both entries. Dossiers that were received under the version keep it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select, update

from engine.acts.publish import raise_version
from engine.acts.rounds import Done
from engine.acts.versions.run import PlanNotReady, PlanRun, Standing, lock_standing, settle
from engine.dossier.charge import charge
from engine.dossier.notices import NEW_APPOINTMENT, rows_of
from engine.dossier.record import arm, record, send
from engine.rules.deadlines import timing
from engine.rules.deadlines.recounting import promise_moved
from engine.rules.dossier_row import DossierChanges
from engine.store.releases import releases
from engine.store.running import releases_of
from engine.store.version_plans import ids_with, version_items, version_plans
from engine.transaction import UnitOfWork

_ONE_DAY = dt.timedelta(days=1)
_MOMENTS = frozenset({"step_due_at", "due_at", "promised_at"})


def begin_reverting(unit: UnitOfWork, run: PlanRun) -> None:
    """Marks the plan as ``reverting``, keeps its waiting dossiers where they are, and puts the versions back in force.

    Raises PlanNotReady.
    """
    mine = version_plans.c.id == run.id
    state = unit.begin().execute(select(version_plans.c.state).where(mine).with_for_update()).scalar_one()
    if state not in ("ready", "applying", "applied", "reverting"):
        raise PlanNotReady(plan=run.digest[:12], state=state)
    if state == "reverting":
        return
    waiting = version_items.c.plan_id == run.id, version_items.c.status == "waiting"
    unit.begin().execute(update(version_items).where(*waiting).values(status="reverted", at=unit.now))
    if run.published:
        _put_versions_back(unit, run)
    unit.begin().execute(update(version_plans).where(mine).values(state="reverting"))


def revert_batch(unit: UnitOfWork, run: PlanRun, ids: Sequence[int], legal: str, reason: str) -> Done:
    """Moves dossiers back; returns their numbers by outcome (``stale``: changed since the move and left as they are).

    Raises OutsideCalendar.
    """
    held_since = time.monotonic()
    standing = lock_standing(unit, run, "done", ids)
    outcomes: list[dict[str, Any]] = []
    for one in standing:
        untouched = one.case.row["version"] == one.entry and one.before is not None
        if untouched:
            _move_back(one, run, legal, reason)
            unit.flush()  # each dossier's writes are one statement of a known shape
        status = "reverted" if untouched else "touched"
        kept = {"target": one.target, "entry": one.entry, "before": one.before}
        outcomes.append({"dossier": one.case.id, "status": status} | kept)
    settle(unit, run, outcomes)
    count = Counter(one["status"] for one in outcomes)
    busy = len(ids) - len(standing)
    return Done(count["reverted"], count["touched"], 0, busy, held_since)


def finish_reverting(unit: UnitOfWork, run: PlanRun) -> None:
    """Marks the plan as ``reverted`` when no moved dossier is left."""
    if not ids_with(unit.begin(), run.id, "done", 0, 1):
        mine = update(version_plans).where(version_plans.c.id == run.id)
        unit.begin().execute(mine.values(state="reverted", finished_at=unit.now))


def _move_back(one: Standing, run: PlanRun, legal: str, reason: str) -> None:
    """Restores what the move changed. The due moment follows from the term again, so it may be another than it was."""
    case, unit, before = one.case, one.case.unit, cast(Mapping[str, Any], one.before)
    was, left = case.row.copy(), case.row["release"]
    case.workflow = unit.catalogue.workflow(before["release"])
    case.bring("fees", case.part("fees"))  # drops what the facts made owed under the other release
    restored = {name: _read(name, value) for name, value in before.items()}
    case.change(**cast(DossierChanges, restored))
    case.change(**timing.due_columns(case.row, case.release, case.calendar))
    version = case.release.version
    data = {"from": left, "to": before["release"], "version": version, "legal": [legal], "plan": run.digest}
    data["reverts"] = one.entry
    number = record(case, "migrate_revert", data=data, private={"reason": reason})
    arm(case)
    charge(case)
    if promise_moved(was, case.row, unit.now):
        send(unit, rows_of(case, NEW_APPOINTMENT, f"{number}:migrate", number))


def _put_versions_back(unit: UnitOfWork, run: PlanRun) -> None:
    """Ends the version yesterday, or before its first day, and gives the earlier ones their former last days.

    An earlier version does not last into one that was published since.
    """
    raise_version(unit, "releases")
    release, connection = run.workflow.release, unit.begin()
    end = max(unit.today, release.effective.start) - _ONE_DAY
    known = releases_of(connection, release.procedure)
    later = [row.start for row in known if row.version > release.version]
    connection.execute(update(releases).where(releases.c.digest == run.workflow.digest).values(until=end))
    for digest, _, until in run.seen.releases:
        last = [dt.date.fromisoformat(until)] if until else []
        last += [start - _ONE_DAY for start in later]
        now = next(row for row in known if row.digest == digest)
        if now.version < release.version:
            former = update(releases).where(releases.c.digest == digest)
            connection.execute(former.values(until=min(last, default=None)))


def _read(name: str, value: object) -> object:
    return dt.datetime.fromisoformat(value) if name in _MOMENTS and isinstance(value, str) else value
