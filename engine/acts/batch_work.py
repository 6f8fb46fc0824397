"""Works on a batch: each item in a transaction of its own, as the person who asked for it, with their rights of now.

The item counts as done in the transaction of its act. So it is done once, whoever else works on the batch, whenever a
process dies, and however often it is tried again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from engine.acts.batch import STEP
from engine.acts.hold import assign, claim, release_claim
from engine.acts.perform_action import perform_action
from engine.errors import Forbidden, Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.actors import actor_of_person
from engine.store.batches import (
    ItemRow,
    batch_items,
    batch_with,
    batches,
    counts_of,
    item_to_do,
    next_item,
    waiting_batches,
)
from engine.transaction import Busy, Runtime, UnitOfWork, in_transaction

KEPT = dt.timedelta(days=30)
"""How long an ended batch is shown. What was refused can be tried again until then, for the reason that was given."""
log = structlog.get_logger("motcua.batch")
_ACTS: dict[str, Callable[..., Any]] = {"claim": claim, "assign": assign, "release_claim": release_claim}


class NoLongerEmployed(Forbidden):
    """The person who asked for the batch does not work here any more."""

    code = "no-longer-employed"
    vi = "Người yêu cầu không còn làm việc trong hệ thống."
    en = "The person who asked for this does not work here any more."


class ItemFailed(Refusal):
    """A fault of the program stopped this item; the others go on."""

    code = "item-failed"
    status = 500
    vi = "Hệ thống gặp lỗi với hồ sơ này, chưa có gì thay đổi. Xin thử lại."
    en = "The system failed on this dossier, and nothing was changed. Please try again."


def work_batches(runtime: Runtime, seconds: float) -> int:
    """Works on every batch that waits, oldest first, for about ``seconds``; returns how many items ended."""
    latest = time.monotonic() + seconds
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        waiting = waiting_batches(connection)
    return sum(work_batch(runtime, number, latest - time.monotonic()) for number in waiting)


def work_batch(runtime: Runtime, number: int, seconds: float) -> int:
    """Works on the items of a batch that wait, in order, and begins none after ``seconds``; returns how many ended.

    Safe to run in several processes. It leaves off when the database is busy; whoever comes next goes on.
    """
    latest, ended, at = time.monotonic() + seconds, 0, 0
    while time.monotonic() < latest:
        item = _next(runtime, number, at)
        if item is None:
            in_transaction(runtime, SYSTEM_ACTOR, partial(_finish, number=number))
            break
        at = item
        try:
            ended += _work(runtime, number, item)
        except (Busy, OperationalError, InterfaceError):
            log.exception("batch-postponed", batch=number, item=item)
            break
    return ended


def forget_batches(runtime: Runtime) -> int:
    """Deletes batches that ended more than ``KEPT`` ago, with the reasons in them; returns how many.

    The journal keeps what was done.
    """

    def forget(unit: UnitOfWork) -> int:
        old = select(batches.c.id).where(batches.c.finished_at < unit.now - KEPT)
        unit.begin().execute(delete(batch_items).where(batch_items.c.batch_id.in_(old)))
        return unit.begin().execute(delete(batches).where(batches.c.finished_at < unit.now - KEPT)).rowcount

    return in_transaction(runtime, SYSTEM_ACTOR, forget)


def _next(runtime: Runtime, number: int, after: int) -> int | None:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return next_item(connection, number, after)


def _work(runtime: Runtime, number: int, item: int) -> int:
    """Does one item, or writes down why it is refused; 0 if somebody else has done so."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        batch = batch_with(connection, number)
        actor = actor_of_person(connection, batch.person_id) if batch is not None else None
    if batch is None:
        return 0
    try:
        if actor is None:
            raise NoLongerEmployed()
        do = partial(_do, number=number, item=item, act=batch.act, arguments=batch.arguments)
        return in_transaction(runtime, actor, do)
    except (Busy, OperationalError, InterfaceError):
        raise
    except Refusal as refusal:
        why = refusal
    except (ValueError, LookupError, TypeError, DBAPIError):  # what the database cannot hold is no better later
        log.exception("batch-item-failed", batch=number, item=item)
        why = ItemFailed()
    return in_transaction(runtime, SYSTEM_ACTOR, partial(_refuse, number=number, item=item, why=why))


def _do(unit: UnitOfWork, number: int, item: int, act: str, arguments: dict[str, Any]) -> int:
    todo = item_to_do(unit.begin(), number, item)
    if todo is None:
        return 0
    _perform(unit, act, todo, arguments)
    unit.flush()
    _end(unit, number, item, status="done")
    return 1


def _perform(unit: UnitOfWork, act: str, item: ItemRow, arguments: dict[str, Any]) -> None:
    given = dict(arguments)
    if act == "claim":
        given.pop("reason", None)
    do = partial(perform_action, action=act.removeprefix(STEP)) if act.startswith(STEP) else _ACTS[act]
    do(unit, item.dossier, version=item.version, **given)


def _refuse(unit: UnitOfWork, number: int, item: int, why: Refusal) -> int:
    if item_to_do(unit.begin(), number, item) is None:
        return 0
    said = {"code": why.code, "why_vi": why.sentence("vi"), "why_en": why.sentence("en")}
    _end(unit, number, item, status="refused", **said)
    return 1


def _end(unit: UnitOfWork, number: int, item: int, **columns: str) -> None:
    this = (batch_items.c.batch_id == number) & (batch_items.c.number == item)
    unit.begin().execute(update(batch_items).where(this).values(ended_at=unit.now, **columns))


def _finish(unit: UnitOfWork, number: int) -> None:
    """Marks the batch as finished unless an item waits again. Where nothing is left to be tried again its reason, which
    may name people, goes at once: the journal keeps it with the dossiers."""
    batch = batch_with(unit.begin(), number, lock=True)
    if batch is None or batch.finished_at is not None or next_item(unit.begin(), number, 0) is not None:
        return
    columns: dict[str, Any] = {"finished_at": unit.now}
    if set(counts_of(unit.begin(), [number])[number]) <= {"done"}:
        columns["arguments"] = {name: value for name, value in batch.arguments.items() if name != "reason"}
    unit.begin().execute(update(batches).where(batches.c.id == number).values(**columns))
