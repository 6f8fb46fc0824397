"""Applies a loaded reform plan in batches, one transaction each; an interrupted run can continue at any batch.

A dossier that did not change since the plan moves as planned. A changed one is decided again by the same reform. It
moves where the result is the same; otherwise it becomes ``stale`` and needs a new plan. A dossier that another
transaction has locked is left for a later batch.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, update

from engine.acts.follow_office import join_successor, leave_predecessor
from engine.acts.reform.contacts import publish_contacts
from engine.acts.reform.move_dossiers import Movement, hand_lists_over
from engine.acts.reform.run import NotReady, Run, ids_standing, rows_standing
from engine.acts.rounds import Done
from engine.errors import Conflict
from engine.store.plans import reforms
from engine.transaction import UnitOfWork


class TooEarly(Conflict):
    """The reform has not taken effect yet."""

    code = "reform-too-early"
    vi = "Cải cách có hiệu lực từ {date}; hôm nay là {today}, chưa áp dụng được."
    en = "The reform takes effect on {date}; today is {today}, so it cannot be applied yet."


def begin_applying(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as ``applying`` and prepares the successor offices. Raises TooEarly, NotReady.

    Clerks of closing offices join the successors, and may work on their old dossiers until these are moved. The offices
    get their new contact data, and their searches find the dossiers that they take over.
    """
    today = unit.today
    if today < run.reform.date:
        raise TooEarly(date=run.reform.date.isoformat(), today=today.isoformat())
    state = unit.begin().execute(select(reforms.c.state).where(reforms.c.id == run.id).with_for_update()).scalar_one()
    if state not in ("ready", "applying"):
        raise NotReady(plan=run.digest[:12], state=state)
    for member in run.members:
        if member["to"] is not None:
            join_successor(unit, member, run.reform.date)
    publish_contacts(unit, run)
    hand_lists_over(unit, [group.passage for group in run.groups])
    if state == "ready":
        unit.begin().execute(
            update(reforms).where(reforms.c.id == run.id).values(state="applying", started_at=unit.now)
        )


def apply_batch(unit: UnitOfWork, run: Run, ids: Sequence[int]) -> Done:
    """Moves those dossiers of ``ids`` that still wait; returns their numbers by outcome."""
    rows = rows_standing(unit, run, "waiting", ids)
    changed = [row.case.id for row in rows if not row.as_planned]
    live = run.reader.of_ids(unit.reader(), changed) if changed else {}
    movement, fates = Movement(unit, run.id), dict[int, str]()
    movement.know_holders([row.case for row in rows])
    for row in rows:
        way, number = run.way(row.passages), row.case.id
        fates[number] = "moved" if row.as_planned else run.fate(live.get(number), way, row.place)
        if fates[number] == "moved":
            movement.move(row.case, way, row.place)
        else:
            movement.leave(row.case, fates[number])
    held_since = time.monotonic()
    done = movement.write()
    count = Counter(fates[number] for number in done)
    return Done(count["moved"], count["stale"], count["ended"], len(ids) - len(done), held_since)


def finish_applying(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as ``applied`` when no dossier waits, and ends the clerks' memberships at the closed offices."""
    if not ids_standing(unit.begin(), run, "waiting", 0, 1):
        for member in run.members:
            if member["to"] is not None:
                leave_predecessor(unit, member, run.reform.date)
        values = {"state": "applied", "finished_at": unit.now}
        unit.begin().execute(update(reforms).where(reforms.c.id == run.id).values(values))
