"""Carries out the orders about reform plans that people began on the pages, in slices that other jobs come between."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
import zlib
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select, update

from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.acts.rounds import Tally
from engine.errors import NotFound, Refusal
from engine.reform.document import read_plan
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.plans import reforms
from engine.store.reform_orders import file_content, lease_order, orders_under_way, reform_orders
from engine.store.reform_rows import ReformOrderRow
from engine.transaction import Busy, Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(seconds=10)
"""How long a worker has an order for itself; if it was killed, another goes on after this time. Two at once do no harm,
but do work twice."""
RENEWED = 3.0  # seconds between two renewals of the lease

log = structlog.get_logger("motcua.reforms")


def carry_out(runtime: Runtime, seconds: float = 20.0) -> dict[str, Tally]:
    """Goes on with every order that has begun; returns the results by the plan's digest.

    It begins no batch after ``seconds``; the next run goes on.
    """
    latest, done = time.monotonic() + seconds, dict[str, Tally]()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        waiting = orders_under_way(connection, runtime.now())
    for order in waiting:
        until = runtime.now() + LEASE
        if in_transaction(runtime, SYSTEM_ACTOR, partial(_lease, order=order, until=until)):
            tally = _one(runtime, order, latest - time.monotonic())
            if tally is not None:
                done[order.digest] = tally
    return done


class _Lease:
    """Renews the lease on an order while its batches are done."""

    def __init__(self, runtime: Runtime, number: int) -> None:
        self._runtime, self._number, self._renewed = runtime, number, time.monotonic()

    def __call__(self, _done: object) -> None:
        if time.monotonic() - self._renewed > RENEWED:
            self._renewed = time.monotonic()
            in_transaction(self._runtime, SYSTEM_ACTOR, self._renew)

    def _renew(self, unit: UnitOfWork) -> None:
        mine = update(reform_orders).where(reform_orders.c.id == self._number)
        unit.begin().execute(mine.values(leased_until=unit.now + LEASE))


def _lease(unit: UnitOfWork, order: ReformOrderRow, until: dt.datetime) -> bool:
    return lease_order(unit.begin(), order.id, unit.now, until)


def _one(runtime: Runtime, order: ReformOrderRow, seconds: float) -> Tally | None:
    try:
        number = _loaded(runtime, order)
        run = open_run(runtime, number)
        ended = "applied" if order.kind == "apply" else "reverted"
        tally = Tally()
        if run.state != ended:
            if order.kind == "apply":
                tally = apply_all(runtime, run, _Lease(runtime, order.id), seconds)
            else:
                tally = revert_all(runtime, run, order.reason or "", _Lease(runtime, order.id), seconds)
            ended_now = open_run(runtime, number).state == ended
        else:
            ended_now = True
    except Busy:
        raise
    except Refusal as refusal:
        log.warning("reform-refused", plan=order.digest[:12], why=refusal.sentence("en"))
        told = {"code": refusal.code, "vi": refusal.sentence("vi"), "en": refusal.sentence("en")}
        in_transaction(runtime, SYSTEM_ACTOR, partial(_end, number=order.id, outcome="refused", refusal=told))
        return None
    in_transaction(runtime, SYSTEM_ACTOR, partial(_end, number=order.id, outcome="done" if ended_now else None))
    return tally


def _loaded(runtime: Runtime, order: ReformOrderRow) -> int:
    """The number of the loaded plan; a plan that was only put up is loaded first. Raises NotFound, NotApplicable."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        row = connection.execute(
            select(reforms.c.id, reforms.c.state).where(reforms.c.digest == order.digest)
        ).one_or_none()
        fresh = row is None or row.state == "loading" or (row.state == "reverted" and order.kind == "apply")
        content = file_content(connection, order.digest) if fresh else None
    if content is None:
        if row is None:
            raise NotFound(what=f"reform plan {order.digest[:12]}")
        return int(row.id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_bytes(zlib.decompress(content))
        return load_plan(runtime, read_plan(path))


def _end(unit: UnitOfWork, number: int, outcome: str | None, refusal: dict[str, str] | None = None) -> None:
    """Gives the order free; with an outcome, it has ended."""
    values: dict[str, object] = {"leased_until": None}
    if outcome is not None:
        values |= {"ended_at": unit.now, "outcome": outcome, "refusal": refusal}
    unit.begin().execute(update(reform_orders).where(reform_orders.c.id == number).values(values))
